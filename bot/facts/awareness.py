"""Awareness days: which come next, and how a post names its day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.chat.markup import Anchor, Plain, Spans, Strong
from bot.chat.pages import page_of, turned_to
from bot.chat.replies import Block, Heading, Items, Reply, Text, note
from bot.commands.context import Context
from bot.commands.declarations import Handlers, command
from knowledge.pack.awareness import AwarenessDay, awareness_days

# How many are easy to read at a glance.
DAYS_PER_PAGE = 5
_TURN = "awareness-page"


@command()
async def awareness(context: Context) -> Reply:
    """See the awareness days about slavery and violence that come next, each with its source."""
    return _coming(context)


def _coming(context: Context, number: int = 1) -> Reply:
    today = context.services.now().date()
    page = page_of(sorted(awareness_days(), key=lambda each: each.next(today)), number, DAYS_PER_PAGE, context.place)
    lines = tuple(_line(each, today) for each in page.items)
    hint = note("Planning a post? `/ijm fact` has a fact to quote. Moderators can schedule one: `/ijm-mod schedule`.")
    blocks: tuple[Block, ...] = (Heading("Coming awareness days"), Items(lines), *page.notes, hint)
    return Reply(blocks, page.buttons(_TURN))


async def _turned(context: Context, value: str) -> Reply:
    return replace(_coming(context, turned_to(value)[1]), private=True)


def named_blocks(days: Sequence[AwarenessDay]) -> tuple[Block, ...]:
    """Return the blocks above a fact that is posted on an awareness day."""
    return tuple(Text(_said(each)) for each in days)


def _line(day: AwarenessDay, today: date) -> Spans:
    """Return a day in one line: its date, its name, and its source."""
    return (Strong((Plain(_dated(day, today)),)), Plain(f": {day.name} ("), *_source(day), Plain(")"))


def _dated(day: AwarenessDay, today: date) -> str:
    """Return the next date of a day in American style; the year only if it is not this one."""
    coming = day.next(today)
    if day.day is not None and coming == today:
        return "Today"
    named = f"{coming:%B}" if day.day is None else f"{coming:%A}, {coming:%B} {coming.day}"
    if coming.year == today.year:
        return named
    return f"{named} {coming.year}" if day.day is None else f"{named}, {coming.year}"


def _said(day: AwarenessDay) -> Spans:
    """Return a day's name, its owner, a sentence about it, and the source."""
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
HANDLERS = Handlers({_TURN: _turned}, final=frozenset({_TURN}))
