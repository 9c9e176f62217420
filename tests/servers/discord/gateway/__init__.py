"""The local Discord's gateway: a WebSocket with sessions and intents."""
