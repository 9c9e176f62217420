"""What is remembered of communities: the protocol, its SQL implementation, migrations, and backups."""
