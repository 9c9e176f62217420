"""The bot on Discord: interactions, mentions, direct messages and, where wanted, questions nobody addressed to it."""
