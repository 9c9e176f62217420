"""From a question to the entry that answers it, or the certainty that none does."""

from knowledge.matching.search import Search
from knowledge.matching.verdict import (
    SUGGESTIONS_LIMIT,
    Closest,
    Found,
    Match,
    Reason,
    Suggestions,
    Unknown,
    Verdict,
)

__all__ = [
    "SUGGESTIONS_LIMIT",
    "Closest",
    "Found",
    "Match",
    "Reason",
    "Search",
    "Suggestions",
    "Unknown",
    "Verdict",
]
