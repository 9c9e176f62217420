"""Awareness days for members: which come next, and how a post names the one that it is."""

from collections.abc import Sequence
from datetime import date

from bot.chat.markup import Anchor, Plain, Spans, Strong
from bot.chat.replies import Block, Heading, Items, Reply, Text, note
from bot.commands.context import Context
from bot.commands.declarations import Handlers, command
from knowledge.pack.awareness import AwarenessDay, awareness_days

# As many as are read at a glance; they are a year's.
SHOWN_LIMIT = 8


@command()
async def awareness(context: Context) -> Reply:
    """See the awareness days about slavery and violence that come next, each with its source."""
    today = context.services.now().date()
    coming = sorted(awareness_days(), key=lambda each: each.next(today))[:SHOWN_LIMIT]
    lines = tuple((Plain(f"{_dated(each, today)}: "), *_said(each)) for each in coming)
    hint = note("For a post to plan: `/ijm fact` has a fact to quote. Moderators: `/ijm-mod schedule` can post one.")
    return Reply((Heading("Awareness days that come next"), Items(lines), hint))


def named_blocks(days: Sequence[AwarenessDay]) -> tuple[Block, ...]:
    """Return what stands above a fact that is posted on an awareness day."""
    return tuple(Text(_said(each)) for each in days)


def _dated(day: AwarenessDay, today: date) -> str:
    coming = day.next(today)
    if day.day is None:
        return f"{coming:%B %Y}"
    return "today" if coming == today else f"{coming:%a} {coming.day} {coming:%b %Y}"


def _said(day: AwarenessDay) -> Spans:
    """Its name, whose it is, our sentence, and the source."""
    source = day.source
    title: Spans = (Anchor((Plain(source.title),), source.url),) if source.url else (Plain(source.title),)
    return (
        Strong((Plain(day.name),)),
        Plain(f" ({day.where}). {day.text} (Source: "),
        *title,
        Plain(f", {source.publisher}, {source.year})"),
    )


COMMANDS = (awareness,)
HANDLERS = Handlers({})
