"""Tests of bot/pictures."""
