"""How moderators begin to add and correct entries, and go on with what they began."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.asking.browse import topic_named
from bot.chat.events import Role
from bot.chat.markup import Plain
from bot.chat.replies import Block, Button, Heading, Items, Reply, counted, echo, short, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.curating.approval import waiting_changes
from bot.curating.editing import drafts
from bot.curating.editing.drafts import Pending
from bot.curating.editing.entry_form import ANSWER, FIELDS, PHRASINGS, QUESTION, TOPIC, values_of
from bot.curating.editing.impact import check
from bot.curating.editing.saving import previewed, put_away, save
from bot.curating.picking import pick
from bot.curating.reviewing import presence
from knowledge.matching import SUGGESTIONS_LIMIT, Unknown
from knowledge.pack.model import QUESTION_LIMIT, Entry
from knowledge.pack.overlay import with_entry

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
        await put_away(context, pending)
        return Reply((text("It already has this phrasing."),), private=True)
    after = with_entry(context.pack, entry_id, read.entry)
    checked = None if read.faults else await check(context, after, read.entry)
    if preview or checked is None or read.unsure or checked.told:
        return await previewed(context, pending, read, checked)
    return await save(context, pending, read)


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
    return await previewed(context, pending, await drafts.understood(context, pending))


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


def _is_question(words: str) -> bool:
    return words.strip().endswith("?") or (len(words) <= QUESTION_LIMIT and "\n" not in words and "." not in words)


COMMANDS = (add, edit, alias)
HANDLERS = Handlers(
    {
        "add-entry": _added_by_button,
        "draft": _reopened,
        "goon": _go_on,
        "edit": _edit,
        "phrase": _phrase,
        "discard": _discard,
    },
    role=Role.MODERATOR,
    final=frozenset({"discard"}),
)
