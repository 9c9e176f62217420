"""Replies on their way to Slack: as messages, files and views, and what is sent in place of what it refuses."""
