"""How moderators add and correct entries: a form, a preview with what would go wrong, and then the next revision."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.asking import answers
from bot.asking.browse import topic_named
from bot.asking.picking import pick
from bot.chat.events import Role, Submit
from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Button, Copyable, Heading, Items, Reply, Text, echo, note, short, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.refusals import number
from bot.curating import drafts
from bot.curating.drafts import FORM, Pending
from bot.curating.entry_form import ANSWER, FIELDS, PHRASINGS, QUESTION, TOPIC, Read, values_of
from bot.curating.impact import Check, blocks_of, check
from bot.curating.number_check import warning
from knowledge.matching.search import SUGGESTIONS_LIMIT, Unknown
from knowledge.pack.changes import Difference, differences
from knowledge.pack.model import QUESTION_LIMIT, Entry, Pack
from knowledge.pack.overlay import Conflict, Revision, with_entry

# As many lines of one field's difference as somebody reads.
LINES_LIMIT = 12


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def add(
    context: Context,
    text: Annotated[str | None, About("what to begin with: the question, or the text of an answer")] = None,
    topic: Annotated[str | None, About("the topic it belongs to", Completes.TOPIC)] = None,
) -> Reply:
    """Add an entry of this community: a form, a preview, and then it is live.

    Members of other communities never see it. Nothing you type is lost: it is kept for a week until you save it.
    """
    _in_community(context)
    begun = dict.fromkeys(FIELDS, "")
    if text:
        begun[QUESTION if _is_question(text) else ANSWER] = text.strip()
    if topic:
        begun[TOPIC] = topic_named(context.pack, topic).id
    return await drafts.opened(context, Pending(begun))


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def edit(
    context: Context,
    entry: Annotated[str | None, About("the entry", Completes.ENTRY)] = None,
) -> Reply:
    """Edit an entry; of one that ships with me, this community gets its own copy."""
    _in_community(context)
    if not entry:
        return pick(context.pack, "Which entry do you want to edit?", "edit")
    return await _edit(context, entry)


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def alias(
    context: Context,
    phrasing: Annotated[str, About("another way to ask it, in the words that members use")],
    entry: Annotated[str | None, About("the entry that answers it", Completes.ENTRY)] = None,
) -> Reply:
    """Add another way to ask an entry's question."""
    _in_community(context)
    if entry:
        return await phrased(context, entry_named(context, entry).id, (phrasing,))
    typed_id = await drafts.keep(context, Pending(dict.fromkeys(FIELDS, "") | {PHRASINGS: phrasing}))
    return pick(context.pack, "Which entry answers it?", "phrase", typed_id)


def entry_named(context: Context, name: str) -> Entry:
    """The entry of that id, or with that question. Raises BadArgument with those that may be meant."""
    asked = name.strip().casefold()
    for entry in context.pack.entries:
        if asked in {entry.id, entry.question.casefold()}:
            return entry
    near = ", ".join(_meant(context, asked))
    hint = f"Near it: {near}." if near else "Leave it out, and I show all of them to pick from."
    raise BadArgument(f"There is no entry “{echo(name)}”. {hint}")


def _meant(context: Context, typed: str) -> Sequence[str]:
    """The ids of entries that something typed may stand for: a part of an id or question, or other words for it."""
    verdict = context.library.search.ask(typed)
    likely = [] if isinstance(verdict, Unknown) else [match.entry.id for match in verdict.matches]
    entries = context.pack.entries if typed else ()
    parts = [entry.id for entry in entries if typed in entry.id or typed in entry.question.casefold()]
    return list(dict.fromkeys([*parts, *likely]))[:SUGGESTIONS_LIMIT]


async def phrased(context: Context, entry_id: str, phrasings: Sequence[str], pending: Pending | None = None) -> Reply:
    """Add phrasings to an entry: at once if no other question would go elsewhere, else after a preview."""
    found = await drafts.target(context, entry_id)
    if found is None:
        raise BadArgument("This entry is not there any more.")
    values = values_of(found.entry, context.services.pack.entry(entry_id))
    values[PHRASINGS] = "\n".join([str(values[PHRASINGS]), *phrasings]).strip()
    pending = replace(
        pending or Pending({}), values=values, entry_id=entry_id, expected=found.expected, base=found.base, note=""
    )
    read = await drafts.understood(context, pending)
    if not read.faults and read.entry.alternatives == found.entry.alternatives:
        await _settled(context, pending)
        return Reply((text("It has this phrasing already."),), private=True)
    checked = await check(context, with_entry(context.pack, entry_id, read.entry))
    if read.faults or read.unsure or checked.collisions or checked.gained:
        return await _previewed(context, pending, read, checked)
    return await _saved(context, pending, read)


async def _edit(context: Context, value: str) -> Reply:
    # By its id also one that is not shown, because it holds a phone number that nobody has checked.
    found = await drafts.target(context, value) or await drafts.target(context, entry_named(context, value).id)
    if found is None:
        raise BadArgument("This entry is not there any more.")
    entry_id = found.entry.id
    values = values_of(found.entry, context.services.pack.entry(entry_id))
    return await drafts.opened(context, Pending(values, entry_id, found.expected, found.base))


async def _submitted(context: Context, submit: Submit) -> Reply:
    typed_id = submit.form.partition(":")[2]
    _in_community(context)
    try:
        before = await drafts.pending_of(context, typed_id)
    except BadArgument:
        # It lay here too long, or was saved meanwhile: what was typed begins a new one, so that it is not lost.
        before = Pending({})
    pending = replace(before, values={name: submit.values.get(name, "") for name in FIELDS})
    return await _previewed(context, pending, await drafts.understood(context, pending))


async def _previewed(context: Context, pending: Pending, read: Read, checked: Check | None = None) -> Reply:
    """The entry as members will see it, and all that speaks against it; kept until it is saved or thrown away."""
    if read.faults:
        typed_id = await drafts.keep(context, pending)
        said = Items(tuple((Plain(fault),) for fault in read.faults))
        kept = note("What you typed is kept for a week.")
        return Reply((Heading("Not yet: please change this"), said, kept), _changing(typed_id), private=True)
    after = with_entry(context.pack, read.entry.id, read.entry)
    checked = checked or await check(context, after, read.entry)
    typed_id = await drafts.keep(context, replace(pending, note=checked.summary))
    shown = answers.answer(after, read.entry)
    blocks: list[Block] = [
        Heading("Preview: not saved yet"),
        text("Members will see it like this:"),
        *shown.blocks,
        note(f"Asked in {len(read.entry.phrasings)} ways, in the topic “{_topic_title(after, read.entry)}”."),
    ]
    if read.dropped:
        blocks.append(text("These facts and quiz questions go, because their figures are not in the new answer:"))
        blocks.append(Items(tuple((Plain(each),) for each in read.dropped)))
    blocks += [*warning(read.unsure), *blocks_of(checked, after)]
    buttons = [Button("Save anyway" if checked.collisions else "Save", "save", typed_id)]
    for entry in checked.alike:
        buttons.append(Button(short(f"Add to: {entry.question}"), "phrase", f"{typed_id} {entry.id}"))
    return Reply(tuple(blocks), (*buttons, *_changing(typed_id)), private=True)


async def _save(context: Context, value: str) -> Reply:
    pending = await drafts.pending_of(context, value)
    read = await drafts.understood(context, pending)
    if read.faults:
        return await _previewed(context, pending, read)
    return await _saved(context, pending, read)


async def _overwrite(context: Context, value: str) -> Reply:
    """Save over what another moderator saved meanwhile, whose revision stays in the history."""
    typed_id, _, expected = value.partition(" ")
    pending = replace(await drafts.pending_of(context, typed_id), expected=number(expected))
    read = await drafts.understood(context, pending)
    if read.faults:
        return await _previewed(context, pending, read)
    return await _saved(context, pending, read)


async def _saved(context: Context, pending: Pending, read: Read) -> Reply:
    store = context.services.store
    draft = drafts.draft_of(pending, read.entry)
    try:
        (revision,) = await store.revise(context.community, [draft], by=context.user.id, now=context.services.now())
    except Conflict as conflict:
        return await _conflicting(context, pending, read.entry, conflict.current)
    await _settled(context, pending)
    reply = saved(revision, read.entry)
    return replace(reply, blocks=(*reply.blocks, *warning(read.unsure)))


async def _settled(context: Context, pending: Pending) -> None:
    """What the change answers leaves the review queue, and what was typed is not needed any more."""
    store = context.services.store
    await store.remove_misses(context.community, pending.misses)
    await store.remove_suggestions(context.community, pending.suggestions)
    if pending.id:
        await store.drop_typed(context.community, pending.id)


def saved(revision: Revision, entry: Entry) -> Reply:
    """What a moderator reads once a change is kept."""
    blocks: list[Block] = [
        Text((Plain("Saved: "), Strong((Plain(entry.question),)), Plain(f" (revision {revision.number}).")))
    ]
    if revision.note:
        blocks.append(note("Recorded with it: it was saved in spite of questions that go elsewhere."))
    buttons = (Button("Show it", "entry", entry.id), Button("History", "history", entry.id))
    return Reply(tuple(blocks), buttons, private=True)


async def _conflicting(context: Context, pending: Pending, mine: Entry, current: Revision) -> Reply:
    """Somebody was quicker: what both have, with the typed text kept."""
    typed_id = await drafts.keep(context, pending)
    when = f"{current.at:%Y-%m-%d %H:%M} UTC"
    said = f"Revision {current.number} was saved by another moderator ({when}) while you were at it."
    blocks: list[Block] = [
        Heading("Somebody was quicker"),
        Text((Plain(said),)),
        text("Yours is kept. What differs (`-` as it is now, `+` as you have it):"),
        *difference_blocks(differences(current.entry, mine)),
    ]
    over = Button("Save mine over it", "overwrite", f"{typed_id} {current.number}")
    return Reply(tuple(blocks), (over, *_changing(typed_id)), private=True)


def difference_blocks(found: Sequence[Difference]) -> tuple[Block, ...]:
    """A difference for a person to read, field by field."""
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
    """What was typed becomes phrasings of an entry that is there already."""
    typed_id, _, entry_id = value.partition(" ")
    pending = await drafts.pending_of(context, typed_id)
    typed = [str(pending.values[QUESTION]), *str(pending.values[PHRASINGS]).splitlines()]
    return await phrased(context, entry_id, [line for line in typed if line.strip()], pending)


async def _discard(context: Context, value: str) -> Reply:
    await context.services.store.drop_typed(context.community, value)
    return Reply((text("Thrown away; nothing was changed."),), private=True)


def _topic_title(pack: Pack, entry: Entry) -> str:
    topic = pack.topic(entry.topic)
    return topic.title if topic else entry.topic


def _changing(typed_id: str) -> tuple[Button, ...]:
    return Button("Change it", "draft", typed_id), Button("Throw away", "discard", typed_id)


def _is_question(words: str) -> bool:
    return words.strip().endswith("?") or (len(words) <= QUESTION_LIMIT and "\n" not in words and "." not in words)


def _in_community(context: Context) -> None:
    if context.is_personal:
        raise BadArgument("Entries belong to a server; here nobody else would see them. Do this in your server.")


COMMANDS = (add, edit, alias)
HANDLERS = Handlers(
    {
        "draft": _reopened,
        "edit": _edit,
        "save": _save,
        "overwrite": _overwrite,
        "phrase": _phrase,
        "discard": _discard,
    },
    {FORM: _submitted},
    Role.MODERATOR,
)
