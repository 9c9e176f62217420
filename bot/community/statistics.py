"""Statistics for moderators: how much is asked, how it is answered, and what is used. Only counts, no names."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import partial

from bot.chat.events import Role
from bot.chat.markup import Plain, Spans
from bot.chat.replies import Block, Fields, Heading, Image, Items, Reply, Text, note, short, text
from bot.commands.context import Context
from bot.commands.declarations import Handlers, command
from bot.community.usage import WEEKS, Usage, Used, Week, first_day, usage_in, votes
from bot.pictures.renderer import Bar, Chart, chart_png
from knowledge.store.protocol import Feedback

# How many entries to list.
MOST_USED = 5
_PARTS = ("answered", "with a choice", "unanswered")
_NOTHING = (
    "Nothing was asked here in the last {weeks} weeks, so there is nothing to show yet. From the first question on, I "
    "count by day what was asked and answered."
)
_SMALL_PRINT = (
    "I count by day (UTC), not by person, and nothing that may be about somebody's safety. “With a choice” is a "
    "question that I offered several entries for. A vote counts on the day it was last changed."
)


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def stats(context: Context) -> Reply:
    """See how much is asked and answered here, what is used most, and how much of it helped."""
    store, today = context.services.store, context.services.now().astimezone(UTC).date()
    await context.services.usage.write(store)
    since = {weeks: datetime.combine(first_day(today, weeks), time(), UTC) for weeks in WEEKS}
    counted = await store.usage(context.community, since[WEEKS[-1]])
    spans = {weeks: usage_in(counted, today, weeks) for weeks in WEEKS}
    helped = {weeks: await store.feedback(context.community, since[weeks]) for weeks in WEEKS}
    longest = spans[WEEKS[-1]]
    if longest.first is None and not helped[WEEKS[-1]]:
        return Reply((Heading("Statistics"), text(_NOTHING.format(weeks=WEEKS[-1]))), private=True)
    blocks: list[Block] = [Heading(f"Statistics up to {_dated(today)}")]
    if longest.first is not None and longest.first > first_day(today, WEEKS[-1]):
        blocks.append(Text((Plain(f"Nothing was counted here before {_dated(longest.first)}."),)))
    rows = [(f"Last {weeks} weeks", _span(spans[weeks].total, votes(helped[weeks]))) for weeks in WEEKS]
    blocks.append(Fields(tuple(rows)))
    blocks += _used(context, longest, helped[WEEKS[-1]])
    if longest.total.asked:
        blocks.append(await _chart(context, longest))
    return Reply((*blocks, note(_SMALL_PRINT)), private=True)


def _span(asked: Week, cast: Feedback) -> Spans:
    """Describe a span of weeks in a sentence or two."""
    if not asked.asked:
        return (Plain(f"No questions. {_helped(cast)}."),)
    parts = ", ".join(
        f"{count:,} {part} ({_share(count, asked.asked)})"
        for part, count in zip(_PARTS, (asked.answered, asked.offered, asked.unanswered), strict=True)
    )
    return (Plain(f"{_counted(asked.asked, 'question')}: {parts}. {_helped(cast)}."),)


def _helped(cast: Feedback) -> str:
    total = cast.helpful + cast.unhelpful
    if not total:
        return "Nobody voted on whether it helped"
    return f"{cast.helpful:,} of {_counted(total, 'vote')} found it helpful ({_share(cast.helpful, total)})"


def _used(context: Context, span: Usage, helped: Mapping[str, Feedback]) -> list[Block]:
    """Return the entries that were used most."""
    if not span.used:
        return []
    lines = tuple(_line(context, used, helped.get(used.entry_id)) for used in span.used[:MOST_USED])
    return [text(f"**Most used in {WEEKS[-1]} weeks**"), Items(lines, ordered=True)]


def _line(context: Context, used: Used, cast: Feedback | None) -> Spans:
    told = f"{_named(context, used.entry_id)}: {_counted(used.times, 'time')}"
    return (Plain(f"{told}, {_helped(cast)}" if cast and cast.revisions else told),)


def _named(context: Context, entry_id: str) -> str:
    """Return an entry's question, even if the community has removed it."""
    entry = context.pack.entry(entry_id)
    if entry is not None:
        return short(entry.question)
    base = context.services.pack.entry(entry_id)
    return f"{short(base.question) if base else entry_id} (removed)"


async def _chart(context: Context, span: Usage) -> Image:
    bars = tuple(Bar(_day(week.last), (week.answered, week.offered, week.unanswered)) for week in span.weeks)
    last = _dated(span.weeks[-1].last)
    chart = Chart(f"Questions by week, to {last}", context.place.community_name, _PARTS, bars)
    content = await context.services.studio.picture(chart, partial(chart_png, chart))
    weeks = "; ".join(_told(bar) for bar in bars)
    return Image("ijm-questions.png", content, f"Bar chart of the questions in each week up to {last}. {weeks}.")


def _told(bar: Bar) -> str:
    """Describe one bar in words."""
    parts = ", ".join(f"{count:,} {part}" for part, count in zip(_PARTS, bar.parts, strict=True) if count)
    return f"To {bar.label}: {parts or 'none'}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"


def _dated(day: date) -> str:
    return f"{_day(day)}, {day.year}"


COMMANDS = (stats,)
HANDLERS = Handlers({}, role=Role.MODERATOR)
