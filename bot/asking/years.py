"""Years that a question names."""

import re

from knowledge.pack.model import Entry

# A year, and no part of an amount of money, a number, or a percentage.
_YEAR = re.compile(r"(?<![\d,.$])(?:19|20)\d\d(?![\d%]|[,.]\d)")


def names_other_year(question: str, entry: Entry) -> bool:
    """Return whether a question names years, and the entry speaks of none of them."""
    years = _YEAR.findall(question)
    spoken_of = {str(entry.as_of), *_YEAR.findall(entry.answer), *(str(fact.year) for fact in entry.facts)}
    return bool(years) and spoken_of.isdisjoint(years)
