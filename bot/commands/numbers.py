"""Numbers in what buttons and forms carry: who forges one may write anything there."""


def number_in(text: str, digits: int) -> int | None:
    """The number that a text is, of at most so many digits; None if it is anything else."""
    return int(text) if text.isdecimal() and len(text) <= digits else None
