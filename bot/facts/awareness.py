"""Awareness days for members: which come next, and how a post names the one that it is."""

from collections.abc import Sequence
from datetime import date

from bot.chat.markup import Anchor, Plain, Spans, Strong
from bot.chat.replies import Block, Heading, Items, Reply, Text, note
from bot.commands.context import Context
from bot.commands.declarations import Handlers, command
from knowledge.pack.awareness import AwarenessDay, awareness_days

# As many as are read at a glance.
SHOWN_LIMIT = 5


@command()
async def awareness(context: Context) -> Reply:
    """See the awareness days about slavery and violence that come next, each with its source."""
    today = context.services.now().date()
    coming = sorted(awareness_days(), key=lambda each: each.next(today))[:SHOWN_LIMIT]
    lines = tuple(_line(each, today) for each in coming)
    hint = note("Planning a post? `/ijm fact` has a fact to quote. Moderators can schedule one: `/ijm-mod schedule`.")
    return Reply((Heading("Coming awareness days"), Items(lines), hint))


def named_blocks(days: Sequence[AwarenessDay]) -> tuple[Block, ...]:
    """Return what stands above a fact that is posted on an awareness day."""
    return tuple(Text(_said(each)) for each in days)


def _line(day: AwarenessDay, today: date) -> Spans:
    """When it is, its name, and where that is written."""
    return (Strong((Plain(_dated(day, today)),)), Plain(f": {day.name} ("), *_source(day), Plain(")"))


def _dated(day: AwarenessDay, today: date) -> str:
    """When it comes next, as Americans write it; the year only if it is not this one."""
    coming = day.next(today)
    if day.day is not None and coming == today:
        return "Today"
    named = f"{coming:%B}" if day.day is None else f"{coming:%A}, {coming:%B} {coming.day}"
    if coming.year == today.year:
        return named
    return f"{named} {coming.year}" if day.day is None else f"{named}, {coming.year}"


def _said(day: AwarenessDay) -> Spans:
    """Its name, whose it is, our sentence, and the source."""
    return (
        Strong((Plain(day.name),)),
        Plain(f" ({day.where}). {day.text} (Source: "),
        *_source(day),
        Plain(")"),
    )


def _source(day: AwarenessDay) -> Spans:
    source = day.source
    title: Spans = (Anchor((Plain(source.title),), source.url),) if source.url else (Plain(source.title),)
    return (*title, Plain(f", {source.publisher}, {source.year}"))


COMMANDS = (awareness,)
HANDLERS = Handlers({})
