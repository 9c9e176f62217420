"""Entries: reading, checking, citing, changing, and exchanging them."""
