"""Tests of bot/curating."""
