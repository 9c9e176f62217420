"""Tests of how Slack is reached."""
