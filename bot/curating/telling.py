"""Take answered questions off the waiting list, and tell members who asked to hear, once, in a direct message."""

import logging
from collections.abc import Iterable, Mapping, Sequence

from bot.asking import answers
from bot.chat.markup import Plain, Reference
from bot.chat.outbox import Unpostable, Unreached
from bot.chat.replies import Block, Reply, Text, counted, note, text
from bot.commands.context import Context
from knowledge.pack.model import Entry
from knowledge.pack.overlay import with_entry
from knowledge.plain.text import phrase_key
from knowledge.store.agreements import Asker

log = logging.getLogger(__name__)


async def waiting_for(context: Context, entries: Iterable[Entry]) -> dict[str, Entry]:
    """Find waiting questions that entries have word for word; return the entries by the questions' ids."""
    by_words = {phrase_key(phrasing): entry for entry in entries for phrasing in entry.phrasings}
    waiting = await context.services.store.misses(context.community)
    found = ((miss.id, by_words.get(phrase_key(miss.text))) for miss in waiting)
    return {miss_id: entry for miss_id, entry in found if entry is not None}


async def settle(context: Context, answered: Mapping[str, Entry]) -> None:
    """Take answered questions out of the review, by their ids, and tell the members who asked to hear."""
    store = context.services.store
    for entry in {entry.id: entry for entry in answered.values()}.values():
        misses = [miss_id for miss_id, answer in answered.items() if answer.id == entry.id]
        askers = await store.askers(context.community, misses)
        await store.remove_misses(context.community, misses)
        await tell(context, askers, entry)


async def tell(context: Context, askers: Sequence[Asker], entry: Entry) -> None:
    """Write once to each person who asked to be told. What cannot be delivered is dropped."""
    people = dict.fromkeys(each.person for each in askers if each.notify)
    if not people:
        return
    shown = answers.answer(with_entry(context.pack, entry.id, entry), entry)
    said = text("You asked something that I did not know. A moderator has answered it:")
    reply = Reply((said, *shown.blocks, note("You asked me to tell you. I have deleted your id from this question.")))
    for person in people:
        try:
            await context.services.outboxes.tell(context.community, person, reply)
        except (Unpostable, Unreached) as error:
            log.warning("Somebody who wanted to hear of an answer could not be told: %s", type(error).__name__)


def asked_by(askers: Sequence[Asker]) -> tuple[Block, ...]:
    """Return who agreed to be named with a question, and how many want to hear of its answer."""
    blocks: list[Block] = [Text((Plain("Asked by "), Reference(each.person))) for each in askers if each.name]
    waiting = len({each.person for each in askers if each.notify})
    if waiting:
        blocks.append(note(f"{counted(waiting, 'person wants', 'people want')} to hear of the answer."))
    return tuple(blocks)
