"""One post of a schedule: claimed with a fact, announced, sent and confirmed in the store, by one process only.

If it is unknown whether a post arrived, it is sent again in two cases: while the platform ignores a second post with
the same key, or after a look at the channel. If neither is possible, it is left, and moderators read that it may be
there.
"""

import asyncio
import logging
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.events import Place
from bot.chat.markup import Plain
from bot.chat.outbox import Unpostable, Unreached
from bot.chat.replies import Reply, Text, note
from bot.commands.context import Context, Services
from bot.facts.awareness import named_blocks
from bot.facts.facts import posted
from bot.schedules.plan import Plan, plan_of
from bot.schedules.rotation import Freshness, Quote, drawn, quote_of, quotes_of
from knowledge.pack.model import Pack
from knowledge.store.schedules import Post, PostState, Schedule

# How long one try to send may take, and how long the post is leased meanwhile.
POST_SECONDS = 40
LEASE = timedelta(seconds=60)
# The pause before the next try: it doubles each time, from the first number to the second.
RETRY, RETRY_MOST = timedelta(seconds=30), timedelta(minutes=30)
# How far the platform's clock may be behind ours.
SKEW = timedelta(minutes=2)
# 24 characters: a key may have 25.
_KEY_BYTES = 12

log = logging.getLogger(__name__)


def new_key() -> str:
    """Return a key that no other post has."""
    return secrets.token_hex(_KEY_BYTES)


def reply_of(pack: Pack, quote: Quote, plan: Plan, due: datetime) -> Reply:
    """Return a fact as a post, with the awareness day if there is one."""
    shown = posted(pack, quote.entry, quote.fact)
    return replace(shown, blocks=(*named_blocks(plan.named(plan.rhythm.local(due).date())), *shown.blocks))


async def fresh_quotes(context: Context, plan: Plan, at: datetime) -> tuple[Quote, ...]:
    """Return the facts that a plan may post at a given time."""
    marks = await context.services.store.marks(context.community)
    return quotes_of(context.pack, plan, Freshness(context.settings, marks, at.year))


# A post sent this long after it was due counts as late.
TARDY, TARDY_AFTER = "late", timedelta(minutes=5)
ENDS = tuple(state for state in PostState if state not in {PostState.CLAIMED, PostState.SENDING})


async def claim(context: Context, schedule: Schedule, due: datetime, following: datetime | None) -> Post | None:
    """Claim a post for this process, with the fact drawn for it; None if another process was first. `following` is when
    the schedule is due next. Without a fresh fact, the post is noted and done.
    """
    services = context.services
    now = services.now()
    post = Post(schedule.community, schedule.id, due, new_key(), PostState.DRY)
    found = drawn(schedule, await fresh_quotes(context, plan_of(schedule.plan), now))
    if found is not None:
        schedule, quote = found
        post = replace(post, state=PostState.CLAIMED, fact=quote.key, until=now + LEASE)
    claimed = await services.store.claim_post(replace(schedule, next_at=following), post)
    if claimed and post.until is None:
        services.metrics.post(post.state)
    return post if claimed else None


async def moved(services: Services, before: Post, after: Post) -> bool:
    """Record the state of a post, and count it at its end. Return whether this process still has it."""
    kept = await services.store.move_post(before, after)
    if kept and after.until is None:
        is_late = after.state is PostState.POSTED and services.now() - after.due > TARDY_AFTER
        services.metrics.post(TARDY if is_late else after.state)
    return kept


async def deliver(context: Context, schedule: Schedule, post: Post) -> bool:
    """Send a claimed post, or one whose lease is over, and record the result. Return whether it was sent. Does nothing
    if another process has it meanwhile, or if the schedule is paused or gone.
    """
    now, plan = context.services.now(), plan_of(schedule.plan)
    quote = quote_of(context.pack, post.fact)
    if quote is None:
        changed = replace(post, state=PostState.DRY, until=None, note="the fact was changed meanwhile")
        await moved(context.services, post, changed)
        return False
    sending = replace(
        post, state=PostState.SENDING, sent_at=post.sent_at or now, until=now + LEASE, tries=post.tries + 1
    )
    # A machine that was asleep meanwhile has lost its lease, and leaves the post to the process that has it now.
    if not await moved(context.services, post, sending) or context.services.now() >= now + LEASE:
        return False
    reply = reply_of(context.pack, quote, plan, post.due)
    try:
        async with asyncio.timeout(POST_SECONDS):
            await context.services.outboxes.post(schedule.community, schedule.place, reply, key=post.key)
    except Unpostable as error:
        # An earlier try may have posted it, so it counts neither as refused nor as unused.
        end, unused = (PostState.REFUSED, post.fact) if post.sent_at is None else (PostState.UNSURE, "")
        await moved(context.services, sending, replace(sending, state=end, until=None, note=str(error)))
        await halt(context, schedule, str(error), unused)
        return False
    except (Unreached, TimeoutError) as error:
        await moved(context.services, sending, _unconfirmed(error, post, sending, context.services.now()))
        return False
    return await moved(context.services, sending, replace(sending, state=PostState.POSTED, until=None))


def _unconfirmed(error: Unreached | TimeoutError, before: Post, sending: Post, now: datetime) -> Post:
    """Return the next state of an unconfirmed post: it is tried again, or looked for first. Even if this try surely did
    not arrive, one `before` it may have.
    """
    surely_not = isinstance(error, Unreached) and not error.maybe and before.sent_at is None
    pause = min(RETRY * 2 ** (sending.tries - 1), RETRY_MOST) if surely_not else RETRY
    why = str(error) or "the platform did not answer in time"
    if surely_not:
        return replace(sending, state=PostState.CLAIMED, sent_at=None, until=now + pause, note=why)
    return replace(sending, until=now + pause, note=why)


async def resume(context: Context, schedule: Schedule, post: Post) -> bool:
    """Finish a post whose lease is over. Return whether it is posted now. Raises Unreached."""
    outboxes, now = context.services.outboxes, context.services.now()
    if post.state is not PostState.SENDING or post.sent_at is None:
        return await deliver(context, schedule, post)
    if now - post.sent_at < outboxes.remembers(schedule.place):
        return await deliver(context, schedule, post)
    quote = quote_of(context.pack, post.fact)
    reply = reply_of(context.pack, quote, plan_of(schedule.plan), post.due) if quote else Reply(())
    since = post.sent_at - SKEW
    there = await outboxes.arrived(schedule.community, schedule.place, reply, since=since) if quote else None
    if there is False:
        return await deliver(context, schedule, replace(post, sent_at=None))
    await moved(
        context.services, post, replace(post, state=PostState.POSTED if there else PostState.UNSURE, until=None)
    )
    return bool(there)


async def post_now(context: Context, schedule: Schedule) -> Post | None:
    """Post the next fact of a running schedule at once. Return its post; None if the schedule was changed."""
    store, now = context.services.store, context.services.now()
    claimed = await claim(context, schedule, now, schedule.next_at)
    if claimed is None:
        return None
    if claimed.state is PostState.CLAIMED:
        at = replace(context, place=Place(schedule.place, schedule.community))
        await deliver(at, schedule, claimed)
    return next((each for each in await store.posts(context.community, schedule.id) if each.key == claimed.key), None)


async def halt(context: Context, schedule: Schedule, why: str, unused: str = "") -> None:
    """Pause a schedule whose place accepts no posts, and tell the moderators once; `unused` is a fact to put back."""
    store = context.services.store
    while (found := await store.schedule(schedule.community, schedule.id)) is not None and found.paused is None:
        used = tuple(key for key in found.used if key != unused)
        if await store.keep_schedule(replace(found, paused=why, next_at=None, used=used)):
            log.warning("A schedule is paused: %s", why)
            await _tell(context, why)
            return


async def _tell(context: Context, why: str) -> None:
    """Tell the moderators in their channel, if they have one; `schedule` and `review` show it anyway."""
    place = context.settings.notices
    if not isinstance(place, str):
        return
    said = Text((Plain(f"A schedule for facts has stopped. {why}"),))
    reply = Reply((said, note("`/ijm-mod schedule` shows it, and starts it again.")))
    try:
        await context.services.outboxes.post(context.community, place, reply, key=new_key())
    except (Unpostable, Unreached) as error:
        log.warning("Moderators could not be told of a paused schedule: %s", error)
