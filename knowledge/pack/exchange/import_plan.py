"""What an import would do, row by row, found out before anything is changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge.pack.changes import standing_facts, standing_quiz
from knowledge.pack.exchange.import_rows import ImportRow
from knowledge.pack.lint import local_faults
from knowledge.pack.model import Entry, Link, Pack, Source
from knowledge.pack.overlay import Change, Draft, Overlay, effective
from knowledge.pack.own_size import own_size, size_of
from knowledge.pack.records import fingerprint
from knowledge.pack.slugs import slug
from knowledge.plain.text import phrase_key

# The fields that may be filled in for the whole file, by the entry's name, with a table's name for each.
LEFT_OPEN = {"topic": "topic", "source": "source", "as_of": "year"}


class Outcome(StrEnum):
    """What would happen to a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    AMBIGUOUS = "ambiguous"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Step:
    """One row: its place, the id of its entry, what would happen to it, and why it is refused. `open` are the fields
    that are still empty. `warnings` are likely mistakes.
    """

    place: int
    entry_id: str
    outcome: Outcome
    why: str = ""
    draft: Draft | None = None
    open: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of a file, in order."""

    steps: tuple[Step, ...]

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The changes in the store's form."""
        return tuple(step.draft for step in self.steps if step.draft is not None)

    def count(self, outcome: Outcome) -> int:
        """Count the rows with this outcome."""
        return sum(step.outcome is outcome for step in self.steps)


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What fills the empty fields of rows: a topic, a source, a year; empty and 0 if there is none."""

    topic: str = ""
    source: str = ""
    year: int = 0


def plan(
    rows: Sequence[ImportRow],
    base: Pack,
    overlay: Overlay,
    note: str,
    *,
    pinned: Collection[str] = (),
    filled_in: FilledIn | None = None,
) -> Plan:
    """Return what the rows would do to a community's knowledge. A wrong row does not stop the others.

    A row without an id stands for the entry with its question, if there is one. `pinned` are phone numbers that entries
    may hold beside the pack's; `note` is recorded with each change.
    """
    planner = _Planner(base, overlay, note, pinned, filled_in or FilledIn())
    return Plan(tuple(planner.step(row) for row in rows))


class _Planner:
    """Plans one row after another, and knows what the earlier rows did."""

    def __init__(self, base: Pack, overlay: Overlay, note: str, pinned: Collection[str], filled_in: FilledIn) -> None:
        self._base, self._overlay, self._note = base, overlay, note
        self._pinned, self._filled_in = pinned, filled_in
        self._now = effective(base, overlay)
        self._taken = {entry.id for entry in base.entries} | {each.entry_id for each in overlay.revisions}
        self._own = size_of(self._now, base)
        self._rows_of: dict[str, int] = {}
        self._asked: defaultdict[str, list[str]] = defaultdict(list)
        self._phrased: defaultdict[str, list[str]] = defaultdict(list)
        for entry in self._now.entries:
            self._asked[phrase_key(entry.question)].append(entry.id)
            for phrasing in entry.alternatives:
                self._phrased[phrase_key(phrasing)].append(entry.id)

    def step(self, row: ImportRow) -> Step:
        """Return what becomes of a row."""
        step = replace(self._step(row), warnings=row.warnings)
        if step.entry_id in self._rows_of:
            why = f"row {self._rows_of[step.entry_id]} is this entry, too"
            return Step(row.place, step.entry_id, Outcome.REJECTED, why, warnings=row.warnings)
        if step.draft is not None:
            before = own_size(self._now.entry(step.entry_id), self._base)
            after = self._own + own_size(step.draft.entry, self._base) - before
            if after.grows(self._own) and (fault := after.fault):
                return Step(row.place, step.entry_id, Outcome.REJECTED, fault, warnings=row.warnings)
            self._own = after
        if step.entry_id:
            self._rows_of[step.entry_id] = row.place
            self._taken.add(step.entry_id)
            if row.entry is not None:
                self._asked[phrase_key(row.entry.question)] = [step.entry_id]
        return step

    def _step(self, row: ImportRow) -> Step:
        if row.fault:
            return Step(row.place, "", Outcome.REJECTED, row.fault)
        if row.entry is None:
            return self._removal(row)
        tidy = self._tidied(row.entry)
        meant, ambiguous = (tidy.id, "") if tidy.id else self._meant(tidy.question)
        if ambiguous:
            return Step(row.place, "", Outcome.AMBIGUOUS, ambiguous)
        there = self._now.entry(meant)
        entry = self._completed(replace(tidy, id=meant or self._new_id(tidy.question)), row, there, known=bool(tidy.id))
        missing = tuple(LEFT_OPEN[name] for name in LEFT_OPEN if not _filled(entry, name))
        if missing:
            why = f"{' and '.join(missing)}: not in this row"
            return Step(row.place, entry.id, Outcome.REJECTED, why, open=missing)
        if faults := local_faults(entry, self._base, self._pinned):
            why = "; ".join(f"{row.named(field)}: {message}" for field, message in faults)
            return Step(row.place, entry.id, Outcome.REJECTED, why)
        if there is not None and fingerprint(there) == fingerprint(entry):
            return Step(row.place, entry.id, Outcome.UNCHANGED)
        outcome = Outcome.ADDED if there is None else Outcome.CHANGED
        return Step(row.place, entry.id, outcome, draft=self._draft(entry.id, Change.IMPORTED, entry))

    def _meant(self, question: str) -> tuple[str, str]:
        """Return the id of the entry that a question means, if any, or why that is unclear."""
        key = phrase_key(question)
        asked = list(dict.fromkeys(self._asked.get(key, ()))) if key else []
        if len(asked) > 1:
            return "", f"several entries have this question; put the id of one into the row: {', '.join(asked)}"
        if asked:
            return asked[0], ""
        phrased = list(dict.fromkeys(self._phrased.get(key, ()))) if key else []
        if len(phrased) == 1 and self._base.entry(phrased[0]) is None:
            return phrased[0], ""
        if phrased:
            owners = " and ".join(
                f"“{entry.question}” ({entry.id})" for entry in map(self._now.entry, phrased) if entry
            )
            return "", f"this question is a phrasing of {owners}; put that id into the row, or ask differently"
        return "", ""

    def _new_id(self, question: str) -> str:
        """Return an id for a new entry: that of a removed one with this question, so that its history continues."""
        plain = slug(question, ())
        removed = self._overlay.of(plain)
        return plain if removed is not None and removed.entry is None else slug(question, self._taken)

    def _completed(self, entry: Entry, row: ImportRow, there: Entry | None, *, known: bool) -> Entry:
        """Fill what the row leaves empty: from the current entry, or from the values for the whole file. A row that
        names its entry only by the question adds phrasings and removes none.
        """
        if there is not None:
            kept = {"topic", "source", "as_of", "links", "related", "alternatives", "title", "translations"} - row.given
            entry = replace(entry, **{name: getattr(there, name) for name in kept})
            if "facts" not in row.given:
                entry = replace(entry, facts=standing_facts(there, entry.answer))
            if "quiz" not in row.given:
                entry = replace(entry, quiz=standing_quiz(there, entry.answer))
            if not known:
                entry = replace(entry, alternatives=_each_once((*there.phrasings, *entry.alternatives), entry.question))
        filled = self._filled_in
        return replace(
            entry,
            topic=entry.topic or filled.topic,
            source=entry.source if entry.source.document else Source(filled.source, entry.source.section),
            as_of=entry.as_of or filled.year,
        )

    def _removal(self, row: ImportRow) -> Step:
        named = row.removed if row.removed in self._taken else ""
        if not named:
            named, ambiguous = self._meant(row.removed)
            if ambiguous:
                return Step(row.place, "", Outcome.AMBIGUOUS, ambiguous)
        if self._now.entry(named) is not None:
            return Step(row.place, named, Outcome.REMOVED, draft=self._draft(named, Change.REMOVED, None))
        if named:
            return Step(row.place, named, Outcome.UNCHANGED)
        return Step(row.place, row.removed, Outcome.REJECTED, f"there is no entry `{row.removed}` to remove")

    def _draft(self, entry_id: str, change: Change, entry: Entry | None) -> Draft:
        revision, shipped = self._overlay.of(entry_id), self._base.entry(entry_id)
        stands_for = fingerprint(shipped) if shipped is not None else None
        if revision is not None:
            stands_for = revision.base
        return Draft(entry_id, change, entry, self._overlay.expected(entry_id), stands_for, self._note)

    def _tidied(self, entry: Entry) -> Entry:
        """Return the entry with every one-line text on one line, and its topic by id."""
        question, topic = _line(entry.question), _line(entry.topic)
        named = topic.casefold()
        ids = (each.id for each in self._base.topics if named in {each.id, each.title.casefold()})
        return replace(
            entry,
            question=question,
            alternatives=_each_once((line for text in entry.alternatives if (line := _line(text))), question),
            answer=entry.answer.replace("\r\n", "\n").replace("\r", "\n").strip(),
            topic=next(ids, topic),
            source=Source(_line(entry.source.document), _line(entry.source.section)),
            links=tuple(Link(_line(link.title), link.url.strip()) for link in entry.links),
        )


def _filled(entry: Entry, field: str) -> bool:
    return bool(entry.source.document if field == "source" else getattr(entry, field))


def _each_once(phrasings: Iterable[str], question: str) -> tuple[str, ...]:
    """Return the phrasings that repeat neither another nor the question, apart from case and punctuation."""
    by_key: dict[str, str] = {}
    for phrasing in phrasings:
        by_key.setdefault(phrase_key(phrasing) or phrasing, phrasing)
    by_key.pop(phrase_key(question), None)
    return tuple(by_key.values())


def _line(text: str) -> str:
    return " ".join(text.split())
