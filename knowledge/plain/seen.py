"""Text as a reader sees it: in its plainest characters, each with its place in the text as it was written."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters by category that leave an empty place, or none at all.
_EMPTY = "\u115f\u1160\u3164\uffa0"


@dataclass(frozen=True, slots=True)
class Seen:
    """A text in NFKC, without marks and invisible characters, with every digit as one of 0 to 9.

    `places` says for each character where the one stands that it came of, and at last where the text ends.
    """

    text: str
    places: tuple[int, ...]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where a piece of `text` stands in the text as it was written, with the marks on its last character."""
        return self.places[first], self.places[last]


def seen(text: str) -> Seen:
    """Read a text as it is seen."""
    if text.isascii():
        return Seen(text, tuple(range(len(text) + 1)))
    plain = [(each, place) for place, character in enumerate(text) for each in _plain(character)]
    return Seen("".join(each for each, _ in plain), (*(place for _, place in plain), len(text)))


@lru_cache(maxsize=10_000)
def _plain(character: str) -> str:
    if character in _EMPTY:
        return ""
    # Accents go: a letter is itself, and a digit that is struck through or in a keycap, too.
    apart = unicodedata.normalize("NFKD", character)
    return "".join(
        map(_digit, (each for each in apart if unicodedata.category(each)[0] != "M" and not _is_hidden(each)))
    )


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def _digit(character: str) -> str:
    """One of 0 to 9 for a digit of any script, also in a circle, or written as an ideograph."""
    value = unicodedata.numeric(character, -1.0)
    return str(int(value)) if value in range(10) else character
