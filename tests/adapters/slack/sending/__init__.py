"""Tests of replies on their way to Slack."""
