"""How well a community's own entries are found, which have few phrasings, and what they take from the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.encoder import Encoder
from knowledge.matching import Search
from knowledge.matching.practice import Labelled
from knowledge.pack.files import read_yaml
from knowledge.pack.model import Entry, Pack
from tests.benchmarks.quality.firsts import first

# A form gives the question and two other ways to ask it; more come by `/ijm-mod alias` or an import.
COUNTS = (1, 3, 8, 20)
# Entries are held to few phrasings in this many groups, so that most of what a new entry stands among is whole.
GROUPS = 8
CHAPTERS = {name: Path(__file__).parents[2] / "questions" / f"chapter-{name}.yaml" for name in ("first", "second")}


def few_table(pack: Pack, asked: Sequence[Labelled], encoders: Mapping[str, Encoder | None]) -> Iterator[str]:
    """Shipped entries, each held to a few phrasings as a community's own, among the others, and the practice questions."""
    yield "| a shipped entry as a community's own | right first | answered right | others right first | without them |"
    yield "|---|---|---|---|---|"
    for name, encoder in encoders.items():
        groups = [pack.entries[group::GROUPS] for group in range(GROUPS)]
        bases = [Search([each for each in pack.entries if each not in own], encoder=encoder) for own in groups]
        without = [first(base, each.q, each.accept)[0] for base in bases for each in _others(base, asked)]
        for count in COUNTS:
            held: list[tuple[bool, bool]] = []
            others: list[bool] = []
            for base, own in zip(bases, groups, strict=True):
                ids = {entry.id for entry in own}
                search = base.adapted((*base.entries, *(held_to(entry, count) for entry in own)))
                held += [first(search, each.q, each.accept) for each in asked if ids.issuperset(each.accept)]
                others += [first(search, each.q, each.accept)[0] for each in _others(base, asked)]
            answered = [right and sure for right, sure in held]
            shares = map(_share, ([right for right, _ in held], answered, others, without))
            yield f"| {name}, held to {count} | {' | '.join(shares)} |"


def _others(base: Search, asked: Sequence[Labelled]) -> list[Labelled]:
    """The questions that only entries of the base answer."""
    there = {entry.id for entry in base.entries}
    return [each for each in asked if there.issuperset(each.accept)]


def held_to(entry: Entry, count: int) -> Entry:
    """The entry with phrasings by so many people: they stand in the file in the order of their writers."""
    ways = entry.alternatives
    return replace(entry, alternatives=tuple(ways[number * len(ways) // count] for number in range(1, count)))


def chapter_table(pack: Pack, asked: Sequence[Labelled], searches: Mapping[str, Search]) -> Iterator[str]:
    """What chapters add for themselves: what members ask about it, and beside it; then the practice questions."""
    yield "| a chapter's entries | right first | among three | answered right | wrong | beside, answered | practice questions right first |"
    yield "|---|---|---|---|---|---|---|"
    for name, base in searches.items():
        for chapter, path in CHAPTERS.items():
            entries = read_yaml(path)
            search = base.adapted((*base.entries, *chapter_entries(pack, entries)))
            about = [(text, entry_id) for entry_id, each in entries.items() for text in each["asked"]]
            found = [first(search, text, (entry_id,)) for text, entry_id in about]
            three = [entry_id in [match.entry.id for match in search.ask(text).matches] for text, entry_id in about]
            beside = [first(search, text, ())[1] for each in entries.values() for text in each["beside"]]
            shares = (
                [right for right, _ in found],
                three,
                [right and sure for right, sure in found],
                [sure and not right for right, sure in found],
                beside,
                [first(search, each.q, each.accept)[0] for each in asked],
            )
            yield f"| {name}, {chapter} set | {' | '.join(map(_share, shares))} |"


def chapter_entries(pack: Pack, entries: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Entry]:
    """Entries with these ids and phrasings; nothing else of them matters to the search."""
    for entry_id, each in entries.items():
        question, *ways = each["phrasings"]
        yield replace(pack.entries[0], id=entry_id, question=question, alternatives=tuple(ways))


def _share(hits: Sequence[bool]) -> str:
    return f"{100 * sum(hits) / len(hits):.1f} % of {len(hits)}"
