"""Tests of adapters/discord, against the local Discord."""
