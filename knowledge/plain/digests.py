"""Short names for texts: the same for the same text, everywhere and always."""

from hashlib import sha256

# Hexadecimal digits of a digest that has to name one text and no other, also where somebody tries to make another.
SEEN_DIGITS = 32


def digest(text: str, digits: int) -> str:
    """Return the first hexadecimal digits (at most 64) of a text's SHA-256."""
    return sha256(text.encode()).hexdigest()[:digits]
