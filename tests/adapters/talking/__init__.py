"""How people talk to the bot on each platform: reactions, replies to messages, and commands in plain words."""
