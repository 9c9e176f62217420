"""Rate limits, server errors and broken connections: no answer to a person on Discord is lost or comes twice."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

import adapters.discord.answering
from adapters.discord.log_lines import shorten
from bot.app.app import App
from bot.commands.context import Services
from tests.adapters.discord.running import CALLBACK, MESSAGES, ORIGINAL, SURE, Chat, served, serving
from tests.adapters.discord.slow import Gate, dawdling
from tests.servers.discord.faults import Fault, banned, disconnected, rate_limited, server_error
from tests.servers.discord.posts import Post
from tests.servers.discord.server import DiscordServer

pytestmark = pytest.mark.slow

DELETION = "DELETE /webhooks/*/messages/@original"
# What a fault leaves of a request: nothing, or its effect without an answer.
FAULTS = {
    "429": rate_limited(0.1),
    "429 everywhere": rate_limited(0.1, everywhere=True),
    "500": server_error(500),
    "500 but done": server_error(500, applied=True),
    "503": server_error(503),
    "503 but done": server_error(503, applied=True),
    "broken": disconnected(),
    "broken but done": disconnected(applied=True),
}
faults = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's pauses before it tries again, a hundred times as short."""
    pause = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds, *result: pause(seconds / 100, *result))


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with DiscordServer() as server:
        async with served(app, server):
            yield Chat(server)
        assert server.rest.faults.left == 0


@pytest.fixture
async def slow(services: Services, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chat]:
    """The same with slow commands, which are deferred early."""
    monkeypatch.setattr(adapters.discord.answering, "DEFER_AFTER", 0.05)
    async with DiscordServer() as server:
        async with served(dawdling(services, gate), server):
            yield Chat(server)
        assert server.rest.faults.left == 0


def by_the_bot(chat: Chat) -> list[Post]:
    """All that people were shown by the bot, privately too."""
    return [post for post in chat.server.state.messages.posts if post.author_id == chat.world.bot.id]


@faults
async def test_a_command_is_answered_once(chat: Chat, fault: Fault) -> None:
    chat.server.fail(CALLBACK, fault)
    assert "2 years" in (await chat.slash("ijm ask", {"question": SURE})).text
    await chat.settled()
    assert len(by_the_bot(chat)) == 1


@faults
async def test_a_deferred_command_is_answered_once(slow: Chat, gate: Gate, fault: Fault) -> None:
    slow.server.fail(CALLBACK, fault)
    used = await slow.server.slash(slow.world.member, slow.world.channel, "ijm slow")
    await used.responded()
    gate.open.set()
    assert "at last" in (await used.answered()).text
    await slow.settled()
    assert (gate.passed, len(by_the_bot(slow))) == (1, 1)


@faults
async def test_a_deferred_command_is_filled_once(slow: Chat, gate: Gate, fault: Fault) -> None:
    slow.server.fail(ORIGINAL, fault)
    used = await slow.server.slash(slow.world.member, slow.world.channel, "ijm slow")
    await used.responded()
    gate.open.set()
    assert "at last" in (await used.answered()).text
    await slow.settled()
    assert (gate.passed, len(by_the_bot(slow))) == (1, 1)


@faults
async def test_a_mention_is_answered_once(chat: Chat, fault: Fault) -> None:
    chat.server.fail(MESSAGES, fault)
    assert "2 years" in (await chat.mention(SURE)).text
    await chat.settled()
    assert len(by_the_bot(chat)) == 1


@faults
async def test_a_half_typed_option_is_completed(chat: Chat, fault: Fault) -> None:
    chat.server.fail(CALLBACK, fault)
    used = await chat.server.autocomplete(chat.world.member, chat.world.channel, "ijm ask", "question", "cebu")
    assert (await used.choices())[0][1] == "evidence-cebu"


@faults
async def test_a_form_opens(slow: Chat, fault: Fault) -> None:
    slow.server.fail(CALLBACK, fault)
    opened = await slow.server.slash(slow.world.member, slow.world.channel, "ijm form")
    await opened.modal()
    assert "granted" in (await (await slow.server.submit_modal(opened, {"what": "peace"})).answered()).text


@faults
async def test_a_reply_is_deleted(chat: Chat, fault: Fault) -> None:
    post = await chat.slash("ijm ask", {"question": SURE})
    chat.server.fail(DELETION, fault)
    await chat.pressed(post, "Delete")
    await chat.settled()
    assert post.deleted
    assert len(by_the_bot(chat)) == 1


async def test_a_mention_is_answered_also_after_several_broken_connections(chat: Chat) -> None:
    chat.server.fail(MESSAGES, disconnected(), times=3)
    assert "2 years" in (await chat.mention(SURE)).text


async def test_a_ban_for_too_many_wrong_requests_is_not_made_worse(chat: Chat) -> None:
    chat.server.fail(MESSAGES, banned())
    await chat.server.say(chat.world.member, chat.world.channel, SURE, mentions=[chat.world.bot])
    await chat.settled()
    assert len(chat.server.calls_to(MESSAGES)) == 1


async def test_two_bots_with_one_token_answer_once_between_them(app: App, services: Services) -> None:
    async with DiscordServer() as server, served(app, server), served(App(services), server):
        chat = Chat(server)
        said = await server.say(chat.world.member, chat.world.channel, SURE, mentions=[chat.world.bot])
        await server.posted(chat.world.channel, after=said)
        assert (await chat.slash("ijm outcomes")).text
        await chat.settled()
        assert len(by_the_bot(chat)) == 2
        assert (len(server.calls_to(MESSAGES)), len(server.calls_to(CALLBACK))) == (2, 2)


@pytest.mark.parametrize("during", ["idle", "busy"])
@pytest.mark.parametrize(
    "interrupt",
    [
        lambda server: server.gateway.drop(),
        lambda server: server.gateway.reconnect(),
        lambda server: server.gateway.close(4000),
        lambda server: server.gateway.close(1001),
        lambda server: server.gateway.invalidate(resumable=True),
    ],
    ids=["drop", "op 7", "4000", "1001", "op 9, resumable"],
)
async def test_an_interrupted_session_is_resumed_and_nothing_is_lost_or_doubled(
    slow: Chat, gate: Gate, interrupt: Callable[[DiscordServer], None], during: str
) -> None:
    used = []
    if during == "busy":
        used.append(await slow.server.slash(slow.world.member, slow.world.channel, "ijm slow"))
        await used[0].responded()
    interrupt(slow.server)
    # This comes while the bot is away, and is told to it when it resumes.
    used.append(await slow.server.slash(slow.world.member, slow.world.channel, "ijm quick"))
    await slow.server.gateway.resumed()
    gate.open.set()
    for each in used:
        assert (await each.answered()).text
    await slow.settled()
    assert len(by_the_bot(slow)) == len(used) == gate.passed
    assert len(slow.server.gateway.identifies) == 1


@pytest.mark.parametrize(
    "interrupt",
    [
        lambda server: server.gateway.invalidate(resumable=False),
        lambda server: (server.gateway.forget(), server.gateway.drop()),
        lambda server: (server.gateway.forget(), server.gateway.reconnect()),
    ],
    ids=["op 9", "forgotten, drop", "forgotten, op 7"],
)
async def test_a_session_that_is_gone_is_begun_anew(chat: Chat, interrupt: Callable[[DiscordServer], None]) -> None:
    before = await chat.slash("ijm ask", {"question": SURE})
    interrupt(chat.server)
    await chat.server.gateway.identified(2)
    assert "APA citation" in (await chat.press(before, "Cite this")).text
    assert "2 years" in (await chat.mention(SURE)).text
    await chat.settled()
    assert len(by_the_bot(chat)) == 3


class Door:
    """A way into the gateway that lets nobody in at first: each word of `mishaps` is what happens to one who comes."""

    def __init__(self, server: DiscordServer) -> None:
        self.mishaps: list[str] = []
        self._server = server

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The gateway's handler, if nothing happens."""
        if not self.mishaps:
            return await self._server.gateway.serve(request)
        if self.mishaps.pop(0) == "503":
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert request.transport is not None
        request.transport.abort()
        return socket


@asynccontextmanager
async def door_to(server: DiscordServer) -> AsyncIterator[tuple[Door, str]]:
    """A door, and its address."""
    door = Door(server)
    web_app = web.Application()
    web_app.router.add_get("/", door.serve)
    runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield door, f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await server.gateway.stop()
        await runner.cleanup()


@pytest.mark.parametrize(
    "mishaps", [["503"], ["broken"], ["503", "503", "broken"], ["503", "broken", "broken", "503", "broken"]], ids=str
)
async def test_a_connection_that_fails_while_it_is_made_again_is_made_in_the_end(app: App, mishaps: list[str]) -> None:
    async with DiscordServer() as server, door_to(server) as (door, url), serving(app, server, gateway_url=url) as task:
        await server.gateway.identified()
        chat = Chat(server)
        assert (await chat.slash("ijm outcomes")).text
        door.mishaps += mishaps
        server.gateway.forget()
        server.gateway.drop()
        await server.gateway.identified(2)
        assert (await chat.slash("ijm outcomes")).text
        assert not door.mishaps
        assert not task.done()


def test_a_try_to_connect_again_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    shorten()
    shorten()
    log = logging.getLogger("discord.shard")
    try:
        raise ConnectionResetError("secret")
    except ConnectionResetError as error:
        log.error("Attempting a reconnect for shard ID %s in %.2fs", 0, 1.5, exc_info=error)
        log.exception("Failed to connect for shard_id: %s. Retrying...", 0)
        log.exception("Something else")
    assert caplog.messages == [
        "Attempting a reconnect for shard ID 0 in 1.50s (ConnectionResetError)",
        "Failed to connect for shard_id: 0. Retrying... (ConnectionResetError)",
        "Something else",
    ]
    assert [record.exc_info is None for record in caplog.records] == [True, True, False]
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "ERROR"]
