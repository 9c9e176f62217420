"""Posts what is due, and finishes what another process left unfinished."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.app.app import App
from bot.app.upkeep import again_and_again
from bot.chat.events import Place
from bot.chat.outbox import Unpostable, Unreached
from bot.commands.context import Context
from bot.schedules.delivery import claim, deliver, halt, moved, new_key, resume
from bot.schedules.plan import plan_of
from knowledge.store.protocol import StoreError
from knowledge.store.schedules import Post, PostState, Schedule

# How often to look for what is due.
LOOK_SECONDS = 15
# A post this late or later is never sent.
LATE = timedelta(hours=6)
# How many posts are under way at once; the platforms' rate limits allow about as many a second.
AT_ONCE = 8
# How many are read at once; the rest is read again, without what other processes have claimed meanwhile.
BATCH = 5 * AT_ONCE

log = logging.getLogger(__name__)


async def keep_posting(app: App, every: float = LOOK_SECONDS) -> None:
    """Post what is due at intervals, until cancelled."""
    await again_and_again(lambda: post_due(app), "look for posts that are due", every)


async def post_due(app: App) -> int:
    """Post what is due on the platforms that this process serves, and what was left unfinished. Return how many were
    posted.

    Raises StoreError if the store cannot say what is due.
    """
    services, posted = app.services, 0
    for prefix in services.outboxes.prefixes:
        left = await services.store.abandoned_posts(prefix, services.now(), BATCH)
        posted += await _all([partial(_finish, app, post) for post in left])
        met: set[tuple[str, str]] = set()
        while due := [
            each
            for each in await services.store.due_schedules(prefix, services.now(), BATCH)
            if (each.community, each.id) not in met
        ]:
            met |= {(each.community, each.id) for each in due}
            posted += await _all([partial(_post, app, each) for each in due])
    return posted


async def _all(work: Iterable[Callable[[], Awaitable[bool]]]) -> int:
    """Do work, several items at once. Return how many succeeded."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(step: Callable[[], Awaitable[bool]]) -> bool:
        async with room:
            try:
                return await step()
            except StoreError as error:
                log.warning("A post waits for the store: %s", error)
            except Exception:
                log.exception("error %s in a scheduled post", secrets.token_hex(4))
            return False

    return sum(await asyncio.gather(*map(one, work)))


async def _post(app: App, schedule: Schedule) -> bool:
    """Post for a schedule that is due, or note that it is too late. Return whether it was posted."""
    services, due, now = app.services, schedule.next_at, app.services.now()
    if due is None:
        return False
    if now - due >= LATE:
        if await services.store.claim_post(*_missed(schedule, due, now)):
            services.metrics.post(PostState.MISSED)
        return False
    try:
        await services.outboxes.check(schedule.community, schedule.place)
    except Unreached:
        # Another process serves it, or this one will soon.
        return False
    except Unpostable as error:
        await halt(await _context(app, schedule), schedule, str(error))
        return False
    context = await _context(app, schedule)
    post = await claim(context, schedule, due, plan_of(schedule.plan).rhythm.next(now))
    return post is not None and post.state is PostState.CLAIMED and await deliver(context, schedule, post)


def _missed(schedule: Schedule, due: datetime, now: datetime) -> tuple[Schedule, Post]:
    """Drop the posts of a schedule that are too late, and note them once."""
    gone, following = [due], None
    for moment in plan_of(schedule.plan).rhythm.after(due):
        if now - moment < LATE:
            following = moment
            break
        gone.append(moment)
    said = "" if len(gone) == 1 else f"{len(gone)} posts, since {due:%Y-%m-%d}"
    post = Post(schedule.community, schedule.id, gone[-1], new_key(), PostState.MISSED, note=said)
    return replace(schedule, next_at=following), post


async def _finish(app: App, post: Post) -> bool:
    """Finish a post that another process or an earlier try left. Return whether it was posted."""
    services, now = app.services, app.services.now()
    schedule = await services.store.schedule(post.community, post.schedule_id)
    if schedule is None:
        return False
    end = PostState.UNSURE if post.state is PostState.SENDING else PostState.MISSED
    if schedule.paused is not None or now - post.due >= LATE:
        await moved(services, post, replace(post, state=end, until=None))
        return False
    try:
        await services.outboxes.check(schedule.community, schedule.place)
        return await resume(await _context(app, schedule), schedule, post)
    except Unreached:
        return False
    except Unpostable as error:
        await moved(services, post, replace(post, state=end, until=None, note=str(error)))
        await halt(await _context(app, schedule), schedule, str(error))
        return False


async def _context(app: App, schedule: Schedule) -> Context:
    return await app.own_context(Place(schedule.place, schedule.community))
