"""Tests of adapters/console, in a pipe and in a real terminal."""
