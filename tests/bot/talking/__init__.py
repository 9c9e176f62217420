"""Tests of bot/talking."""
