"""Finding the entry of a question in Spanish, Portuguese, or French, by the phrasings that entries have in them."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from knowledge.pack.model import Entry
from knowledge.plain.text import phrase_key

# Two questions are the same, in other words or another order, from this likeness of their words on (0 to 100).
ALIKE = 75.0


def translated(entries: Iterable[Entry], language: str, text: str) -> Entry | None:
    """Find the entry that has a phrasing in that language (a two-letter code) that is like the text."""
    phrasings = [(phrase_key(said), entry) for entry in entries for said in entry.translations.get(language, ())]
    best = process.extractOne(
        phrase_key(text), [said for said, _ in phrasings], scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE
    )
    return None if best is None else phrasings[best[2]][1]
