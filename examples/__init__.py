"""Adapters to learn from: whole, and tested like those that ship."""
