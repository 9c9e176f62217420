"""The bot on Slack: slash commands, mentions, direct messages, a message shortcut and the Home tab."""
