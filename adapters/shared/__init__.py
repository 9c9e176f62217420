"""What all platforms have in common, and what those with only text need."""
