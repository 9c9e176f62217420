"""What Slack refuses: limits, values, blocks."""
