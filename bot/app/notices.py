"""A short weekly notice to moderators who want it: how much is waiting for review."""

import logging
from datetime import datetime, timedelta

from bot.app.app import App
from bot.app.upkeep import again_and_again
from bot.chat.events import Place
from bot.chat.outbox import Unpostable, Unreached
from bot.chat.replies import Reply, note, text
from bot.commands.community_settings import Setting, read_settings
from bot.curating.reviewing.queue import queue

# Monday, nine in the morning (UTC): the week has begun in most places.
_HOUR = 9
# How often to look for due notices.
LOOK_SECONDS = 15 * 60
# The claim on a week's notice outlasts the week.
_CLAIM = timedelta(days=8)

log = logging.getLogger(__name__)


async def keep_noticing(app: App, every: float = LOOK_SECONDS) -> None:
    """Post due notices at intervals, until cancelled."""
    await again_and_again(lambda: post_notices(app), "look for notices that are due", every)


async def post_notices(app: App) -> int:
    """Post this week's notice in every community that wants one and has not had it. Return how many were posted.

    A notice is claimed in the store, so that only one of several processes posts it.
    """
    services, posted = app.services, 0
    week = _week(services.now())
    for prefix in services.outboxes.prefixes:
        for community in await services.store.communities(prefix):
            place = read_settings((await services.store.outline(community)).settings).notices
            if place is not None and await _posted(app, community, place, week):
                posted += 1
    return posted


def _week(now: datetime) -> str:
    """Return the week whose notice is due; a week begins on Monday morning."""
    year, week, _ = (now - timedelta(hours=_HOUR)).isocalendar()
    return f"{year}-W{week:02}"


async def _posted(app: App, community: str, place: str, week: str) -> bool:
    services = app.services
    try:
        await services.outboxes.check(community, place)
    except Unreached:
        # Another process serves it, or this one will soon: the notice is not claimed.
        return False
    except Unpostable as error:
        await _switch_off(app, community, error)
        return False
    context = await app.own_context(Place(place, community))
    waiting = len(await queue(context))
    claim = f"notice/{week}"
    if not waiting or not await services.store.first_time(claim, services.now(), community=community, life=_CLAIM):
        return False
    said = text(f"**{waiting}** waiting for a moderator: unanswered questions, suggestions, figures to look at.")
    reply = Reply((said, note("Go through them with `/ijm-mod review`. Stop this notice with `/ijm-mod settings`.")))
    try:
        await services.outboxes.post(community, place, reply, key=f"notice-{week}")
    except Unpostable as error:
        await _switch_off(app, community, error)
        return False
    except Unreached as error:
        # It may have arrived anyway: a notice that comes twice is better than none in a week.
        log.warning("A weekly notice could not be posted and will be tried again: %s", error)
        await services.store.not_yet(claim, community=community)
        return False
    return True


async def _switch_off(app: App, community: str, why: Unpostable) -> None:
    """Switch the notice off; `/ijm-mod settings` then shows that there is none."""
    await app.services.store.set_setting(community, Setting.NOTICES, None, by="bot", now=app.services.now())
    log.warning("The weekly notice of a community is switched off: %s", why)
