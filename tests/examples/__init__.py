"""Tests of the examples: they pass the contract of all adapters."""
