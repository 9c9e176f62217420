"""Tests of knowledge/talk."""
