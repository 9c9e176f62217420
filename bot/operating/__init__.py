"""What an operator uses: the command line, settings, the doctor, backups, logs."""
