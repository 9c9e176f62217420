"""The history of entries: who changed what and when, removing an entry, and restoring any revision."""

from collections.abc import Sequence
from typing import Annotated

from bot.asking import answers
from bot.chat.events import Role
from bot.chat.markup import Plain, Reference, Span, Strong
from bot.chat.replies import Block, Button, Fields, Heading, Menu, Reply, Text, echo, note, short, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.refusals import number
from bot.curating.approval import revise, waits
from bot.curating.editing.drafts import target
from bot.curating.editing.edit import entry_named
from bot.curating.editing.impact import blocks_of, check
from bot.curating.editing.saving import difference_blocks, saved
from bot.curating.picking import pick, pick_of
from knowledge.pack.changes import differences
from knowledge.pack.lint import unpinned
from knowledge.pack.model import Entry
from knowledge.pack.overlay import NOBODY, Change, Conflict, Draft, Revision, with_entry
from knowledge.pack.own_size import size_of
from knowledge.pack.records import fingerprint

# How many revisions to list; older ones can be restored by their number.
REVISIONS_LIMIT = 20


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def remove(
    context: Context,
    entry: Annotated[str | None, About("the entry", Completes.ENTRY)] = None,
) -> Reply:
    """Take an entry away from this community; restore brings it back."""
    if not entry:
        return pick(context, "Which entry do you want to remove?", "remove")
    return await _asked_to_remove(context, entry)


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def restore(
    context: Context,
    entry: Annotated[str | None, About("the entry", Completes.CHANGED)] = None,
    revision: Annotated[int | None, About("the revision's number, as history shows it")] = None,
) -> Reply:
    """Bring back a removed entry, or an earlier revision of one."""
    if not entry:
        gone = await changed_entries(context, only_removed=True)
        if not gone:
            return Reply((text("Nothing was removed. Earlier texts are in `/ijm-mod history`."),), private=True)
        return pick_of(gone, "Which entry do you want to bring back?", "restore")
    return await _asked_to_restore(context, f"{entry} {revision or ''}")


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def history(
    context: Context,
    entry: Annotated[str | None, About("the entry", Completes.CHANGED)] = None,
) -> Reply:
    """See who changed an entry, when, and what."""
    if not entry:
        changed = await changed_entries(context)
        if not changed:
            return Reply((text("This community has changed nothing yet."),), private=True)
        return pick_of(changed, "Which entry's history?", "history")
    return await _history(context, entry)


async def changed_entries(context: Context, *, only_removed: bool = False) -> tuple[Entry, ...]:
    """Return the latest text of the entries that a community has changed, the newest change first."""
    overlay = await context.services.store.overlay(context.community)
    found: list[Entry] = []
    for revision in sorted(overlay.revisions, key=lambda each: each.at, reverse=True):
        if revision.entry is not None and only_removed:
            continue
        last = revision.entry or await _last_text(context, revision.entry_id)
        if last is not None:
            found.append(last)
    return tuple(found)


async def _last_text(context: Context, entry_id: str) -> Entry | None:
    """Return an entry as it read before it was removed."""
    revisions = await context.services.store.history(context.community, entry_id)
    kept = next((revision.entry for revision in revisions if revision.entry is not None), None)
    return kept or context.services.pack.entry(entry_id)


async def _asked_to_remove(context: Context, value: str) -> Reply:
    entry = entry_named(context, value)
    found = await target(context, entry.id)
    if found is None:
        raise BadArgument("This entry no longer exists.")
    checked = await check(context, with_entry(context.pack, entry.id, None))
    asked = Text((Plain("Remove "), Strong((Plain(entry.question),)), Plain(" from this community's answers?")))
    blocks: list[Block] = [asked, *blocks_of(checked, context.pack), note("Its text stays in the history.")]
    buttons = (Button("Remove it", "removing", f"{found.expected} {entry.id}"), Button("Keep it", "entry", entry.id))
    return Reply(tuple(blocks), buttons, private=True)


async def _remove(context: Context, value: str) -> Reply:
    expected, _, entry_id = value.partition(" ")
    found = await target(context, entry_id)
    if found is None:
        raise BadArgument("This entry no longer exists.")
    draft = Draft(entry_id, Change.REMOVED, None, number(expected), found.base)
    revised = await _revised(context, draft)
    if isinstance(revised, Reply):
        return revised
    said = Text((Plain("Removed: "), Strong((Plain(found.entry.question),))))
    return Reply((said,), (Button("Bring it back", "restore", entry_id),), private=True)


async def _asked_to_restore(context: Context, value: str) -> Reply:
    """Show the state that would come back, as members would see it."""
    name, _, number = value.strip().partition(" ")
    revisions = await context.services.store.history(context.community, name)
    chosen = _chosen(revisions, number)
    entry = chosen.entry if chosen else context.services.pack.entry(name)
    if not revisions or entry is None:
        raise BadArgument(f"There is no such revision of “{echo(name)}”. See /ijm-mod history.")
    current = revisions[0]
    if current.entry == entry:
        raise BadArgument("It already reads like that.")
    _check_restorable(context, entry)
    after = with_entry(context.pack, entry.id, entry)
    checked = await check(context, after, entry)
    which = f"revision {chosen.number}" if chosen else "the text that ships with me"
    blocks: list[Block] = [
        Heading(f"Bring back {which}?"),
        *(answers.answer(after, entry).blocks if current.entry is None else _difference(current.entry, entry)),
        *blocks_of(checked, after),
    ]
    value = f"{current.number} {chosen.number if chosen else 0} {entry.id}"
    return Reply(tuple(blocks), (Button("Bring it back", "restoring", value),), private=True)


def _difference(now: Entry, then: Entry) -> tuple[Block, ...]:
    return (text("What would change (`-` as it is now, `+` as it was):"), *difference_blocks(differences(now, then)))


def _chosen(revisions: Sequence[Revision], number: str) -> Revision | None:
    """Return the revision with this number; without a number, the last one that had a text."""
    if number:
        return next((each for each in revisions if str(each.number) == number), None)
    last = revisions[1:] if revisions and revisions[0].entry is not None else revisions
    return next((each for each in last if each.entry is not None), None)


async def _restore(context: Context, value: str) -> Reply:
    expected, _, which = value.partition(" ")
    wanted, _, entry_id = which.partition(" ")
    revisions = await context.services.store.history(context.community, entry_id)
    chosen = next((each for each in revisions if str(each.number) == wanted), None)
    base = context.services.pack.entry(entry_id)
    entry = chosen.entry if chosen else base
    if entry is None or not revisions:
        raise BadArgument("This revision no longer exists.")
    _check_restorable(context, entry)
    stands_for = chosen.base if chosen else fingerprint(entry)
    draft = Draft(entry_id, Change.RESTORED, entry, number(expected), stands_for)
    revised = await _revised(context, draft)
    return revised if isinstance(revised, Reply) else saved(revised, entry)


def _check_restorable(context: Context, entry: Entry) -> None:
    """Raise BadArgument if a text holds an unconfirmed phone number, or if there would be too many entries."""
    base = context.services.pack
    after = with_entry(context.pack, entry.id, entry)
    if fault := size_of(after, base).fault:
        raise BadArgument(f"I cannot bring it back: {fault}. First remove entries that nobody needs.")
    if numbers := unpinned(entry, context.services.pack, context.pinned):
        raise BadArgument(
            f"That text has a phone number that is not among the checked ones: {', '.join(numbers)}. You can read "
            "it in the history, and bring it back without the number with /ijm-mod edit."
        )


async def _revised(context: Context, draft: Draft) -> Revision | Reply:
    """Return the saved change, or a reply that somebody else has changed the entry in the meantime."""
    try:
        revised = await revise(context, [draft])
    except Conflict as conflict:
        said = (
            f"Another moderator saved revision {conflict.current.number} of it in the meantime, so I changed nothing."
        )
        return Reply((Text((Plain(said),)),), (Button("History", "history", draft.entry_id),), private=True)
    return revised[0] if revised else waits()


async def _history(context: Context, value: str) -> Reply:
    entry_id = value.strip().casefold()
    revisions = await context.services.store.history(context.community, entry_id)
    if not revisions:
        entry = entry_named(context, value)
        said = Text((Strong((Plain(entry.question),)), Plain(" is as it ships with me; nobody here has changed it.")))
        return Reply((said,), (Button("Show it", "entry", entry.id),), private=True)
    title = next((each.entry.question for each in revisions if each.entry is not None), entry_id)
    newest = revisions[:REVISIONS_LIMIT]
    listed = Fields(tuple((f"Revision {each.number}: {each.change}", signed(each)) for each in newest))
    rows = (Button(f"Revision {each.number}", "revision", f"{each.number} {entry_id}") for each in newest)
    menu = Menu("See a revision", tuple(rows))
    more = len(revisions) - REVISIONS_LIMIT
    blocks: list[Block] = [Heading(short(title)), listed]
    if more > 0:
        blocks.append(note(f"{more} older ones: `/ijm-mod restore` takes their number."))
    return Reply(tuple(blocks), private=True, menu=menu)


def signed(revision: Revision) -> tuple[Span, ...]:
    """Say who made a revision, and when."""
    who = Plain("somebody who asked to be forgotten") if revision.by == NOBODY else Reference(revision.by)
    return (Plain(f"{revision.at:%Y-%m-%d %H:%M} UTC by "), who)


async def _revision(context: Context, value: str) -> Reply:
    """Show one revision: what it changed, and a button to restore it."""
    number, _, entry_id = value.partition(" ")
    revisions = await context.services.store.history(context.community, entry_id)
    at = next((place for place, each in enumerate(revisions) if str(each.number) == number), None)
    if at is None:
        raise BadArgument("This revision no longer exists.")
    chosen = revisions[at]
    earlier = revisions[at + 1].entry if at + 1 < len(revisions) else context.services.pack.entry(entry_id)
    before = earlier if chosen.base is not None or at + 1 < len(revisions) else None
    blocks: list[Block] = [
        Heading(f"Revision {chosen.number}: {chosen.change}"),
        Text(signed(chosen)),
        *difference_blocks(differences(before, chosen.entry)),
    ]
    if chosen.note:
        blocks.append(Text((Plain(chosen.note),)))
    buttons = [Button("All revisions", "history", entry_id)]
    if at > 0 and chosen.entry is not None:
        buttons.insert(0, Button("Bring it back", "restore", f"{entry_id} {number}"))
    return Reply(tuple(blocks), tuple(buttons), private=True)


COMMANDS = (remove, restore, history)
HANDLERS = Handlers(
    {
        "remove": _asked_to_remove,
        "removing": _remove,
        "restore": _asked_to_restore,
        "restoring": _restore,
        "history": _history,
        "revision": _revision,
    },
    role=Role.MODERATOR,
    final=frozenset({"removing", "restoring"}),
)
