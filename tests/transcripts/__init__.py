"""Talks as people have them with a bot, played on every platform."""
