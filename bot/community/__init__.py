"""What belongs to one community: settings, statistics, knowledge in memory, and deletion."""
