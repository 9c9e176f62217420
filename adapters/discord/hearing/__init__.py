"""Hearing messages on Discord: what they say, what they reply to, and the threads that they belong in."""
