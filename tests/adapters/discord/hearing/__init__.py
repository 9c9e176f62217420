"""What the bot hears on Discord, and how it sends what it says to that."""
