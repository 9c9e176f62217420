"""How much a community may bring of its own: what the matching learns in seconds, and what all share the memory for."""

from dataclasses import dataclass

from knowledge.pack.model import Entry, Pack

# What all of a community's own phrasings together may be, and the words in them: of ordinary ones 3,000 have 24,000.
OWN_PHRASINGS_LIMIT = 3_000
OWN_WORDS_LIMIT = 40_000
# What all of its own texts together may be, answers and facts too, in bytes: to encode them takes about 40 seconds.
OWN_BYTES_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class OwnSize:
    """How much of an entry, or of a community's entries, does not ship with the bot; `bytes` is of all texts."""

    phrasings: int = 0
    words: int = 0
    bytes: int = 0

    def __add__(self, other: "OwnSize") -> "OwnSize":
        return OwnSize(self.phrasings + other.phrasings, self.words + other.words, self.bytes + other.bytes)

    def __sub__(self, other: "OwnSize") -> "OwnSize":
        return OwnSize(self.phrasings - other.phrasings, self.words - other.words, self.bytes - other.bytes)

    def grows(self, before: "OwnSize") -> bool:
        """Say whether it is in some way more than before."""
        return self.phrasings > before.phrasings or self.words > before.words or self.bytes > before.bytes

    @property
    def fault(self) -> str:
        """What is wrong if that is more than a community may have; else nothing."""
        for count, limit, what in (
            (self.phrasings, OWN_PHRASINGS_LIMIT, "phrasings of its own"),
            (self.words, OWN_WORDS_LIMIT, "words in its own phrasings"),
            (self.bytes, OWN_BYTES_LIMIT, "bytes of its own text"),
        ):
            if count > limit:
                return f"this community would have {count:,} {what}; at most {limit:,} are taken"
        return ""


def own_size(entry: Entry | None, base: Pack) -> OwnSize:
    """Count what an entry has that does not ship with it; nothing for no entry."""
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
    """Count what a community's entries have together that does not ship."""
    return sum((own_size(entry, base) for entry in pack.entries), OwnSize())
