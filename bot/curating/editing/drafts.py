"""Unsaved entries: what a moderator typed is kept in the store, so that no press, restart or mistake loses it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.replies import Button, Form, Reply
from bot.commands.context import Context
from bot.commands.declarations import BadArgument
from bot.curating.editing.entry_form import FIELDS, PHRASINGS, Read, form_of, question_in, read
from knowledge.pack.lint import unsure
from knowledge.pack.model import Entry
from knowledge.pack.overlay import Change, Draft, effective, with_entry
from knowledge.pack.own_size import size_of
from knowledge.pack.records import fingerprint
from knowledge.pack.slugs import slug
from knowledge.store.protocol import Json, Typed

FORM = "entry"


@dataclass(frozen=True, slots=True)
class Pending:
    """An unsaved change of one entry. `values` are those of the form's fields. `entry_id` is empty for a new entry;
    `expected` is the revision that its author saw, and `base` the fingerprint of the base entry that it replaces.
    `misses` and `suggestions` are what it answers in the review. `note` is recorded with it. `sent`: its author has
    submitted the form before. `following` leads to the next item of the review.
    """

    values: Mapping[str, Json]
    entry_id: str = ""
    expected: int = 0
    base: str | None = None
    misses: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    note: str = ""
    sent: bool = False
    following: str = ""
    id: str = ""

    @property
    def kept(self) -> dict[str, Json]:
        """Its form in the store."""
        return {
            **{name: self.values.get(name) or "" for name in FIELDS},
            "entry": self.entry_id,
            "expected": self.expected,
            "base": self.base,
            "misses": list(self.misses),
            "suggestions": list(self.suggestions),
            "note": self.note,
            "sent": self.sent,
            "following": self.following,
        }


@dataclass(frozen=True, slots=True)
class Target:
    """An entry that a moderator edits: its text, its revision, and the base entry's fingerprint."""

    entry: Entry
    expected: int = 0
    base: str | None = None


async def target(context: Context, entry_id: str) -> Target | None:
    """Return the entry as the community has it now; None if it has none."""
    overlay = await context.services.store.overlay(context.community)
    base = context.services.pack.entry(entry_id)
    revision = overlay.of(entry_id)
    if revision is None:
        return None if base is None else Target(base, 0, fingerprint(base))
    return None if revision.entry is None else Target(revision.entry, revision.number, revision.base)


async def keep(context: Context, pending: Pending) -> str:
    """Store it in place of its earlier version, and return its id."""
    now = context.services.now()
    return await context.services.store.keep_typed(
        context.community, pending.kept, by=context.user.id, now=now, typed_id=pending.id or None
    )


async def unfinished(context: Context, entry_id: str | None = None) -> tuple[Pending, ...]:
    """Return this moderator's unsaved changes, the newest first; only those of one entry, if given."""
    kept = await context.services.store.typed_by(context.community, context.user.id)
    found = (_pending(each) for each in kept if each.values.get("sent"))
    return tuple(each for each in found if entry_id in {None, each.entry_id})


async def pending_of(context: Context, typed_id: str) -> Pending:
    """Return the unsaved change with an id. Raises BadArgument if it is gone."""
    found = await context.services.store.typed(context.community, typed_id)
    if found is None or "entry" not in found.values:
        raise BadArgument("This was already saved or discarded, or is more than a week old.")
    return _pending(found)


def form(context: Context, pending: Pending) -> Form:
    """Return the form with what was typed so far."""
    title = "Edit an answer" if pending.entry_id else "Add an answer"
    again = Button("Open the form", "draft", pending.id)
    return form_of(f"{FORM}:{pending.id}", title, pending.values, context.pack.topics, again)


async def opened(context: Context, pending: Pending) -> Reply:
    """Store it, and return its form."""
    typed_id = await keep(context, pending)
    return Reply((), private=True, form=form(context, replace(pending, id=typed_id)))


async def understood(context: Context, pending: Pending) -> Read:
    """Return the entry that was typed, with all its faults."""
    overlay = await context.services.store.overlay(context.community)
    base = context.services.pack.entry(pending.entry_id) if pending.entry_id else None
    revision = overlay.of(pending.entry_id) if pending.entry_id else None
    before = revision.entry if revision and revision.entry else base
    shipped = context.services.pack.entries
    taken = {entry.id for entry in shipped} | {each.entry_id for each in overlay.revisions}

    def understand() -> Read:
        found = read(
            pending.values,
            context.pack,
            entry_id=pending.entry_id or slug(question_in(pending.values), taken),
            before=before,
            base=base,
            today=context.services.now().date(),
            pinned=context.pinned,
        )
        after = with_entry(effective(context.services.pack, overlay), found.entry.id, found.entry)
        if too_many := size_of(after, context.services.pack).fault:
            return replace(found, faults=(*found.faults, (PHRASINGS, too_many)))
        return found

    # In a thread, so that a long text keeps nobody waiting.
    return await asyncio.to_thread(understand)


def unsure_in(context: Context, entry: Entry) -> tuple[str, ...]:
    """Return the digits in an entry that may be a phone number and are not confirmed yet."""
    return unsure(entry, context.services.pack, context.pinned)


def draft_of(pending: Pending, entry: Entry) -> Draft:
    """Return the change in the store's form."""
    change = Change.EDITED if pending.entry_id else Change.ADDED
    return Draft(entry.id, change, entry, pending.expected, pending.base, pending.note)


def _pending(found: Typed) -> Pending:
    values: Mapping[str, Any] = found.values
    return Pending(
        values={name: values.get(name) or "" for name in FIELDS},
        entry_id=values["entry"],
        expected=values["expected"],
        base=values["base"],
        misses=tuple(values["misses"]),
        suggestions=tuple(values["suggestions"]),
        note=values["note"],
        sent=bool(values.get("sent")),
        following=str(values.get("following") or ""),
        id=found.id,
    )
