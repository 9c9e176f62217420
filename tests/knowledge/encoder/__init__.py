"""Tests of knowledge/encoder."""
