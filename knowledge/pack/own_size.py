"""How much a community may add: what matching can learn in seconds, and what memory is shared for."""

from dataclasses import dataclass

from knowledge.pack.model import Entry, Pack

# What all of a community's own phrasings together may be, and the words in them: of ordinary ones 3,000 have 24,000.
OWN_PHRASINGS_LIMIT = 3_000
OWN_WORDS_LIMIT = 40_000
# What all of its own texts together may be, answers and facts too, in bytes: to encode them takes about 40 seconds.
OWN_BYTES_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class OwnSize:
    """The size of what does not ship with the bot in entries; `bytes` counts all texts."""

    phrasings: int = 0
    words: int = 0
    bytes: int = 0

    def __add__(self, other: "OwnSize") -> "OwnSize":
        return OwnSize(self.phrasings + other.phrasings, self.words + other.words, self.bytes + other.bytes)

    def __sub__(self, other: "OwnSize") -> "OwnSize":
        return OwnSize(self.phrasings - other.phrasings, self.words - other.words, self.bytes - other.bytes)

    def grows(self, before: "OwnSize") -> bool:
        """Return whether it is larger than before in any respect."""
        return self.phrasings > before.phrasings or self.words > before.words or self.bytes > before.bytes

    @property
    def fault(self) -> str:
        """Say what is wrong if a community may not have that much; else nothing."""
        for count, limit, what in (
            (self.phrasings, OWN_PHRASINGS_LIMIT, "phrasings of its own"),
            (self.words, OWN_WORDS_LIMIT, "words in its own phrasings"),
            (self.bytes, OWN_BYTES_LIMIT, "bytes of its own text"),
        ):
            if count > limit:
                return f"this community would have {count:,} {what}; at most {limit:,} are taken"
        return ""


def own_size(entry: Entry | None, base: Pack) -> OwnSize:
    """Measure what an entry has beyond its shipped text; zero for no entry."""
    shipped = base.entry(entry.id) if entry is not None else None
    if entry is None or entry is shipped:
        return OwnSize()
    phrasings = set(entry.phrasings)
    texts = phrasings | {entry.answer, *(fact.text for fact in entry.facts)}
    if shipped is not None:
        phrasings -= set(shipped.phrasings)
        texts -= {*shipped.phrasings, shipped.answer, *(fact.text for fact in shipped.facts)}
    words = sum(len(phrasing.split()) for phrasing in phrasings)
    return OwnSize(len(phrasings), words, sum(len(text.encode()) for text in texts))


def size_of(pack: Pack, base: Pack) -> OwnSize:
    """Measure what all of a community's entries have beyond what ships."""
    return sum((own_size(entry, base) for entry in pack.entries), OwnSize())
