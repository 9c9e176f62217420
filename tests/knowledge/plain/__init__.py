"""Tests of knowledge/plain."""
