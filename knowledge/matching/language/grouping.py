"""Bringing questions together that ask the same in other words."""

from collections.abc import Sequence

from knowledge.matching.language.reading import Reader
from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.plain.text import spoken

# The share of telling stems that two questions have in common from which on they are one (0 to 1).
ALIKE = 0.5


def groups(texts: Sequence[str], vocabulary: Vocabulary) -> tuple[tuple[int, ...], ...]:
    """The places of texts that are alike, together; each group and the groups in the order of the texts."""
    reader = Reader(vocabulary)
    common = {reader.stem(word) for word in vocabulary.common}
    telling = [_telling(reader, text, common) for text in texts]
    found: list[list[int]] = []
    for place, stems in enumerate(telling):
        group = next((each for each in found if any(_alike(stems, telling[other]) for other in each)), None)
        if group is None:
            found.append([place])
        else:
            group.append(place)
    return tuple(tuple(group) for group in found)


def _telling(reader: Reader, text: str, common: set[str]) -> frozenset[str]:
    stems = reader.read(spoken(text)).stems
    return frozenset(stems) - common or frozenset(stems)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one or other) and len(one & other) / len(one | other) >= ALIKE
