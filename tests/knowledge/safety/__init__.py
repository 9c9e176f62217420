"""Tests of knowledge/safety."""
