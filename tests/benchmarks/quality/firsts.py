"""What a search puts first for a question."""

from collections.abc import Container

from knowledge.matching import Search
from knowledge.matching.search import ANSWER_SCORE


def first(search: Search, text: str, accept: Container[str]) -> tuple[bool, bool]:
    """Whether the first entry is one of those that are right, and whether it is sure enough to be the answer."""
    found = search.ask(text).matches[:1]
    return bool(found) and found[0].entry.id in accept, bool(found) and found[0].score >= ANSWER_SCORE
