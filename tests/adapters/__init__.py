"""Tests of the platforms, and of what all of them owe."""
