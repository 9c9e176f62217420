"""What a community changed in the base pack: its revisions, and the resulting knowledge."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from knowledge.pack.lint import unpinned
from knowledge.pack.model import Document, Entry, Pack

# Describes a document that only a community cites.
_LOCAL_AUTHOR = ""
_LOCAL_KIND = "community source"


class Change(StrEnum):
    """What was done to an entry."""

    ADDED = "added"
    EDITED = "edited"
    REMOVED = "removed"
    RESTORED = "restored"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Draft:
    """A change to save as the next revision of an entry.

    `expected` is the number of the revision that its author saw (0 if the community had none). `entry` is the new text,
    None for a removal. `base` is the fingerprint of the base entry that it replaces, None for a community's own entry.
    `note` says which warnings were accepted when it was saved.
    """

    entry_id: str
    change: Change
    entry: Entry | None
    expected: int = 0
    base: str | None = None
    note: str = ""

    @property
    def number(self) -> int:
        """The number of the resulting revision; the base entry itself is revision 1."""
        return max(self.expected, 0 if self.base is None else 1) + 1


@dataclass(frozen=True, slots=True)
class Revision:
    """One moderator's version of an entry (time in UTC). Never changed and never deleted singly.

    `by` is the moderator's id, or `overlay.NOBODY` after they asked to be forgotten.
    """

    entry_id: str
    number: int
    change: Change
    entry: Entry | None
    base: str | None
    note: str
    by: str
    at: datetime


# Replaces the id of a moderator who asked to be forgotten.
NOBODY = "deleted"


@dataclass(frozen=True, slots=True)
class Overlay:
    """The newest revision of each entry that a community has changed; `number` grows with each change."""

    number: int
    revisions: tuple[Revision, ...] = ()

    def of(self, entry_id: str) -> Revision | None:
        """Return the newest revision of an entry, or None."""
        return next((revision for revision in self.revisions if revision.entry_id == entry_id), None)

    def expected(self, entry_id: str) -> int:
        """Return the number of the newest revision of an entry, 0 if there is none."""
        found = self.of(entry_id)
        return 0 if found is None else found.number


class Conflict(Exception):  # noqa: N818 (two edits are in conflict; nothing is broken)
    """Somebody else has changed an entry meanwhile. `current` is its revision now."""

    def __init__(self, current: Revision) -> None:
        super().__init__(f"{current.entry_id} is at revision {current.number} now")
        self.current = current


def effective(pack: Pack, overlay: Overlay) -> Pack:
    """Return the base pack with a community's changes: copies in place of base entries, new ones at the end."""
    changed = {revision.entry_id: revision for revision in overlay.revisions}
    kept = [entry for entry in pack.entries if entry.id not in changed]
    if len(kept) == len(pack.entries) and not changed:
        return pack
    base = [_at(changed.pop(entry.id)) if entry.id in changed else entry for entry in pack.entries]
    own = [_at(revision) for _, revision in sorted(changed.items())]
    return _with(pack, tuple(entry for entry in (*base, *own) if entry is not None))


def with_entry(pack: Pack, entry_id: str, entry: Entry | None) -> Pack:
    """Return a pack with an entry replaced, or added at the end; without it if the entry is None."""
    there = pack.entry(entry_id) is not None
    changed = [entry if each.id == entry_id else each for each in pack.entries]
    if entry is not None and not there:
        changed.append(entry)
    return _with(pack, tuple(each for each in changed if each is not None))


def shown(pack: Pack, base: Pack, pinned: Collection[str]) -> Pack:
    """Return a community's knowledge without entries that hold an unchecked phone number."""
    kept = tuple(each for each in pack.entries if each is base.entry(each.id) or not unpinned(each, base, pinned))
    return pack if len(kept) == len(pack.entries) else replace(pack, entries=kept)


def document_of(pack: Pack, entry: Entry) -> Document:
    """Return the document that an entry cites; one that the pack lacks has only its title."""
    return pack.document(entry.source.document) or _local(entry.source.document)


def _with(pack: Pack, entries: tuple[Entry, ...]) -> Pack:
    return replace(pack, entries=entries, documents=(*pack.documents, *_documents(pack, entries)))


def _at(revision: Revision) -> Entry | None:
    return None if revision.entry is None else replace(revision.entry, revision=revision.number)


def _documents(pack: Pack, entries: Iterable[Entry]) -> list[Document]:
    """Return the documents that only the community's entries cite."""
    titles = dict.fromkeys(entry.source.document for entry in entries if pack.document(entry.source.document) is None)
    return [_local(title) for title in titles]


def _local(title: str) -> Document:
    return Document(title, _LOCAL_AUTHOR, _LOCAL_KIND, "")
