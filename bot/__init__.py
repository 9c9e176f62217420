"""The core: one function from an event to a reply, and the commands that it serves."""
