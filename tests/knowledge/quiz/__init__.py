"""Tests of knowledge/quiz."""
