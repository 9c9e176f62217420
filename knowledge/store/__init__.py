"""What is remembered about communities: the protocol, its SQL implementation, migrations, and backups."""
