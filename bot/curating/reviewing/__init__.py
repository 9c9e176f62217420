"""The review: one list of what is waiting for moderators, and who else is working on it."""
