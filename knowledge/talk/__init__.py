"""What people say to a bot that no entry answers: small talk, commands in plain words, places, other languages."""
