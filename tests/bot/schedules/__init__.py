"""Tests of bot/schedules."""
