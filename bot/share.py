"""What goes into a post: one dated fact with its source; and showing answers and facts to all."""

from dataclasses import replace
from typing import Annotated

from bot import answers
from bot.browse import topic_named
from bot.commands import About, BadArgument, Completes, Handlers, command
from bot.context import Context
from bot.replies import Button, Reply
from knowledge.model import Entry, Fact


@command()
async def fact(
    context: Context,
    topic: Annotated[str | None, About("a fact about one topic", Completes.TOPIC)] = None,
) -> Reply:
    """Get one quotable fact with its year and source; none comes twice until you have seen all."""
    pack = context.pack
    topic_id = topic_named(pack, topic).id if topic else ""
    drawn = context.services.deck.draw(context.pack, context.place.id, topic_id or None)
    if drawn is None:
        raise BadArgument("There is no fact of this topic; try /ijm fact without one.")
    return _fact(*drawn, topic_id)


def _fact(entry: Entry, card: Fact, topic_id: str) -> Reply:
    buttons = (
        Button("Another one", "fact", topic_id),
        Button("Read more", "entry", entry.id),
        Button("Cite this", "cite", entry.id),
    )
    share = Button("Share here", "sharefact", f"{entry.facts.index(card)} {entry.id}")
    return Reply(answers.quoted(card), buttons, share=share)


def posted(entry: Entry, card: Fact) -> Reply:
    """A fact for all, where nobody asked for it just then."""
    return replace(_fact(entry, card, ""), share=None)


async def _another(context: Context, value: str) -> Reply:
    """The next fact, for the one who asks; it can be shared."""
    topic_id = topic_named(context.pack, value).id if value else ""
    drawn = context.services.deck.draw(context.pack, context.place.id, topic_id or None)
    if drawn is None:
        return answers.unknown(context.pack, (), private=True)
    entry, card = drawn
    return replace(_fact(entry, card, topic_id), private=True)


async def _share(context: Context, value: str) -> Reply:
    """Show an answer to all."""
    entry = context.pack.entry(value)
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    return answers.shared(context.pack, entry, context.user)


async def _share_fact(context: Context, value: str) -> Reply:
    """Show a fact to all."""
    place, _, entry_id = value.partition(" ")
    entry = context.pack.entry(entry_id)
    if entry is None or not place.isdecimal() or int(place) >= len(entry.facts):
        return answers.unknown(context.pack, (), private=True)
    reply = _fact(entry, entry.facts[int(place)], "")
    return replace(reply, blocks=(*reply.blocks, answers.shared_by(context.user)))


COMMANDS = (fact,)
HANDLERS = Handlers({"fact": _another, "share": _share, "sharefact": _share_fact})
