"""Whether a message is about somebody in danger."""
