"""What to send instead of blocks that Slack refuses: older kinds of blocks, and finally only the text."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from cachetools import TTLCache
from slack_sdk.errors import SlackApiError

from adapters.slack.connection.web import error_of
from adapters.slack.rendering.blocks import Rendered, render
from bot.chat.replies import Reply

# Slack's errors for blocks that it does not know,
UNKNOWN_BLOCKS = "invalid_blocks"
# for those that it does not accept in messages (docs.slack.dev/reference/methods/chat.postMessage),
BLOCKS_REFUSED = frozenset({UNKNOWN_BLOCKS, "invalid_blocks_format", "msg_blocks_too_long"})
# and in views, where it says only that the arguments are wrong (docs.slack.dev/reference/methods/views.open).
VIEW_REFUSED = BLOCKS_REFUSED | {"invalid_arguments", "view_too_large"}
# How long to wait before trying newer blocks in a workspace again.
REMEMBERED_SECONDS = 24 * 60 * 60
# How many workspaces are remembered; for a forgotten one, another message is sent twice.
WORKSPACES_LIMIT = 10_000

log = logging.getLogger(__name__)


class Fallbacks:
    """Remembers which workspaces accept only older blocks."""

    def __init__(self) -> None:
        self._older: TTLCache[str, bool] = TTLCache(WORKSPACES_LIMIT, REMEMBERED_SECONDS)

    async def post(self, team: str, reply: Reply, take: Callable[[Rendered], Awaitable[None]]) -> None:
        """Send a reply with `take`: in the richest form that the workspace's Slack accepts, at last as text. Raises
        SlackApiError for anything that is not about blocks, and if even the text is refused.
        """
        refused = ""
        for rendered, older in self._versions(team, reply):
            try:
                await take(rendered)
            except SlackApiError as error:
                if error_of(error) not in BLOCKS_REFUSED or not rendered.blocks:
                    raise
                refused = error_of(error)
                continue
            if refused and older:
                # A reply that is only too long says nothing about the next one.
                if refused == UNKNOWN_BLOCKS:
                    self._older[team] = True
                log.info("Slack takes no newer buttons (%s), so a reply gets the older ones.", refused)
            elif refused:
                log.error("Slack refuses the blocks of a reply (%s), so it gets the text alone.", refused)
            return

    def _versions(self, team: str, reply: Reply) -> Iterator[tuple[Rendered, bool]]:
        """Yield the versions to try in order, and whether each uses older blocks."""
        newer = None if team in self._older else render(reply, newer=True)
        if newer is not None:
            yield newer, False
        older = render(reply)
        if newer is None or newer.blocks != older.blocks:
            yield older, True
        yield Rendered(older.text, []), False


async def first_view(views: Iterator[dict[str, Any]], take: Callable[[dict[str, Any]], Awaitable[object]]) -> None:
    """Show with `take` the first of some views that Slack accepts, the simplest last. Raises SlackApiError."""
    following = next(views, None)
    while following is not None:
        view, following = following, next(views, None)
        try:
            await take(view)
        except SlackApiError as error:
            if error_of(error) not in VIEW_REFUSED or following is None:
                raise
            log.error("Slack refuses a view (%s), so it gets a simpler one.", error_of(error))
        else:
            return
