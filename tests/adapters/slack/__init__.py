"""Tests of adapters/slack, against the local Slack."""
