"""The bot's own Slack adapter, on the shipped services, against a local Slack."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from adapters.slack.app import serve
from adapters.slack.connection.install import InstallationStores
from adapters.slack.settings import SlackSettings
from bot.app.app import App
from bot.commands.context import Services
from tests.adapters.contract.harness import Watch
from tests.servers.patience import WAIT_SECONDS
from tests.servers.slack.rules.values import Message, View
from tests.servers.slack.server import SlackServer

SURE = "How long do aftercare programs last?"
DANGER = "my boss took my passport and he won't let me leave, i owe him money and i'm scared"
LOG = logging.getLogger("adapters.slack.connection.http")
# The line in the log that says where the bot listens.
LISTENING = re.compile(r"over HTTP: (http://\S+)/slack/events")


def settings(slack: SlackServer, **more: Any) -> SlackSettings:
    """What an operator would set, and nothing from the environment's files."""
    given: dict[str, Any] = {
        "bot_token": slack.bot_token,
        "app_token": slack.app.app_token,
        "signing_secret": slack.app.signing_secret,
        "api_url": slack.web_api_url,
        "http_host": "127.0.0.1",
    }
    return SlackSettings(_env_file=None, **(given | more))


@asynccontextmanager
async def serving(
    app: App,
    slack: SlackServer,
    *,
    stores: InstallationStores | None = None,
    port: int | None = None,
    passive: bool = False,
    **more: Any,
) -> AsyncIterator["asyncio.Task[None]"]:
    """The task that serves as the program does; it is cancelled at the end."""
    task = asyncio.create_task(serve(app, settings(slack, **more), port=port, stores=stores, passive=passive))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=WAIT_SECONDS)


@asynccontextmanager
async def over_socket_mode(app: App, slack: SlackServer, **more: Any) -> AsyncIterator["asyncio.Task[None]"]:
    """The bot connected over Socket Mode."""
    before = len(slack.socket.opened)
    async with serving(app, slack, **more) as task:
        await _or_ended(task, asyncio.create_task(_connected(slack, before + 1)))
        yield task


@asynccontextmanager
async def watched(services: Services, slack: SlackServer) -> AsyncIterator[Watch]:
    """A bot over Socket Mode of which is known when it is done."""
    watch = Watch()
    async with over_socket_mode(App(replace(services, metrics=watch)), slack):
        yield watch


@asynccontextmanager
async def over_http(app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture, **more: Any) -> AsyncIterator[str]:
    """The bot as a request URL; gives its address."""
    caplog.set_level("INFO", LOG.name)
    ear = _Ear()
    LOG.addHandler(ear)
    try:
        async with serving(app, slack, port=0, **more) as task:
            url = await _or_ended(task, asyncio.ensure_future(ear.heard))
            if slack.http is None:
                slack.serve_over_http(f"{url}/slack/events")
            yield url
    finally:
        LOG.removeHandler(ear)


class _Ear(logging.Handler):
    """Hears in the log where the bot listens."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def emit(self, record: logging.LogRecord) -> None:
        found = LISTENING.search(record.getMessage())
        if found and not self.heard.done():
            self.heard.set_result(found[1])


async def _connected(slack: SlackServer, total: int) -> None:
    await slack.socket.connected(total)


async def _or_ended(task: "asyncio.Task[None]", wanted: "asyncio.Future[Any]") -> Any:
    """Wait for something, or raise what ended the bot before."""
    await asyncio.wait({task, wanted}, timeout=WAIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not wanted.done():
        wanted.cancel()
        await asyncio.wait_for(task, 0)
    return await wanted


def label_of(where: Message | View, label: str) -> str:
    """What presses the button with a label: its action_id, or a thumb's value."""
    for block in where.blocks:
        for element in block.get("elements", ()):
            if element["type"] in {"button", "icon_button"} and element["text"]["text"] == label:
                return str(element["action_id"])
            for thumb in (element.get("positive_button"), element.get("negative_button")):
                if thumb and thumb["text"]["text"] == label:
                    return str(thumb["value"])
    raise AssertionError(f"there is no button {label!r} in {where.shown}")
