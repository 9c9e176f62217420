"""Tests that break what the bot depends on."""
