"""The bot on Discord: interactions, mentions, direct messages and, where wanted, passive answers."""
