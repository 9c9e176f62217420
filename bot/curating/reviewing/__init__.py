"""The review: one list of what waits for moderators, and who else is working on it."""
