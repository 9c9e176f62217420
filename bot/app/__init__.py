"""What every event goes through, and what runs by itself."""
