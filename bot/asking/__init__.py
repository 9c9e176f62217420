"""What every member does: ask, browse, share, and look for help."""
