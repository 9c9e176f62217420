"""Slack over Socket Mode: connected, made anew when it breaks, and left with nothing unacknowledged."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.shared.proxies import proxy_for
from adapters.slack.connection.web import WORTHLESS, check_app_token, error_of, lost_app
from adapters.slack.conversations import Conversations
from adapters.slack.events import SLACK
from bot.chat.incoming import is_too_deep
from bot.commands.links import Links
from bot.commands.metrics import Metrics

# How often it is looked whether a Socket Mode connection still stands. Commands wait for 3 s and no longer, so one that
# broke has to be made again before; the SDK itself would look every 10 s.
PING_SECONDS = 2
# How long what was received may take to be acknowledged when the process is asked to stop.
DRAIN_SECONDS = 2.0
# Seconds between looks at whether it is; and before the first one, in which what has arrived is read.
_LOOK_SECONDS = 0.05

log = logging.getLogger(__name__)


@asynccontextmanager
async def socket_mode(
    web: AsyncWebClient, bolt: AsyncApp, conversations: Conversations, token: str, links: Links, metrics: Metrics
) -> AsyncIterator[None]:
    """Stay connected over Socket Mode. Raises SlackError if the token opens no connection."""
    await check_app_token(web, token)
    handler = AsyncSocketModeHandler(bolt, token, ping_interval=PING_SECONDS)
    client = handler.client
    issue, connect, connections = client.issue_new_wss_url, client.connect, 0
    enqueue = client.enqueue_message

    async def issue_new_wss_url() -> str:
        """Return the address of the next connection. With a worthless token the SDK would ask for it for ever."""
        links.connected(SLACK.name, up=False)
        try:
            url = await issue()
        except SlackApiError as error:
            if error_of(error) in WORTHLESS:
                conversations.lose(lost_app(error_of(error)))
            raise
        client.proxy = proxy_for(url)
        return url

    async def connect_again() -> None:
        nonlocal connections
        await connect()  # type: ignore[no-untyped-call]
        links.connected(SLACK.name)
        connections += 1
        if connections > 1:
            metrics.reconnected(SLACK.name)

    async def enqueue_message(message: str) -> None:
        """Take what has arrived, unless the SDK's parser would fail on it."""
        if is_too_deep(message):
            log.warning("Slack sent something that is nested too deep; it is left out.")
        else:
            await enqueue(message)

    acknowledging: set[SocketModeRequest] = set()

    async def handle(client: SocketModeClient, request: SocketModeRequest) -> None:
        acknowledging.add(request)
        try:
            await handler.handle(client, request)
        finally:
            acknowledging.discard(request)

    client.socket_mode_request_listeners = [handle]  # type: ignore[list-item]
    client.enqueue_message = enqueue_message  # type: ignore[method-assign]
    client.issue_new_wss_url = issue_new_wss_url  # type: ignore[method-assign]
    client.connect = connect_again  # type: ignore[method-assign]
    try:
        await client.connect()
        log.info("Ready on Slack, over Socket Mode.")
        yield
    finally:
        await _drained(client, acknowledging)
        await client.close()  # type: ignore[no-untyped-call]


async def _drained(client: SocketModeClient, acknowledging: set[SocketModeRequest]) -> None:
    """Receive what has arrived and no more, and acknowledge it; what is still on its way Slack sends again."""
    client.auto_reconnect_enabled = False
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await asyncio.sleep(_LOOK_SECONDS)
            if client.message_receiver is not None:
                client.message_receiver.cancel()
            while acknowledging or not client.message_queue.empty():  # noqa: ASYNC110 (the SDK's queue tells nobody)
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        log.warning("Some of what Slack sent could not be acknowledged.")
