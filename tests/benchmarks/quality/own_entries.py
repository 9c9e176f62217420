"""How well a community's own entries are found, which have few phrasings, and what they take from the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.matching import Search
from knowledge.matching.practice import Labelled
from knowledge.pack.files import read_yaml
from knowledge.pack.model import Entry, Pack
from tests.benchmarks.quality.firsts import first

CHAPTERS = {name: Path(__file__).parents[2] / "questions" / f"chapter-{name}.yaml" for name in ("first", "second")}


def chapter_table(pack: Pack, asked: Sequence[Labelled], base: Search) -> Iterator[str]:
    """What chapters add for themselves: what members ask about it, and beside it; then the practice questions."""
    yield "| a chapter's entries | right first | among three | answered right | wrong | beside, answered | practice questions right first |"
    yield "|---|---|---|---|---|---|---|"
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
        yield f"| {chapter} set | {' | '.join(map(_share, shares))} |"


def chapter_entries(pack: Pack, entries: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Entry]:
    """Entries with these ids and phrasings; nothing else of them matters to the search."""
    for entry_id, each in entries.items():
        question, *ways = each["phrasings"]
        yield replace(pack.entries[0], id=entry_id, question=question, alternatives=tuple(ways), answer="", facts=())


def _share(hits: Sequence[bool]) -> str:
    return f"{100 * sum(hits) / len(hits):.1f} % of {len(hits)}"
