"""Tests of adapters/monitoring."""
