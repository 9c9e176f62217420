"""The bot's own screen: what everybody sees, what waits for moderators, and what to ask first."""

from dataclasses import replace
from datetime import UTC, datetime, time

from bot.asking import browse
from bot.chat.events import Role
from bot.chat.markup import Plain, Reference, Spans
from bot.chat.replies import Button, Fields, Heading, Reply, counted
from bot.commands.context import Context
from bot.community.usage import WEEKS, first_day, usage_in
from bot.curating.reviewing.queue import queue
from knowledge.pack.model import Entry

# As many questions as Slack suggests to somebody who opens an assistant (docs.slack.dev, setSuggestedPrompts).
PROMPTS_LIMIT = 4
# How many of them are the ones asked most; the others show what else there is.
MOST_ASKED = 2
_WAYS = (
    Button("Review", "review-list", "all 0"),
    Button("Schedules", "schedules"),
    Button("Settings", "settings"),
)


async def home(context: Context) -> Reply:
    """Return the first screen, with what waits for moderators. If it stays as a message, it only says how to ask."""
    if context.place.posts:
        return browse.welcome(context.pack)
    first = browse.home(context)
    if context.role < Role.MODERATOR or context.is_personal:
        return first
    blocks = (*first.blocks, Heading("For moderators"), await _waiting(context))
    return replace(first, blocks=blocks, buttons=(*first.buttons, *_WAYS))


async def _waiting(context: Context) -> Fields:
    """Return counts for the review, the schedules and the settings."""
    waiting = len(await queue(context))
    schedules = await context.services.store.schedules(context.community)
    stopped = sum(1 for each in schedules if each.paused)
    running = sum(1 for each in schedules if each.paused is None)
    posted = (
        counted(running, "schedule runs", "schedules run") if schedules else "none: nothing is posted automatically"
    )
    halted = f", {counted(stopped, 'has', 'have')} stopped" if stopped else ""
    notices = context.settings.notices
    goes: Spans = (Plain("weekly notice in "), Reference(notices)) if notices else (Plain("no weekly notice"),)
    return Fields(
        (
            ("Review", (Plain(counted(waiting, "item waits", "items wait") if waiting else "nothing waits"),)),
            ("Schedules", (Plain(f"{posted}{halted}"),)),
            ("Settings", goes),
        )
    )


async def prompts(context: Context) -> tuple[Entry, ...]:
    """Return the entries whose questions to suggest: the ones asked most here, then the first of each topic."""
    pack, today, weeks = context.pack, context.services.now().astimezone(UTC).date(), WEEKS[0]
    since = datetime.combine(first_day(today, weeks), time(), UTC)
    counts = await context.services.store.usage(context.community, since)
    used = [entry for each in usage_in(counts, today, weeks).used if (entry := pack.entry(each.entry_id))]
    firsts = [entry for topic in pack.topics for entry in pack.in_topic(topic.id)[:1]]
    chosen = dict.fromkeys(entry.id for entry in (*used[:MOST_ASKED], *firsts))
    return tuple(entry for each in chosen if (entry := pack.entry(each)))[:PROMPTS_LIMIT]
