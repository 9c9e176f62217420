"""The methods of the local Slack's Web API."""
