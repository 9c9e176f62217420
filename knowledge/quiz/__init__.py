"""Quiz questions and what makes a fair one."""
