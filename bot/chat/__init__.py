"""What the core and the platforms say to each other: events in, replies out."""
