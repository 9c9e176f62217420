"""The bot on Slack when things come twice, late or broken."""

import asyncio

import pytest

from bot.app.app import App
from tests.adapters.slack.running import SURE, over_socket_mode
from tests.servers.patience import WAIT_SECONDS
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("bot")
async def test_an_event_that_comes_again_is_answered_once(slack: SlackServer, kim: User, general: Channel) -> None:
    asked = slack.mention(kim, general, SURE)
    await asked.message()
    assert (await slack.redeliver(asked).ack()).ok
    await slack.dm(kim, "topics").message()
    assert len(slack.calls("chat.postMessage")) == 2


async def test_an_event_is_answered_once_by_several_replicas(
    app: App, slack: SlackServer, kim: User, general: Channel
) -> None:
    async with over_socket_mode(app, slack), over_socket_mode(App(app.services), slack):
        for number in (0, 1):
            slack.socket.choose = lambda connections, number=number: connections[number]
            if number == 0:
                asked = slack.mention(kim, general, SURE)
                await asked.message()
            else:
                await slack.redeliver(asked).ack()
                await slack.dm(kim, "topics").message()
        assert len(slack.calls("chat.postMessage")) == 2


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("method", ["chat.postMessage", "response_url"])
async def test_a_rate_limit_is_waited_for(slack: SlackServer, kim: User, general: Channel, method: str) -> None:
    slack.faults.rate_limit(method, retry_after=0)
    asked = slack.dm(kim, SURE) if method == "chat.postMessage" else slack.slash(kim, general, "/ijm", SURE)
    await asked.message()
    assert [call.status for call in slack.calls(method)] == [429, 200]


@pytest.mark.usefixtures("connected")
async def test_a_server_error_is_tried_again(slack: SlackServer, kim: User) -> None:
    slack.faults.crash("chat.postMessage")
    await slack.dm(kim, SURE).message()
    assert [call.status for call in slack.calls("chat.postMessage")] == [500, 200]


async def test_what_breaks_is_logged_without_what_was_written(
    connected: App, slack: SlackServer, kim: User, caplog: pytest.LogCaptureFixture
) -> None:
    assert connected is not None
    slack.faults.refuse("chat.postMessage", "restricted_action")
    first = slack.dm(kim, "secret words about aftercare")
    assert (await first.ack()).ok
    async with asyncio.timeout(WAIT_SECONDS):
        while "restricted_action" not in caplog.text:  # noqa: ASYNC110 (a log has no event to wait for)
            await asyncio.sleep(0.01)
    assert "aftercare" in (await slack.dm(kim, SURE).message()).shown
    assert "restricted_action" in caplog.text
    assert "secret" not in caplog.text


async def test_a_store_that_fails_is_no_reason_for_silence(
    connected: App, slack: SlackServer, kim: User, caplog: pytest.LogCaptureFixture
) -> None:
    await connected.services.store.close()
    assert "can't reach my memory" in (await slack.dm(kim, SURE).message()).shown
    assert "does not say whether this was answered" in caplog.text


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_a_disconnect_is_followed_by_a_new_connection(slack: SlackServer, kim: User, reason: str) -> None:
    await (await slack.socket.connected()).disconnect(reason)
    await slack.socket.connected(2)
    assert "aftercare" in (await slack.dm(kim, SURE).message()).shown


async def test_over_socket_mode_what_is_nested_too_deep_is_left_out(
    app: App, slack: SlackServer, kim: User, general: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    async with over_socket_mode(app, slack):
        (connection,) = slack.socket.connections
        for deep in ('{"payload":' * 100_000, '{"payload":' + "[" * 300_000):
            await connection.socket.send_str(deep)
        assert "aftercare" in (await slack.slash(kim, general, "/ijm", SURE).message()).shown
    assert caplog.messages.count("Slack sent something that is nested too deep; it is left out.") == 2
    assert "Traceback" not in caplog.text
