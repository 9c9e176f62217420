"""The parts that words play when somebody is in danger ("he", "hold", "my", "papers"), and which come together."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest

from knowledge.matching.language.reading import Reader

# Parts that stand further apart than so many words belong to different thoughts: in a long story every part occurs.
NEAR = 12
# Names of what comes together are made once; there are fewer than this.
_NAMES = 20_000


class Parts:
    """Finds the parts in a text's stems; `concepts` are the parts with their words and pairs of words."""

    def __init__(self, concepts: Mapping[str, Sequence[str]], reader: Reader) -> None:
        self._of = reader.spans(concepts)

    def of(self, stems: tuple[str, ...]) -> tuple[str, ...]:
        """The parts, every two of them that are near each other, and which part is followed by which."""
        placed = self._placed(stems)
        found = {part for _, parts in placed for part in parts}
        for number, (place, parts) in enumerate(placed):
            found.update(_together(parts, parts))
            for after, (other, others) in enumerate(placed[number + 1 :]):
                if other - place > NEAR:
                    break
                found.update(_together(parts, others))
                if not after:
                    found.update(_followed(parts, others))
        return tuple(sorted(found))

    def played(self, stems: tuple[str, ...]) -> set[str]:
        """The parts alone."""
        return {part for _, parts in self._placed(stems) for part in parts}

    def _placed(self, stems: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
        """Where in the text which parts are."""
        placed: list[tuple[int, tuple[str, ...]]] = []
        for place, pair in enumerate(zip_longest(stems, stems[1:], fillvalue="")):
            parts = self._of.get(pair[:1], ()) + self._of.get(pair, ())
            if parts:
                placed.append((place, parts))
        return placed


@lru_cache(_NAMES)
def _together(parts: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Every part with every other one, in whichever order they stand: "he", "hold" and "me" tell little, alone."""
    return tuple({"+".join(sorted((one, two))) for one in parts for two in others if one != two})


@lru_cache(_NAMES)
def _followed(parts: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Who does what to whom: "he" before "hit" before "me" is another story than "i" before "hit"."""
    return tuple(f"{one}>{two}" for one in parts for two in others)
