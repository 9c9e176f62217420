"""Facts to quote: one dated sentence with its source, to share, or to put on a picture for a story or a slide."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from functools import partial
from hashlib import blake2b
from typing import Annotated

from bot.asking import answers
from bot.asking.browse import topic_named
from bot.chat.markup import plain
from bot.chat.replies import Button, Image, Note, Reply, note
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.pictures.renderer import FactPicture, Shape, TooLong, fact_png
from knowledge.pack.model import Entry, Fact, Pack

# How many facts one reply can have.
FACTS_LIMIT = 5
# Digits of a fact's key: enough for the few facts that one entry has.
KEY_DIGITS = 8
# Follows the key, in a button's value, of a fact that was drawn from its topic.
_BY_TOPIC = "topic"
_GONE = "This fact has since been changed or removed. There are more: `/ijm fact`"
_TOO_LONG = "This fact is too long for a {shape} picture, so here it is without one."
_SHARED_SHAPE = Shape.WIDE


class PictureFormat(StrEnum):
    """The pictures that can come with a fact."""

    SQUARE = "square"
    WIDE = "wide"
    BOTH = "both"

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of its pictures."""
        return tuple(Shape) if self is PictureFormat.BOTH else (Shape(self.value),)


@command()
async def fact(
    context: Context,
    topic: Annotated[str | None, About("a fact about one topic", Completes.TOPIC)] = None,
    card: Annotated[PictureFormat | None, About("with a picture: square for a story, wide for a slide")] = None,
    count: Annotated[int | None, About("several facts at once, at most 5")] = None,
) -> Reply:
    """Get one quotable fact with its year and source; no fact repeats until you have seen them all.

    With card:both it comes as two pictures to post: 1080 x 1080 and 1200 x 675 pixels, with the community's name.
    """
    none = "There is no fact on this topic; try /ijm fact without one."
    drawn = _drawn(context, topic, none)
    reply = fact_reply(context.pack, *drawn, by_topic=bool(topic))
    if count and not card:
        # The buttons belong to the last fact, right above them.
        before = (_drawn(context, topic, none) for _ in range(min(count, FACTS_LIMIT) - 1))
        blocks = (block for _, each in before for block in answers.quoted(context.pack, each))
        return replace(reply, blocks=(*blocks, *reply.blocks))
    return await _pictured(context, reply, *drawn, PictureFormat(card).shapes) if card else reply


def _drawn(context: Context, topic: str | None, none: str) -> tuple[Entry, Fact]:
    """Return the next fact, of one topic if given. Raises BadArgument for an unknown topic, or with `none` if there is
    no fact.
    """
    topic_id = topic_named(context.pack, topic).id if topic else None
    drawn = context.services.deck.draw(context.pack, context.place.id, topic_id)
    if drawn is None:
        raise BadArgument(none)
    return drawn


def fact_reply(pack: Pack, entry: Entry, fact: Fact, *, by_topic: bool = False) -> Reply:
    """Return a fact with its year, source, and buttons; with `by_topic`, the next one is of its topic."""
    named = f"{fact_key(fact)} {entry.id}{f' {_BY_TOPIC}' if by_topic else ''}"
    buttons = (
        Button("Another one", "fact", entry.topic if by_topic else ""),
        Button("Make a card", "factcard", named),
        Button("Read more", "entry", entry.id),
        answers.cite_button(entry),
    )
    return Reply(answers.quoted(pack, fact), buttons, share=Button("Share here", "sharefact", named))


def posted(pack: Pack, entry: Entry, fact: Fact) -> Reply:
    """Return a fact for a public post that nobody asked for."""
    return replace(fact_reply(pack, entry, fact), share=None)


def fact_key(fact: Fact) -> str:
    """Return a fact's key, a few hexadecimal digits that change only with its text."""
    return blake2b(f"{fact.year} {fact.text}".encode(), digest_size=KEY_DIGITS // 2).hexdigest()


async def _pictured(context: Context, reply: Reply, entry: Entry, fact: Fact, shapes: Iterable[Shape]) -> Reply:
    """Return a fact's reply with its pictures, or with a note that one could not be made."""
    document = answers.credited(context.pack, fact.source)
    shown = FactPicture(fact.text, fact.year, document, fact.source.section, context.place.community_name)
    told = plain(answers.fact_note(context.pack, fact).spans)
    by = f" {shown.community}." if shown.community else ""
    blocks: list[Image | Note] = []
    for shape in shapes:
        try:
            content = await context.services.studio.picture((shown, shape), partial(fact_png, shown, shape))
        except TooLong:
            blocks.append(note(_TOO_LONG.format(shape=shape)))
        else:
            blocks.append(Image(f"ijm-fact-{entry.id}-{shape}.png", content, f"“{fact.text}” {told}.{by}"))
    return replace(reply, blocks=(*reply.blocks, *blocks))


async def _another(context: Context, value: str) -> Reply:
    """Return the next fact privately; the asker can share it."""
    drawn = _drawn(context, value, "There is no longer a fact on this topic; try /ijm fact without one.")
    return replace(fact_reply(context.pack, *drawn, by_topic=bool(value)), private=True)


async def _share(context: Context, value: str) -> Reply:
    """Show a fact to everyone."""
    entry, fact, by_topic = _named(context, value)
    return answers.shared_by(fact_reply(context.pack, entry, fact, by_topic=by_topic), context.user)


async def _make_pictures(context: Context, value: str) -> Reply:
    """Return both pictures of a fact privately; the asker can share one."""
    entry, fact, by_topic = _named(context, value)
    reply = fact_reply(context.pack, entry, fact, by_topic=by_topic)
    kept = tuple(button for button in reply.buttons if button.action != "factcard")
    made = replace(reply, buttons=kept, private=True, share=Button("Share here", "sharecard", value))
    return await _pictured(context, made, entry, fact, tuple(Shape))


async def _share_picture(context: Context, value: str) -> Reply:
    """Show everyone a fact with its wide picture, which fits a chat best."""
    entry, fact, _ = _named(context, value)
    return await _pictured(context, await _share(context, value), entry, fact, (_SHARED_SHAPE,))


def _named(context: Context, value: str) -> tuple[Entry, Fact, bool]:
    """Return the fact that a button names, and whether it was drawn from its topic.

    Raises BadArgument if it is gone.
    """
    key, _, rest = value.partition(" ")
    entry_id, _, drawn = rest.partition(" ")
    entry = context.pack.entry(entry_id)
    found = next((each for each in (entry.facts if entry else ()) if fact_key(each) == key), None)
    if entry is None or found is None:
        raise BadArgument(_GONE)
    return entry, found, drawn == _BY_TOPIC


COMMANDS = (fact,)
HANDLERS = Handlers(
    {"fact": _another, "sharefact": _share, "factcard": _make_pictures, "sharecard": _share_picture},
    final=frozenset({"factcard"}),
)
