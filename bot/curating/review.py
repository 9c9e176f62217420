"""The review queue: one thing after another, each dealt with by one press."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from bot.asking import answers
from bot.chat.events import Role
from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Button, Fields, Heading, Items, Reply, Text, note, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument, Handlers, command
from bot.curating import drafts
from bot.curating.curate import difference_blocks, going_on, phrased
from bot.curating.drafts import Pending
from bot.curating.entry_form import ANSWER, FIELDS, PHRASINGS, QUESTION
from bot.curating.number_check import question
from bot.curating.queue import Asked, BaseChanged, Halted, Item, Stale, Suggested, Unchecked, queue
from knowledge.pack.changes import differences
from knowledge.pack.model import QUESTION_LIMIT
from knowledge.pack.overlay import Change, Draft
from knowledge.pack.records import fingerprint

# As many wordings of one group as are read at a glance.
WORDINGS_LIMIT = 5
_NAMES: Mapping[type[Item], str] = {
    Unchecked: "entries that are not shown, with a phone number that is not checked",
    Halted: "schedules that have stopped",
    Suggested: "suggestions",
    Asked: "questions without an answer",
    BaseChanged: "entries whose base text has changed",
    Stale: "entries with old figures",
}


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def review(context: Context) -> Reply:
    """Go through what waits: unanswered questions, suggestions, stopped schedules, old entries.

    Questions are kept without who asked, with mentions, addresses and long numbers taken out, for 90 days; never one
    about somebody's safety.
    """
    waiting = await queue(context)
    if not waiting:
        return Reply((Heading("Nothing waits"), text("All questions were answered, as far as I know.")), private=True)
    counts = Counter(map(type, waiting))
    listed = Fields(tuple((name, (Plain(str(counts[kind])),)) for kind, name in _NAMES.items() if counts[kind]))
    first = Button("Begin", "review", waiting[0].key)
    unfinished = going_on(await drafts.unfinished(context))
    return Reply((Heading(f"Review: {len(waiting)} waiting"), listed), (first, *unfinished), private=True)


async def _shown(context: Context, key: str) -> Reply:
    """One item, and the way to the next."""
    waiting = await queue(context)
    place = next((place for place, item in enumerate(waiting) if item.key == key), None)
    if place is None:
        return await _next(context, "That one is dealt with. ")
    item = waiting[place]
    blocks, buttons = _item(context, item)
    following = waiting[(place + 1) % len(waiting)]
    if following is not item:
        buttons = (*buttons, Button("Next", "review", following.key))
    return Reply((Heading(f"{place + 1} of {len(waiting)}"), *blocks), buttons, private=True)


def _item(context: Context, item: Item) -> tuple[tuple[Block, ...], tuple[Button, ...]]:
    match item:
        case Unchecked(entry, numbers, by, unsure=True):
            said, confirm = question(context, entry, by, numbers)
            buttons = (*confirm, Button("Edit it", "edit", entry.id), Button("History", "history", entry.id))
            return (*answers.answer(context.pack, entry).blocks, said), buttons
        case Unchecked(entry, numbers):
            held = f" is not shown: nobody has checked {', '.join(numbers)} (any more). Edit it, or remove it."
            said = Text((Strong((Plain(entry.question),)), Plain(held)))
            return (said,), (Button("Edit it", "edit", entry.id), Button("History", "history", entry.id))
        case Asked(misses):
            times = "once" if item.count == 1 else f"{item.count} times"
            said = text(f"**Asked {times}**, last on {item.last:%Y-%m-%d}, and not answered:")
            wordings = Items(tuple((Plain(miss.text),) for miss in misses[:WORDINGS_LIMIT]))
            return (said, wordings, *_more(len(misses))), _for_text(context, item.key, misses[0].text)
        case Suggested(suggestion):
            said = text(f"**Suggested** on {suggestion.at:%Y-%m-%d}:")
            return (said, Items(((Plain(suggestion.text),),))), _for_text(context, item.key, suggestion.text)
        case Halted(schedule):
            said = Text((Plain(f"A schedule for facts has stopped: {schedule.paused}"),))
            return (said,), (Button("Open the schedule", "schedule", schedule.id),)
        case BaseChanged(revision, base):
            blocks = (
                Text((Strong((Plain(base.question),)), Plain(": the text that ships with me has changed."))),
                text("What differs (`-` your copy, `+` the new text):"),
                *difference_blocks(differences(revision.entry, base)),
            )
            return blocks, (
                Button("Take the new text", "takebase", base.id),
                Button("Edit my copy", "edit", base.id),
                Button("Keep mine", "mark", item.key),
            )
        case Stale(entry):
            asked = f" has figures of {entry.as_of}. Are there newer ones?"
            said = Text((Strong((Plain(entry.question),)), Plain(asked)))
            shown = Button("Show it", "entry", entry.id)
            return (said,), (Button("Edit it", "edit", entry.id), shown, Button("It still stands", "mark", item.key))
        case _:
            assert_never(item)


def _more(total: int) -> tuple[Block, ...]:
    return (note(f"… and {total - WORDINGS_LIMIT} more wordings."),) if total > WORDINGS_LIMIT else ()


def _for_text(context: Context, key: str, words: str) -> tuple[Button, ...]:
    near = context.library.search.ask(words).matches
    adding = (Button(f"Add to: {each.entry.label}", "addto", f"{key} {each.entry.id}") for each in near)
    return (Button("Answer it", "answer", key), *adding, Button("Dismiss", "dismiss", key))


async def _found(context: Context, key: str) -> Item:
    found = next((item for item in await queue(context) if item.key == key), None)
    if found is None:
        raise BadArgument("That one is dealt with already. See /ijm-mod review.")
    return found


async def _answer(context: Context, key: str) -> Reply:
    """The form of a new entry, with what was asked in it."""
    return await drafts.opened(context, _pending(await _found(context, key)))


def _pending(item: Item) -> Pending:
    """A new entry made of what waits."""
    match item:
        case Asked(misses):
            question, *others = (miss.text for miss in misses)
            values = {QUESTION: question, PHRASINGS: "\n".join(others)}
            return Pending(_fitting(values), misses=tuple(miss.id for miss in misses))
        case Suggested(suggestion):
            return Pending(_fitting({QUESTION: suggestion.text}), suggestions=(suggestion.id,))
        case _:
            raise BadArgument("That is an entry already; edit it.")


def _fitting(values: dict[str, str]) -> dict[str, str]:
    """What is too long for a question stands where an answer is written, to be shortened there."""
    filled = dict.fromkeys(FIELDS, "") | values
    if len(filled[QUESTION]) > QUESTION_LIMIT:
        filled |= {ANSWER: filled[QUESTION], QUESTION: ""}
    return filled


async def _add_to(context: Context, value: str) -> Reply:
    """What was asked becomes phrasings of an entry."""
    key, _, entry_id = value.partition(" ")
    item = await _found(context, key)
    pending = _pending(item)
    words = [miss.text for miss in item.misses] if isinstance(item, Asked) else [str(pending.values[QUESTION])]
    reply = await phrased(context, entry_id, [line for line in words if line], pending)
    return replace(reply, buttons=(*reply.buttons, Button("Next", "review", "")))


async def _dismiss(context: Context, key: str) -> Reply:
    item = await _found(context, key)
    store = context.services.store
    if isinstance(item, Asked):
        await store.remove_misses(context.community, [miss.id for miss in item.misses])
    elif isinstance(item, Suggested):
        await store.remove_suggestions(context.community, [item.suggestion.id])
    return await _next(context, "Dismissed. ")


async def _mark(context: Context, key: str) -> Reply:
    item = await _found(context, key)
    if isinstance(item, BaseChanged | Stale):
        await context.services.store.mark(context.community, item.mark, by=context.user.id, now=context.services.now())
    return await _next(context, "Noted. ")


async def _take_base(context: Context, entry_id: str) -> Reply:
    """The base entry's new text takes the place of the community's copy, which stays in the history."""
    base = context.services.pack.entry(entry_id)
    found = (await context.services.store.overlay(context.community)).of(entry_id)
    if base is None or found is None:
        raise BadArgument("That entry is not there any more.")
    draft = Draft(entry_id, Change.EDITED, base, found.number, fingerprint(base), "the text that ships with the bot")
    await context.services.store.revise(context.community, [draft], by=context.user.id, now=context.services.now())
    return await _next(context, "Taken. ")


async def _next(context: Context, said: str) -> Reply:
    waiting = await queue(context)
    if not waiting:
        return Reply((text(f"{said}Nothing else waits."),), private=True)
    buttons = (Button("Next", "review", waiting[0].key),)
    return Reply((text(f"{said}{len(waiting)} left."),), buttons, private=True)


COMMANDS = (review,)
HANDLERS = Handlers(
    {
        "review": _shown,
        "answer": _answer,
        "addto": _add_to,
        "dismiss": _dismiss,
        "mark": _mark,
        "takebase": _take_base,
    },
    role=Role.MODERATOR,
)
