"""Text as a reader sees it: in plain characters, each with its place in the original text."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Characters that show as empty space or not at all.
_EMPTY = "\u115f\u1160\u3164\uffa0"


@dataclass(frozen=True, slots=True)
class Seen:
    """A text in NFKC, without marks and invisible characters, and with every digit as one of 0 to 9. `places` has the
    original place of each character, and finally the end of the text.
    """

    text: str
    places: tuple[int, ...]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the place of a piece of `text` in the original, with the marks on its last character."""
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
    """Return 0 to 9 for a digit of any script, also in a circle or as an ideograph."""
    value = unicodedata.numeric(character, -1.0)
    return str(int(value)) if value in range(10) else character
