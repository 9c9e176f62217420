"""Facts posted on chosen days: the command, its form and pages, and what is due when."""
