"""What moderators do to entries: add, edit, review, import, and undo."""
