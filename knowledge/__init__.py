"""What the bot knows: entries, how they are found, and when a message is about somebody's safety."""
