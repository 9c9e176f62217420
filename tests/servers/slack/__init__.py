"""A local Slack: its Web API, Socket Mode, signed HTTP requests, and people."""
