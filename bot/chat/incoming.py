"""What an adapter asks of text from outside before it parses it."""

from knowledge.plain.parsing import is_too_deep

__all__ = ["is_too_deep"]
