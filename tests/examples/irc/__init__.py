"""Tests of the example on IRC, against a local server."""
