"""One item of the review: what it is, what can be done with it, and the next one after each action."""

from dataclasses import replace
from typing import assert_never

from bot.asking import answers
from bot.chat.events import Role
from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Button, Heading, Items, Reply, Text, note, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument, Handlers
from bot.curating.approval import approve, difference, revise
from bot.curating.editing import drafts
from bot.curating.editing.drafts import Pending
from bot.curating.editing.edit import phrased
from bot.curating.editing.entry_form import ANSWER, FIELDS, PHRASINGS, QUESTION
from bot.curating.editing.number_check import question
from bot.curating.editing.saving import difference_blocks
from bot.curating.reviewing import presence
from bot.curating.reviewing.queue import Asked, BaseChanged, Halted, Item, Proposed, Stale, Suggested, Unchecked
from bot.curating.reviewing.review import listed, show_of, waiting_in
from bot.curating.telling import asked_by
from bot.curating.unanswerable import keep_unanswerable
from knowledge.pack.changes import differences
from knowledge.pack.model import QUESTION_LIMIT
from knowledge.pack.overlay import Change, Draft
from knowledge.pack.records import fingerprint
from knowledge.store.agreements import Proposal

# How many wordings of one group to show.
WORDINGS_LIMIT = 5


async def _shown(context: Context, value: str, said: str = "") -> Reply:
    """Show one item and a button to the next; show the list if the item is already done."""
    word, _, key = value.rpartition(" ")
    show = show_of(word)
    waiting = await waiting_in(context, show)
    place = next((place for place, item in enumerate(waiting) if item.key == key), None)
    if place is None:
        return await listed(context, show, said=said or "Done with that one.")
    item = waiting[place]
    blocks, buttons = _item(context, item, f"{show} {item.key}")
    following = waiting[(place + 1) % len(waiting)]
    if following is not item:
        buttons = (*buttons, Button("Next", "review", f"{show} {following.key}"))
    buttons = (*buttons, Button("Back to the list", "review-list", f"{show} {place}"))
    head = (Heading(f"{place + 1} of {len(waiting)}"), *((text(said),) if said else ()))
    also = await presence.seen(context, item.key)
    misses = [miss.id for miss in item.misses] if isinstance(item, Asked) else []
    named = asked_by(await context.services.store.askers(context.community, misses))
    return Reply((*head, *also, *blocks, *named), buttons, private=True, in_place=True)


def _item(context: Context, item: Item, value: str) -> tuple[tuple[Block, ...], tuple[Button, ...]]:
    match item:
        case Proposed(proposal):
            return difference(context, proposal), _deciding(context, proposal, value)
        case Unchecked(entry, numbers, by, unsure=True):
            said, confirm = question(context, entry, by, numbers)
            buttons = (*confirm, Button("Edit it", "edit", entry.id), Button("History", "history", entry.id))
            return (*answers.answer(context.pack, entry).blocks, said), buttons
        case Unchecked(entry, numbers):
            held = f" is not shown, because nobody has checked {', '.join(numbers)}. Edit it, or remove it."
            said = Text((Strong((Plain(entry.question),)), Plain(held)))
            return (said,), (Button("Edit it", "edit", entry.id), Button("History", "history", entry.id))
        case Asked(misses):
            times = "once" if item.count == 1 else f"{item.count} times"
            outcome = "offered entries, and none was picked" if item.offered else "not answered"
            said = text(f"**Asked {times}**, last on {item.last:%Y-%m-%d}, and {outcome}:")
            wordings = Items(tuple((Plain(miss.text),) for miss in misses[:WORDINGS_LIMIT]))
            return (said, wordings, *_more(len(misses))), _for_text(context, value, misses[0].text)
        case Suggested(suggestion):
            said = text(f"**Suggested** on {suggestion.at:%Y-%m-%d}:")
            return (said, Items(((Plain(suggestion.text),),))), _for_text(context, value, suggestion.text)
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
                Button("Take the new text", "takebase", value),
                Button("Edit my copy", "edit", base.id),
                Button("Keep mine", "mark", value),
            )
        case Stale(entry):
            asked = f" has figures of {entry.as_of}. Are there newer ones?"
            said = Text((Strong((Plain(entry.question),)), Plain(asked)))
            shown = Button("Show it", "entry", entry.id)
            return (said,), (Button("Edit it", "edit", entry.id), shown, Button("It still stands", "mark", value))
        case _:
            assert_never(item)


def _deciding(context: Context, proposal: Proposal, value: str) -> tuple[Button, ...]:
    """Return the buttons of a proposal; its author can only withdraw it."""
    if proposal.by == context.user.id:
        return (Button("Withdraw it", "proposal-no", value),)
    return Button("Approve it", "proposal-yes", value), Button("Reject it", "proposal-no", value)


def _more(total: int) -> tuple[Block, ...]:
    return (note(f"… and {total - WORDINGS_LIMIT} more wordings."),) if total > WORDINGS_LIMIT else ()


def _for_text(context: Context, value: str, words: str) -> tuple[Button, ...]:
    near = context.library.search.ask(words).matches
    _, _, key = value.rpartition(" ")
    adding = (Button(f"Add to: {each.entry.label}", "addto", f"{key} {each.entry.id}") for each in near)
    ending = (Button("Dismiss", "dismiss", value), Button("Nothing answers it", "dismiss-for-good", value))
    return (Button("Answer it", "answer", value), *adding, *ending)


async def _approve(context: Context, value: str) -> Reply:
    proposal, following = await _proposal(context, value)
    revision = await approve(context, proposal)
    return await _shown(context, following, f"Approved: revision {revision.number} is live now.")


async def _reject(context: Context, value: str) -> Reply:
    proposal, following = await _proposal(context, value)
    await context.services.store.drop_proposal(context.community, proposal.id)
    word = "Withdrawn" if proposal.by == context.user.id else "Rejected"
    return await _shown(context, following, f"{word}; nothing has changed.")


async def _proposal(context: Context, value: str) -> tuple[Proposal, str]:
    item, following = await _found(context, value)
    if not isinstance(item, Proposed):
        raise BadArgument("There is nothing to decide here.")
    return item.proposal, following


async def _found(context: Context, value: str) -> tuple[Item, str]:
    """Return the item that a button names, and the place of the next one. Raises BadArgument if it is gone."""
    word, _, key = value.rpartition(" ")
    show = show_of(word)
    waiting = await waiting_in(context, show)
    place = next((place for place, item in enumerate(waiting) if item.key == key), None)
    if place is None:
        raise BadArgument("That one is already done. See /ijm-mod review.")
    following = waiting[place + 1 :][:1] or waiting[:1]
    return waiting[place], f"{show} {following[0].key}"


async def _answer(context: Context, value: str) -> Reply:
    """Return the form of a new entry, filled with what was asked."""
    item, following = await _found(context, value)
    pending = replace(_pending(item), following=following)
    also = await presence.seen(context, item.key)
    if not also:
        return await drafts.opened(context, pending)
    typed_id = await drafts.keep(context, pending)
    return Reply(also, (Button("Answer it anyway", "draft", typed_id),), private=True)


def _pending(item: Item) -> Pending:
    """Return an unsaved entry made from a waiting item."""
    match item:
        case Asked(misses):
            asked, *others = (miss.text for miss in misses)
            values = {QUESTION: asked, PHRASINGS: "\n".join(others)}
            return Pending(_fitting(values), misses=tuple(miss.id for miss in misses))
        case Suggested(suggestion):
            return Pending(_fitting({QUESTION: suggestion.text}), suggestions=(suggestion.id,))
        case _:
            raise BadArgument("That is already an entry; edit it.")


def _fitting(values: dict[str, str]) -> dict[str, str]:
    """Move a text that is too long for a question into the answer, to be shortened there."""
    filled = dict.fromkeys(FIELDS, "") | values
    if len(filled[QUESTION]) > QUESTION_LIMIT:
        filled |= {ANSWER: filled[QUESTION], QUESTION: ""}
    return filled


async def _add_to(context: Context, value: str) -> Reply:
    """Add what was asked to an entry, as phrasings."""
    key, _, entry_id = value.partition(" ")
    item, following = await _found(context, key)
    pending = replace(_pending(item), following=following)
    words = [miss.text for miss in item.misses] if isinstance(item, Asked) else [str(pending.values[QUESTION])]
    return await phrased(context, entry_id, [line for line in words if line], pending)


async def _dismiss(context: Context, value: str) -> Reply:
    item, following = await _found(context, value)
    await _removed(context, item)
    return await _shown(context, following, "Dismissed.")


async def _dismiss_for_good(context: Context, value: str) -> Reply:
    """Dismiss a question and mark it as unanswerable, so that it does not wait for moderators again."""
    item, following = await _found(context, value)
    if isinstance(item, Asked):
        for miss in item.misses[:WORDINGS_LIMIT]:
            await keep_unanswerable(context, miss.text)
    elif isinstance(item, Suggested):
        await keep_unanswerable(context, item.suggestion.text)
    await _removed(context, item)
    return await _shown(context, following, "Dismissed for good: I'll say that I don't know it.")


async def _removed(context: Context, item: Item) -> None:
    store = context.services.store
    if isinstance(item, Asked):
        await store.remove_misses(context.community, [miss.id for miss in item.misses])
    elif isinstance(item, Suggested):
        await store.remove_suggestions(context.community, [item.suggestion.id])


async def _mark(context: Context, value: str) -> Reply:
    item, following = await _found(context, value)
    if isinstance(item, BaseChanged | Stale):
        await context.services.store.mark(context.community, item.mark, by=context.user.id, now=context.services.now())
    return await _shown(context, following, "Noted.")


async def _take_base(context: Context, value: str) -> Reply:
    """Replace the community's copy with the base entry's new text; the copy stays in the history."""
    item, following = await _found(context, value)
    if not isinstance(item, BaseChanged):
        raise BadArgument("That entry no longer exists.")
    base, number = item.base, item.revision.number
    draft = Draft(base.id, Change.EDITED, base, number, fingerprint(base), "the text that ships with the bot")
    taken = await revise(context, [draft])
    return await _shown(context, following, "Taken." if taken else "It waits for a second moderator.")


HANDLERS = Handlers(
    {
        "review": _shown,
        "answer": _answer,
        "addto": _add_to,
        "dismiss": _dismiss,
        "dismiss-for-good": _dismiss_for_good,
        "mark": _mark,
        "takebase": _take_base,
        "proposal-yes": _approve,
        "proposal-no": _reject,
    },
    role=Role.MODERATOR,
)
