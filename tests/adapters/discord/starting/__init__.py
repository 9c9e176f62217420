"""Starting on Discord: what the doctor finds, how the bot connects, and how it is welcomed."""
