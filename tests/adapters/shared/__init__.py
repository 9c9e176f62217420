"""Tests of what every adapter may use."""
