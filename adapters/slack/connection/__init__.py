"""How Slack is reached: the Web API, Socket Mode, signed requests, and OAuth."""
