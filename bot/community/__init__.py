"""What belongs to one community: its settings, statistics, knowledge in memory, and deletion."""
