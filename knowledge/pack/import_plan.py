"""What an import would do, row by row, found out before anything is changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge.pack.import_export import Row
from knowledge.pack.lint import local_faults
from knowledge.pack.model import Entry, Link, Pack, Source
from knowledge.pack.overlay import Change, Draft, Overlay, crowd_fault, effective, own_phrasings
from knowledge.pack.records import fingerprint
from knowledge.pack.slugs import slug


class Outcome(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Step:
    """One row: where it stands, the id of its entry, what would become of it, and why it is rejected."""

    place: int
    entry_id: str
    outcome: Outcome
    why: str = ""
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of a file in their order."""

    steps: tuple[Step, ...]

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The changes as the store takes them."""
        return tuple(step.draft for step in self.steps if step.draft is not None)

    def count(self, outcome: Outcome) -> int:
        """How many rows have this outcome."""
        return sum(step.outcome is outcome for step in self.steps)


def plan(rows: Sequence[Row], base: Pack, overlay: Overlay, note: str, *, pinned: Collection[str] = ()) -> Plan:
    """What the rows would do to a community's knowledge. A row that is wrong does not keep others from being taken."""
    now = effective(base, overlay)
    taken = {entry.id for entry in base.entries} | {revision.entry_id for revision in overlay.revisions}
    own = sum(own_phrasings(entry, base) for entry in now.entries)
    seen: dict[str, int] = {}
    steps: list[Step] = []
    for row in rows:
        step = _step(row, base, now, overlay, taken, note, pinned)
        if step.draft is not None and step.entry_id not in seen:
            after = own + own_phrasings(step.draft.entry, base) - own_phrasings(now.entry(step.entry_id), base)
            if after > own and (fault := crowd_fault(after)):
                step = Step(row.place, step.entry_id, Outcome.REJECTED, fault)
            else:
                own = after
        if step.entry_id in seen:
            step = Step(row.place, step.entry_id, Outcome.REJECTED, f"row {seen[step.entry_id]} is this entry, too")
        elif step.entry_id:
            seen[step.entry_id] = row.place
            taken.add(step.entry_id)
        steps.append(step)
    return Plan(tuple(steps))


def _step(
    row: Row, base: Pack, now: Pack, overlay: Overlay, taken: set[str], note: str, pinned: Collection[str]
) -> Step:
    if row.fault:
        return Step(row.place, "", Outcome.REJECTED, row.fault)
    if row.entry is None:
        return _removal(row, base, now, overlay, note)
    entry = _tidied(row.entry, taken)
    if faults := local_faults(entry, base, pinned):
        why = "; ".join(f"{field}: {message}" for field, message in faults)
        return Step(row.place, entry.id, Outcome.REJECTED, why)
    there = now.entry(entry.id)
    if there is not None and fingerprint(there) == fingerprint(entry):
        return Step(row.place, entry.id, Outcome.UNCHANGED)
    draft = _draft(entry.id, Change.IMPORTED, entry, base, overlay, note)
    return Step(row.place, entry.id, Outcome.ADDED if there is None else Outcome.CHANGED, draft=draft)


def _removal(row: Row, base: Pack, now: Pack, overlay: Overlay, note: str) -> Step:
    if now.entry(row.removed) is not None:
        draft = _draft(row.removed, Change.REMOVED, None, base, overlay, note)
        return Step(row.place, row.removed, Outcome.REMOVED, draft=draft)
    if overlay.of(row.removed) is not None:
        return Step(row.place, row.removed, Outcome.UNCHANGED)
    return Step(row.place, row.removed, Outcome.REJECTED, f"there is no entry `{row.removed}` to remove")


def _draft(entry_id: str, change: Change, entry: Entry | None, base: Pack, overlay: Overlay, note: str) -> Draft:
    revision, shipped = overlay.of(entry_id), base.entry(entry_id)
    stands_for = fingerprint(shipped) if shipped is not None else None
    if revision is not None:
        stands_for = revision.base
    return Draft(entry_id, change, entry, overlay.expected(entry_id), stands_for, note)


def _tidied(entry: Entry, taken: Collection[str]) -> Entry:
    """The entry with every text that is one line on one line, and an id."""
    question = _line(entry.question)
    return replace(
        entry,
        id=entry.id or slug(question, taken),
        question=question,
        alternatives=tuple(line for text in entry.alternatives if (line := _line(text))),
        answer=entry.answer.replace("\r\n", "\n").strip(),
        topic=_line(entry.topic),
        source=Source(_line(entry.source.document), _line(entry.source.section)),
        links=tuple(Link(_line(link.title), link.url.strip()) for link in entry.links),
    )


def _line(text: str) -> str:
    return " ".join(text.split())
