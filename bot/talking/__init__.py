"""Talk around the questions: small talk, commands in plain words, follow-ups, places, and other languages."""
