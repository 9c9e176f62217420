"""How moderators add and correct entries: a form, a preview with its problems, and then the next revision."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.asking import answers
from bot.asking.browse import topic_named
from bot.asking.picking import pick
from bot.chat.events import Role, Submit
from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Button, Copyable, Heading, Items, Reply, Text, counted, echo, note, short, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.refusals import number
from bot.curating import drafts
from bot.curating.approval import revise, waiting_changes, waits
from bot.curating.drafts import FORM, Pending
from bot.curating.entry_form import ANSWER, FIELDS, PHRASINGS, QUESTION, TOPIC, Read, values_of
from bot.curating.impact import Check, blocks_of, check
from bot.curating.number_check import warning
from bot.curating.quiz_form import quiz_button
from bot.curating.reviewing import presence
from bot.curating.telling import settle, waiting_for
from knowledge.matching import SUGGESTIONS_LIMIT, Unknown
from knowledge.pack.changes import Difference, differences
from knowledge.pack.model import QUESTION_LIMIT, Entry, Pack
from knowledge.pack.overlay import Conflict, Revision, with_entry
from knowledge.pack.records import fingerprint
from knowledge.store.protocol import Json

# How many lines of one field's difference to show.
LINES_LIMIT = 12
# How many unfinished entries to offer at once.
UNFINISHED_SHOWN = 3


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def add(
    context: Context,
    text: Annotated[str | None, About("what to begin with: the question, or the text of an answer")] = None,
    topic: Annotated[str | None, About("the topic it belongs to", Completes.TOPIC)] = None,
) -> Reply:
    """Add an entry of this community: a form, a preview, and then it is live.

    Members of other communities never see it. Nothing you type is lost: it is kept for a week until you save it.
    """
    begun = dict.fromkeys(FIELDS, "")
    if text:
        begun[QUESTION if _is_question(text) else ANSWER] = text.strip()
    if topic:
        begun[TOPIC] = topic_named(context.pack, topic).id
    return await _begun(context, Pending(begun))


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def edit(
    context: Context,
    entry: Annotated[str | None, About("the entry", Completes.ENTRY)] = None,
) -> Reply:
    """Edit an entry; one that ships with me is copied for this community first."""
    if not entry:
        picking = pick(context, "Which entry do you want to edit?", "edit")
        return replace(picking, buttons=going_on(await drafts.unfinished(context)))
    return await _edit(context, entry)


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def alias(
    context: Context,
    phrasing: Annotated[str, About("another way to ask it, in the words that members use")],
    entry: Annotated[str | None, About("the entry that answers it", Completes.ENTRY)] = None,
) -> Reply:
    """Add another way to ask an entry's question."""
    if entry:
        return await phrased(context, entry_named(context, entry).id, (phrasing,))
    typed_id = await drafts.keep(context, Pending(dict.fromkeys(FIELDS, "") | {PHRASINGS: phrasing}))
    return pick(context, "Which entry answers it?", "phrase", typed_id, phrasing)


def entry_named(context: Context, name: str) -> Entry:
    """Return the entry with this id or question. Raises BadArgument with the ones that may be meant."""
    asked = name.strip().casefold()
    for entry in context.pack.entries:
        if asked in {entry.id, entry.question.casefold()}:
            return entry
    near = ", ".join(_meant(context, asked))
    hint = f"Near it: {near}." if near else "Leave it out, and I'll show you all of them."
    raise BadArgument(f"There is no entry “{echo(name)}”. {hint}")


def _meant(context: Context, typed: str) -> Sequence[str]:
    """Return the ids of entries that a text may mean: part of an id or question, or other words for one."""
    verdict = context.library.search.ask(typed)
    likely = [] if isinstance(verdict, Unknown) else [match.entry.id for match in verdict.matches]
    entries = context.pack.entries if typed else ()
    parts = [entry.id for entry in entries if typed in entry.id or typed in entry.question.casefold()]
    return list(dict.fromkeys([*parts, *likely]))[:SUGGESTIONS_LIMIT]


async def phrased(
    context: Context,
    entry_id: str,
    phrasings: Sequence[str],
    pending: Pending | None = None,
    *,
    preview: bool = False,
) -> Reply:
    """Add phrasings to an entry: at once if nothing else would change, else (or with `preview`) after a preview."""
    found = await drafts.target(context, entry_id)
    if found is None:
        raise BadArgument("This entry no longer exists.")
    values = values_of(found.entry, context.services.pack.entry(entry_id))
    values[PHRASINGS] = "\n".join([str(values[PHRASINGS]), *phrasings]).strip()
    pending = replace(
        pending or Pending({}), values=values, entry_id=entry_id, expected=found.expected, base=found.base, note=""
    )
    read = await drafts.understood(context, pending)
    if not read.faults and read.entry.alternatives == found.entry.alternatives:
        await _settled(context, pending)
        return Reply((text("It already has this phrasing."),), private=True)
    after = with_entry(context.pack, entry_id, read.entry)
    checked = None if read.faults else await check(context, after, read.entry)
    if preview or checked is None or read.unsure or checked.told:
        return await _previewed(context, pending, read, checked)
    return await _saved(context, pending, read)


async def _added_by_button(context: Context, _: str) -> Reply:
    return await _begun(context, Pending(dict.fromkeys(FIELDS, "")))


async def _edit(context: Context, value: str) -> Reply:
    # An id also names an entry that is hidden because of an unchecked phone number.
    found = await drafts.target(context, value) or await drafts.target(context, entry_named(context, value).id)
    if found is None:
        raise BadArgument("This entry no longer exists.")
    entry_id = found.entry.id
    values = values_of(found.entry, context.services.pack.entry(entry_id))
    return await _begun(context, Pending(values, entry_id, found.expected, found.base))


async def _begun(context: Context, pending: Pending) -> Reply:
    """Return the form, or first the entries that this moderator has not finished."""
    unfinished = await drafts.unfinished(context, pending.entry_id)
    also: tuple[Block, ...] = ()
    if pending.entry_id:
        also = await presence.editing(context, pending.entry_id)
        also += await waiting_changes(context, pending.entry_id)
    if not unfinished and not also:
        return await drafts.opened(context, pending)
    typed_id = await drafts.keep(context, pending)
    if not unfinished:
        return Reply(also, (Button("Edit it anyway", "draft", typed_id),), private=True)
    said = Heading(f"You have {counted(len(unfinished), 'unfinished entry', 'unfinished entries')}")
    listed = Items(tuple((Plain(_named(each)),) for each in unfinished[:UNFINISHED_SHOWN]))
    away = tuple(Button("Discard it", "discard", each.id) for each in unfinished[:1] if len(unfinished) == 1)
    buttons = (*going_on(unfinished), *away, Button("Begin anew", "draft", typed_id))
    return Reply((said, listed, *also), buttons, private=True)


def going_on(unfinished: Sequence[Pending]) -> tuple[Button, ...]:
    """Return the buttons that lead back to unsaved entries."""
    shown = unfinished[:UNFINISHED_SHOWN]
    return tuple(Button(short(f"Continue: {_named(each)}"), "goon", each.id) for each in shown)


def _named(pending: Pending) -> str:
    words = " ".join(str(pending.values[QUESTION] or pending.values[ANSWER] or pending.values[PHRASINGS]).split())
    return echo(words) or "no words yet"


async def _go_on(context: Context, typed_id: str) -> Reply:
    """Return the preview of an unfinished entry, or what is wrong with it."""
    pending = await drafts.pending_of(context, typed_id)
    return await _previewed(context, pending, await drafts.understood(context, pending))


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
        await _settled(context, replace(pending, misses=(), suggestions=()))
        return Reply((text("Nothing was changed."),), private=True)
    return await _previewed(context, pending, read)


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


async def _previewed(context: Context, pending: Pending, read: Read, checked: Check | None = None) -> Reply:
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


async def _save(context: Context, value: str) -> Reply:
    pending = await drafts.pending_of(context, value)
    read = await drafts.understood(context, pending)
    if read.faults:
        return await _previewed(context, pending, read)
    return await _saved(context, pending, read)


async def _overwrite(context: Context, value: str) -> Reply:
    """Save over another moderator's revision, which stays in the history."""
    typed_id, _, expected = value.partition(" ")
    pending = replace(await drafts.pending_of(context, typed_id), expected=number(expected))
    read = await drafts.understood(context, pending)
    if read.faults:
        return await _previewed(context, pending, read)
    return await _saved(context, pending, read)


async def _saved(context: Context, pending: Pending, read: Read) -> Reply:
    draft = drafts.draft_of(pending, read.entry)
    try:
        revised = await revise(context, [draft], pending.misses)
    except Conflict as conflict:
        return await _conflicting(context, pending, read.entry, conflict.current)
    if not revised:
        # The questions wait until the proposal is decided.
        await _settled(context, replace(pending, misses=()))
        return waits()
    (revision,) = revised
    answered = dict.fromkeys(pending.misses, read.entry) | await waiting_for(context, [read.entry])
    if not read.unsure:
        await settle(context, answered)
    await _settled(context, pending)
    reply = saved(revision, read.entry)
    following = (Button("Next", "review", pending.following),) if pending.following else ()
    blocks = (*reply.blocks, *warning(read.unsure))
    return replace(reply, blocks=blocks, buttons=(*following, *reply.buttons))


async def _settled(context: Context, pending: Pending) -> None:
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


async def _reopened(context: Context, value: str) -> Reply:
    return Reply((), private=True, form=drafts.form(context, await drafts.pending_of(context, value)))


async def _phrase(context: Context, value: str) -> Reply:
    """Add what was typed to an existing entry, as phrasings."""
    typed_id, _, entry_id = value.partition(" ")
    pending = await drafts.pending_of(context, typed_id)
    typed = [str(pending.values[QUESTION]), *str(pending.values[PHRASINGS]).splitlines()]
    return await phrased(context, entry_id, [line for line in typed if line.strip()], pending, preview=True)


async def _discard(context: Context, value: str) -> Reply:
    await context.services.store.drop_typed(context.community, value)
    return Reply((text("Discarded; nothing was changed."),), private=True)


def _topic_title(pack: Pack, entry: Entry) -> str:
    topic = pack.topic(entry.topic)
    return topic.title if topic else entry.topic


def _changing(typed_id: str) -> tuple[Button, ...]:
    return Button("Change it", "draft", typed_id), Button("Discard", "discard", typed_id)


def _is_question(words: str) -> bool:
    return words.strip().endswith("?") or (len(words) <= QUESTION_LIMIT and "\n" not in words and "." not in words)


COMMANDS = (add, edit, alias)
HANDLERS = Handlers(
    {
        "add-entry": _added_by_button,
        "draft": _reopened,
        "goon": _go_on,
        "edit": _edit,
        "save": _save,
        "overwrite": _overwrite,
        "phrase": _phrase,
        "discard": _discard,
    },
    {FORM: _submitted},
    Role.MODERATOR,
    frozenset({"save", "overwrite", "discard"}),
)
