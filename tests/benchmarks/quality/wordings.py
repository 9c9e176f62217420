"""Phrasings in any number, of the words that the knowledge base is asked in."""

import random

from knowledge.pack.model import Pack

SHORTEST, LONGEST = 4, 10


def wordings(pack: Pack, count: int, seed: int) -> list[str]:
    """So many different phrasings; the same for the same seed."""
    chance = random.Random(seed)
    words = [word for entry in pack.entries for phrasing in entry.phrasings for word in phrasing.split()]
    found: dict[str, None] = {}
    while len(found) < count:
        found[" ".join(chance.choices(words, k=chance.randint(SHORTEST, LONGEST)))] = None
    return list(found)
