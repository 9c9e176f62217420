"""What the core and the platforms exchange: events in, replies out."""
