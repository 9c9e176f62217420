"""From a form to the next revision: a preview with its problems, and what to do if someone else saved first."""

from collections.abc import Sequence
from dataclasses import replace

from bot.asking import answers
from bot.chat.events import Role, Submit
from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Button, Copyable, Heading, Items, Reply, Text, counted, note, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument, Handlers
from bot.commands.refusals import number
from bot.curating.approval import revise, waits
from bot.curating.editing import drafts
from bot.curating.editing.drafts import FORM, Pending
from bot.curating.editing.entry_form import FIELDS, Read, values_of
from bot.curating.editing.impact import Check, blocks_of, check
from bot.curating.editing.number_check import warning
from bot.curating.editing.quiz_form import quiz_button
from bot.curating.telling import settle, waiting_for
from knowledge.pack.changes import Difference, differences
from knowledge.pack.model import Entry, Pack
from knowledge.pack.overlay import Conflict, Revision, with_entry
from knowledge.pack.records import fingerprint
from knowledge.store.protocol import Json

# How many lines of one field's difference to show.
LINES_LIMIT = 12


async def _submitted(context: Context, submit: Submit) -> Reply:
    typed_id = submit.form.partition(":")[2]
    try:
        before = await drafts.pending_of(context, typed_id)
    except BadArgument:
        # The draft expired or was saved meanwhile: what was typed begins a new one, so that it is not lost.
        before = Pending({})
    pending = replace(before, values={name: submit.values.get(name, "") for name in FIELDS}, sent=True)
    read = await drafts.understood(context, pending)
    if await _is_unchanged(context, pending, read):
        await put_away(context, replace(pending, misses=(), suggestions=()))
        return Reply((text("Nothing was changed."),), private=True)
    return await previewed(context, pending, read)


async def _is_unchanged(context: Context, pending: Pending, read: Read) -> bool:
    """Return whether the form of an entry was submitted unchanged."""
    found = await drafts.target(context, pending.entry_id) if pending.entry_id else None
    if found is None or read.faults or pending.expected != found.expected:
        return False
    opened = values_of(found.entry, context.services.pack.entry(pending.entry_id))
    same = all(_plain(pending.values[name]) == _plain(opened[name]) for name in FIELDS)
    return same or fingerprint(read.entry) == fingerprint(found.entry)


def _plain(value: Json) -> list[str]:
    """Return a field's lines without trailing spaces, since a platform may change line ends."""
    return [line.rstrip() for line in str(value).strip().splitlines()]


async def previewed(context: Context, pending: Pending, read: Read, checked: Check | None = None) -> Reply:
    """Return the preview of an entry with all objections, and keep it until it is saved or discarded."""
    if read.faults:
        typed_id = await drafts.keep(context, pending)
        said = Items(tuple((Plain(fault),) for _, fault in read.faults))
        kept = note("What you typed is kept for a week.")
        shown_faults = (Heading("Not yet: please change this"), said, kept)
        return Reply(shown_faults, _changing(typed_id), private=True, faults=read.faults)
    after = with_entry(context.pack, read.entry.id, read.entry)
    checked = checked or await check(context, after, read.entry)
    typed_id = await drafts.keep(context, replace(pending, note=checked.summary))
    shown = answers.answer(after, read.entry)
    blocks: list[Block] = [
        Heading("Preview: not saved yet"),
        text("Members will see:"),
        *shown.blocks,
        note(f"{counted(len(read.entry.phrasings), 'phrasing')}, in the topic “{_topic_title(after, read.entry)}”."),
    ]
    if read.dropped:
        blocks.append(
            text("These facts and quiz questions will be removed, because their figures are not in the new answer:")
        )
        blocks.append(Items(tuple((Plain(each),) for each in read.dropped)))
    blocks += [*warning(read.unsure), *blocks_of(checked, after)]
    buttons = [Button("Save anyway" if checked.collisions else "Save", "save", typed_id)]
    for entry in checked.alike:
        buttons.append(Button(f"Add to: {entry.label}", "phrase", f"{typed_id} {entry.id}"))
    return Reply(tuple(blocks), (*buttons, *_changing(typed_id)), private=True)


async def _save(context: Context, typed_id: str) -> Reply:
    return await _if_faultless(context, await drafts.pending_of(context, typed_id))


async def _overwrite(context: Context, value: str) -> Reply:
    """Save over another moderator's revision, which stays in the history."""
    typed_id, _, expected = value.partition(" ")
    return await _if_faultless(context, replace(await drafts.pending_of(context, typed_id), expected=number(expected)))


async def _if_faultless(context: Context, pending: Pending) -> Reply:
    read = await drafts.understood(context, pending)
    return await (previewed if read.faults else save)(context, pending, read)


async def save(context: Context, pending: Pending, read: Read) -> Reply:
    """Make it the next revision, or say what another moderator saved first."""
    draft = drafts.draft_of(pending, read.entry)
    try:
        revised = await revise(context, [draft], pending.misses)
    except Conflict as conflict:
        return await _conflicting(context, pending, read.entry, conflict.current)
    if not revised:
        # The questions wait until the proposal is decided.
        await put_away(context, replace(pending, misses=()))
        return waits()
    (revision,) = revised
    answered = dict.fromkeys(pending.misses, read.entry) | await waiting_for(context, [read.entry])
    if not read.unsure:
        await settle(context, answered)
    await put_away(context, pending)
    reply = saved(revision, read.entry)
    following = (Button("Next", "review", pending.following),) if pending.following else ()
    blocks = (*reply.blocks, *warning(read.unsure))
    return replace(reply, blocks=blocks, buttons=(*following, *reply.buttons))


async def put_away(context: Context, pending: Pending) -> None:
    """Remove what the change answers from the review, and delete what was typed."""
    store = context.services.store
    await store.remove_misses(context.community, pending.misses)
    await store.remove_suggestions(context.community, pending.suggestions)
    if pending.id:
        await store.drop_typed(context.community, pending.id)


def saved(revision: Revision, entry: Entry) -> Reply:
    """Return what a moderator reads once a change is saved."""
    blocks: list[Block] = [
        Text((Plain("Saved: "), Strong((Plain(entry.question),)), Plain(f" (revision {revision.number}).")))
    ]
    if revision.note:
        blocks.append(note("Noted in the history: saved although other questions are affected."))
    buttons = (Button("Show it", "entry", entry.id), Button("History", "history", entry.id), quiz_button(entry.id))
    return Reply(tuple(blocks), buttons, private=True)


async def _conflicting(context: Context, pending: Pending, mine: Entry, current: Revision) -> Reply:
    """Say that someone else saved first, show the difference, and keep the typed text."""
    typed_id = await drafts.keep(context, pending)
    when = f"{current.at:%Y-%m-%d %H:%M} UTC"
    said = f"Revision {current.number} was saved by another moderator ({when}) while you were editing."
    blocks: list[Block] = [
        Heading("Someone else saved first"),
        Text((Plain(said),)),
        text("Yours is kept. What differs (`-` as it is now, `+` as you have it):"),
        *difference_blocks(differences(current.entry, mine)),
    ]
    over = Button("Save mine over it", "overwrite", f"{typed_id} {current.number}")
    return Reply(tuple(blocks), (over, *_changing(typed_id)), private=True)


def difference_blocks(found: Sequence[Difference]) -> tuple[Block, ...]:
    """Return a difference as blocks, field by field."""
    blocks: list[Block] = []
    for difference in found:
        shown = difference.lines[:LINES_LIMIT]
        more = len(difference.lines) - len(shown)
        lines = (*shown, f"… and {more} more") if more else shown
        blocks += [Text((Strong((Plain(difference.field.capitalize()),)),)), Copyable("\n".join(lines))]
    return tuple(blocks) or (text("Nothing differs."),)


def _topic_title(pack: Pack, entry: Entry) -> str:
    topic = pack.topic(entry.topic)
    return topic.title if topic else entry.topic


def _changing(typed_id: str) -> tuple[Button, ...]:
    return Button("Change it", "draft", typed_id), Button("Discard", "discard", typed_id)


HANDLERS = Handlers(
    {"save": _save, "overwrite": _overwrite}, {FORM: _submitted}, Role.MODERATOR, frozenset({"save", "overwrite"})
)
