"""Slack over HTTP: signed requests, the pages of the installation, and a word on the bot's health."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, cast
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.commands import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from adapters.slack.connection.doorkeeper import BODY_SECONDS, KEEPALIVE_SECONDS, Doorkeeper
from adapters.slack.connection.install import Installer
from adapters.slack.connection.signatures import Signatures
from adapters.slack.connection.web import SlackError
from bot.chat.incoming import is_too_deep

# A database that takes longer to respond is not healthy.
HEALTH_SECONDS = 5
# How long requests that are under way may take when the process is asked to stop.
SHUTDOWN_SECONDS = 5.0

log = logging.getLogger(__name__)


class Pinged(Protocol):
    """What says that it is there, or raises: the store."""

    async def ping(self) -> None:
        """Return if it is there."""


@asynccontextmanager
async def listening(
    bolt: AsyncApp,
    store: Pinged,
    signatures: Signatures,
    host: str,
    port: int,
    installer: Installer | None,
    keeper: Doorkeeper,
) -> AsyncIterator[None]:
    """Listen on a port (0 lets the system choose) of an address. Raises SlackError if the port cannot be had."""
    runner = web.AppRunner(
        application(bolt, store, signatures, installer, keeper),
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
        keepalive_timeout=KEEPALIVE_SECONDS,
    )
    await runner.setup()
    server: asyncio.Server | None = None
    try:
        try:
            guarded = keeper.guarding(cast(Callable[[], asyncio.Protocol], runner.server))
            server = await asyncio.get_running_loop().create_server(guarded, host, port)
        except OSError as error:
            raise SlackError(
                f"Cannot listen on port {port} for Slack: {error.strerror}. Choose another port."
            ) from error
        name, number = server.sockets[0].getsockname()[:2]
        log.info("Ready on Slack, over HTTP: http://%s:%d%s", f"[{name}]" if ":" in name else name, number, EVENTS_PATH)
        yield
    finally:
        if server is not None:
            server.close()
        await runner.cleanup()


def application(
    bolt: AsyncApp, store: Pinged, signatures: Signatures, installer: Installer | None, keeper: Doorkeeper
) -> web.Application:
    """Return what is served: Slack's request URL, /healthz, and the installation where there is one."""

    async def events(request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                raw = await request.read()
        except ConnectionError:
            return web.Response(status=400, text="This is not all of it.")
        except TimeoutError:
            answer = web.Response(status=408, text="This took too long.")
            answer.force_close()
            return answer
        if not signatures.accept(raw, request.headers):
            return web.Response(status=401, text="The signature is wrong, or older than five minutes.")
        try:
            bolt_request = _read(raw.decode(), request)
        except (ValueError, TypeError, LookupError, AttributeError):
            return web.Response(status=400, text="This is not what Slack sends.")
        return await to_aiohttp_response(await bolt.async_dispatch(bolt_request))

    async def healthz(_: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                await store.ping()
        except Exception as error:  # noqa: BLE001 (whatever it is, it is not healthy)
            log.warning("Not healthy: %s", type(error).__name__)
            return web.Response(status=503, text="The database does not answer.")
        return web.Response(text="ok")

    served = web.Application(middlewares=[keeper.middleware])
    served.add_routes([web.post(EVENTS_PATH, events), web.get("/healthz", healthz)])
    if installer is not None:
        served.add_routes([web.get(INSTALL_PATH, installer.install), web.get(REDIRECT_PATH, installer.redirect)])
    return served


def _read(raw: str, request: web.Request) -> AsyncBoltRequest:
    """Return a request as Bolt wants it.

    Raises ValueError (or what a payload of an odd shape leads to) if it is junk.
    """
    said = raw if raw.lstrip()[:1] in {"{", "["} else dict(parse_qsl(raw)).get("payload", "")
    if is_too_deep(said):
        raise ValueError("nested too deep")
    found = AsyncBoltRequest(body=raw, query=request.query_string, headers=dict(request.headers))
    if not found.body and raw:
        # Bolt loses a slash command that has the word "payload" in it.
        found.body = dict(parse_qsl(raw, keep_blank_values=True))
        found.context = build_async_context(AsyncBoltContext({}), found.body)
    inner = found.body.get("event") if found.body.get("type") == "event_callback" else {}
    if not {"type", "command", "ssl_check"} & set(found.body) or not isinstance(inner, dict):
        raise ValueError("neither an event, nor a command, nor an interaction")
    return found
