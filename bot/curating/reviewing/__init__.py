"""The review: what waits for moderators, one list of it, and who else is at it."""
