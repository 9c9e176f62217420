"""Benchmarks: speed and quality, each beside its floor."""
