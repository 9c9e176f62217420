"""The error for a file that cannot be read at all."""


class BadFile(ValueError):  # noqa: N818 (the file is bad, and the message says why)
    """A file cannot be read at all; the message says what to change."""
