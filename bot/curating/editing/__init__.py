"""One entry at a time: a form, a preview with its problems, and the next revision."""
