"""Translators between a platform and the core: a folder for each platform."""
