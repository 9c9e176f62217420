"""Tests of the local servers themselves."""
