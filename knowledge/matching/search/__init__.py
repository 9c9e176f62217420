"""Finding the entry that answers a question, or knowing that none does."""

from knowledge.matching.search.engine import Search
from knowledge.matching.search.verdict import SUGGESTIONS_LIMIT, Found, Match, Reason, Suggestions, Unknown, Verdict

__all__ = [
    "SUGGESTIONS_LIMIT",
    "Found",
    "Match",
    "Reason",
    "Search",
    "Suggestions",
    "Unknown",
    "Verdict",
]
