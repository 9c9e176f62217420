"""A core that is slow, breaks or hangs: acknowledged in time, with the right privacy, and answered once."""

import logging
import re
from collections.abc import AsyncIterator

import pytest

import adapters.discord.answering
import bot.app.app
import bot.app.routes
from bot.app.app import App
from bot.chat.events import Event
from bot.chat.replies import Delete, Reply
from bot.commands.context import Services
from tests.adapters.discord.running import CALLBACK, MESSAGES, ORIGINAL, SURE, Chat, served
from tests.adapters.discord.slow import FORM, Gate, dawdling
from tests.servers.discord.faults import Fault, delayed, disconnected, server_error
from tests.servers.discord.interactions import CallbackType
from tests.servers.discord.posts import Post
from tests.servers.discord.server import DiscordServer
from tests.servers.patience import WAIT_SECONDS

pytestmark = pytest.mark.slow


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def chat(services: Services, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chat]:
    monkeypatch.setattr(adapters.discord.answering, "DEFER_AFTER", 0.05)
    async with DiscordServer() as server:
        async with served(dawdling(services, gate), server):
            yield Chat(server)
        assert not server.violations
        assert not server.unexpected


def error_id(post: Post, caplog: pytest.LogCaptureFixture) -> str:
    """The id in an apology; it has to be in the log."""
    found = re.search(r"error ([0-9a-f]{8})", post.text)
    assert found is not None
    assert found.group(1) in caplog.text
    return found.group(1)


def test_an_answer_is_deferred_well_before_discord_gives_up() -> None:
    # interactions/receiving-and-responding.mdx:351
    assert adapters.discord.answering.DEFER_AFTER <= 3 - 0.5


@pytest.mark.parametrize(
    ("path", "options", "private"),
    [("ijm slow", {}, False), ("ijm slow", {"private": True}, True), ("ijm hush", {}, True)],
)
async def test_who_sees_a_slow_answer_is_decided_before_it_is_deferred(
    chat: Chat, gate: Gate, path: str, options: dict[str, bool], private: bool
) -> None:
    used = await chat.server.slash(chat.world.member, chat.world.channel, path, options)
    assert (await used.responded()).type is CallbackType.DEFERRED_MESSAGE
    assert used.original is not None
    assert used.original.ephemeral is private
    gate.open.set()
    post = await used.answered()
    assert post.ephemeral is private
    await chat.settled()
    assert (gate.passed, len(post.versions), used.followups) == (1, 2, [])
    assert chat.server.calls_to(ORIGINAL)[0].json["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize(("label", "private"), [("Slow", True), ("Post", False)])
async def test_a_slow_button_answers_the_presser_unless_it_shares(
    chat: Chat, gate: Gate, label: str, private: bool
) -> None:
    post = await chat.slash("ijm quick")
    pressed = await chat.pressed(post, label)
    assert (await pressed.responded()).type is CallbackType.DEFERRED_MESSAGE
    gate.open.set()
    answer = await pressed.answered()
    assert answer is not post
    assert answer.ephemeral is private
    assert len(post.versions) == 1


async def test_a_crash_answers_once_with_an_error_id_that_is_in_the_log(
    chat: Chat, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not deferred, however busy the machine is: then it would be as public as the command.
    monkeypatch.setattr(adapters.discord.answering, "DEFER_AFTER", 2.0)
    with caplog.at_level(logging.INFO):
        used = await chat.server.slash(chat.world.member, chat.world.channel, "ijm crash", {"secret": "xyzzy"})
        post = await used.answered()
    error_id(post, caplog)
    assert post.ephemeral
    assert "database" not in post.text
    assert "xyzzy" not in caplog.text
    await chat.settled()
    assert (len(chat.server.calls_to(CALLBACK)), used.followups) == (1, [])


async def test_a_core_that_hangs_answers_once_with_an_error_id_that_is_in_the_log(
    chat: Chat, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.app.app, "ANSWER_SECONDS", 0.2)
    used = await chat.server.slash(chat.world.member, chat.world.channel, "ijm hang")
    post = await used.answered()
    error_id(post, caplog)
    assert (await used.responded()).type is CallbackType.DEFERRED_MESSAGE
    await chat.settled()
    assert (len(post.versions), used.followups) == (2, [])


async def test_a_crash_over_a_mention_answers_once(
    services: Services, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the index is gone")

    monkeypatch.setattr(bot.app.routes, "heard", broken)
    async with DiscordServer() as server, served(App(services), server):
        chat = Chat(server)
        error_id(await chat.mention(SURE), caplog)
        await chat.settled()
        assert len(server.calls_to(MESSAGES)) == 1


async def test_an_interaction_that_comes_too_late_is_let_go(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    async with DiscordServer(response_seconds=0.1) as server, served(App(services), server):
        chat = Chat(server)
        server.fail(CALLBACK, delayed(0.2), times=2)
        used = await server.slash(chat.world.member, chat.world.channel, "ijm help")
        typed = await server.autocomplete(chat.world.member, chat.world.channel, "ijm ask", "question", "cebu")
        await server.called(CALLBACK, 2)
        await chat.settled()
        assert [refused.code for each in (used, typed) for refused in each.refused] == [10062, 10062]
        assert caplog.text.count("came too late") == 2
        assert "Could not handle" not in caplog.text
        server.state.interactions.response_seconds = WAIT_SECONDS
        assert "What I can do" in (await chat.slash("ijm help")).text


@pytest.mark.parametrize("fault", [server_error(500), disconnected()], ids=["500", "broken"])
async def test_a_first_response_that_fails_is_sent_again(services: Services, fault: Fault) -> None:
    async with DiscordServer() as server, served(App(services), server):
        server.fail(CALLBACK, fault)
        used = await server.slash(server.world.member, server.world.channel, "ijm help")
        assert (await used.responded()).type is CallbackType.MESSAGE


async def test_an_answer_after_fifteen_minutes_is_let_go(
    services: Services, gate: Gate, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters.discord.answering, "DEFER_AFTER", 0.05)
    async with DiscordServer(token_seconds=0.1) as server, served(dawdling(services, gate), server):
        chat = Chat(server)
        used = await server.slash(chat.world.member, chat.world.channel, "ijm slow")
        await used.responded()
        server.fail(ORIGINAL, delayed(0.2))
        gate.open.set()
        call = await server.called(ORIGINAL)
        await chat.settled()
        assert call.status == 401
        assert "came too late" in caplog.text
        assert "Could not handle" not in caplog.text
        server.state.interactions.token_seconds = WAIT_SECONDS
        assert "at once" in (await chat.slash("ijm quick")).text


@pytest.mark.parametrize("opener", ["command", "button"])
async def test_a_form_opens_and_what_is_typed_into_it_is_answered(chat: Chat, opener: str) -> None:
    if opener == "command":
        opened = await chat.server.slash(chat.world.member, chat.world.channel, "ijm form")
    else:
        opened = await chat.pressed(await chat.slash("ijm quick"), "Wish")
    modal = await opened.modal()
    assert (modal["title"], modal["custom_id"]) == (FORM.title, FORM.id)
    submitted = await chat.server.submit_modal(opened, {"what": "peace"})
    post = await submitted.answered()
    assert "granted 5 letters, because" in post.text
    assert post.ephemeral


async def test_a_form_that_is_closed_leaves_nothing_in_memory(services: Services, gate: Gate) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        async with served(dawdling(services, gate), server) as client:
            await (await server.slash(chat.world.member, chat.world.channel, "ijm form")).modal()
            await chat.slash("ijm quick")
            await chat.settled()
            assert client._connection._view_store._modals == {}
            assert client.persistent_views == []


async def test_a_form_that_would_open_too_late_says_so_instead(chat: Chat, gate: Gate) -> None:
    used = await chat.server.slash(chat.world.member, chat.world.channel, "ijm late")
    await used.responded()
    gate.open.set()
    assert "took too long" in (await used.answered()).text


async def test_a_form_that_is_not_there_any_more_hands_back_what_was_typed(
    services: Services, app: App, gate: Gate
) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        async with served(dawdling(services, gate), server):
            opened = await server.slash(chat.world.member, chat.world.channel, "ijm form")
            await opened.modal()
        async with served(app, server):
            post = await (await server.submit_modal(opened, {"what": "long words"})).answered()
        assert "long words" in post.text
        assert post.ephemeral


class SlowToDelete(App):
    """A core that takes its time to let a reply be deleted."""

    gate: Gate

    async def handle(self, event: Event) -> Reply | Delete | None:
        outcome = await super().handle(event)
        if isinstance(outcome, Delete):
            await self.gate.pass_through()
        return outcome


async def test_a_slow_deletion_leaves_nothing_behind(
    services: Services, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters.discord.answering, "DEFER_AFTER", 0.05)
    app = SlowToDelete(services)
    app.gate = gate
    async with DiscordServer() as server, served(app, server):
        chat = Chat(server)
        post = await chat.slash("ijm ask", {"question": SURE})
        pressed = await chat.pressed(post, "Delete")
        await pressed.responded()
        gate.open.set()
        await chat.settled()
        assert post.deleted
        assert pressed.original is not None
        assert pressed.original.deleted
