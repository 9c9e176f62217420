"""Replies on their way to Slack: messages, files and views, and what is sent instead of refused ones."""
