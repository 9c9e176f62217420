"""Short names for texts: the same for the same text, everywhere and always."""

from hashlib import sha256


def digest(text: str, digits: int) -> str:
    """The first hexadecimal digits (at most 64) of a text's SHA-256."""
    return sha256(text.encode()).hexdigest()[:digits]
