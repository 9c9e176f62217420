"""Pictures of facts and figures; nothing here knows about replies."""
