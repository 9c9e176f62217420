"""Registering the commands with Discord: what they are, and their texts in other languages."""
