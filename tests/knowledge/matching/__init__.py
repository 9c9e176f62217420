"""Tests of knowledge/matching."""
