"""The thoughts of a message: its sentences, and the questions that one sentence joins."""

import re
from collections.abc import Iterator

from knowledge.plain.text import bounded, clean, words

# Of a long message so many thoughts are looked at, its last ones, where people put their question.
THOUGHTS_LIMIT = 6
# A thought of fewer words says nothing by itself ("ok.", "thanks!").
SHORTEST = 3
# Dictated messages have no end of a sentence: one of more words than LONGEST is cut into overlapping runs of RUN words.
LONGEST, RUN = 28, 12
_END = re.compile(r"(?<=[.!?;])\s+|[\n\r]+|(?<=[.!?])(?=[A-Z])")
_ASKING = r"(?:who|whose|what|whats|when|where|which|why|how|do|does|did|is|are|can|could|will|would|has|have)"
_JOINED = re.compile(
    rf"(?:(?<!\s)\s++)?(?:,\s*+|\b)(?:and|also|plus|or)\b[\s,]+(?:also\s+|then\s+)?(?={_ASKING}\b)", re.IGNORECASE
)


def thoughts(text: str) -> tuple[str, ...]:
    """Return the parts of a message that may be questions of their own, in their order; none if it is one thought."""
    found = [part for sentence in _END.split(bounded(text)) for part in _parts(sentence)]
    kept = [part for part in found if len(words(part)) >= SHORTEST]
    return tuple(kept[-THOUGHTS_LIMIT:]) if len(found) > 1 else ()


def _parts(sentence: str) -> Iterator[str]:
    for part in map(clean, _JOINED.split(sentence)):
        said = part.split()
        if len(said) <= LONGEST:
            yield part
        else:
            # The last run ends where the sentence does.
            first = (len(said) - RUN) % (RUN // 2)
            yield from (" ".join(said[at : at + RUN]) for at in range(first, len(said) - RUN + 1, RUN // 2))
