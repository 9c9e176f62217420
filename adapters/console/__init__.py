"""The bot as a chat in a terminal, or as a filter between pipes."""
