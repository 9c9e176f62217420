"""Socket Mode of the local Slack with the SDK's own client: acks, retries, and connections that end."""

import asyncio
from operator import itemgetter
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.example import bolt, over_socket_mode
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_a_disconnect_makes_the_app_connect_anew(
    slack: SlackServer, member: User, general: Channel, reason: str
) -> None:
    async with over_socket_mode(slack, bolt(slack)):
        first = await slack.socket.connected()
        await first.disconnect(reason)
        second = await slack.socket.connected(2)
        assert slack.socket.connections == [second]
        assert (await slack.slash(member, general, "/ijm", "still there?").message()).text == "You asked: still there?"
        assert len(slack.calls("apps.connections.open")) == 2


async def test_a_dropped_connection_is_made_anew(slack: SlackServer, member: User, general: Channel) -> None:
    async with over_socket_mode(slack, bolt(slack)):
        (await slack.socket.connected()).drop()
        # Sent while there is no connection, it waits for the next one.
        asked = slack.mention(member, general, "still there?")
        assert (await asked.message()).text == "Yes"
        assert {number for number, _ in slack.socket.sent} == {1}


async def test_a_disconnect_and_a_close_at_once_lose_no_event(slack: SlackServer, member: User) -> None:
    async with over_socket_mode(slack, bolt(slack)):
        # The SDK then connects twice, and closes the first of the two, maybe with an ack on its way.
        slack.socket.ack_seconds = 2
        await (await slack.socket.connected()).disconnect("refresh_requested", close=True)
        asked = slack.dm(member, "still there?")
        await asked.attempts.wait(where=lambda attempt: attempt.ack is not None)
        assert (await asked.message()).text == "Direct: still there?"


async def test_each_envelope_goes_to_one_of_several_connections(
    slack: SlackServer, member: User, general: Channel
) -> None:
    app = bolt(slack)
    async with over_socket_mode(slack, app), over_socket_mode(slack, app):
        await slack.socket.connected(2)
        for wanted in (1, 0, 1):
            slack.socket.choose = itemgetter(wanted)
            assert (await slack.slash(member, general, "/ijm").ack()).ok
        commands = slack.socket.sent.since(where=lambda one: one[1]["type"] == "slash_commands")
        assert [number for number, _ in commands] == [1, 0, 1]
        await slack.requests.wait(3, where=lambda request: request.method == "response_url")


async def test_an_event_that_is_not_acked_is_sent_again(slack: SlackServer, member: User) -> None:
    tried: list[dict[str, Any]] = []
    client = AsyncWebClient(slack.bot_token, base_url=slack.web_api_url)
    app = AsyncApp(client=client, raise_error_for_unhandled_request=False)

    async def busy(req: Any, resp: Any, next: Any) -> None:  # noqa: A002 - bolt names its arguments
        tried.append(dict(req.headers))
        if len(tried) < 3:
            slack.socket.give_up()
            await asyncio.Event().wait()
        await next()

    app.use(busy)

    @app.event("message")
    async def message(say: Any) -> None:
        await say("At last")

    async with over_socket_mode(slack, app):
        asked = slack.dm(member, "hello")
        assert (await asked.ack(2)).ok
        # bolt makes HTTP's headers of the envelope's fields, also for the first sending.
        assert [headers["x-slack-retry-num"] for headers in tried[:3]] == [["0"], ["1"], ["2"]]
        assert [headers["x-slack-retry-reason"] for headers in tried[:3]] == [[""], ["timeout"], ["timeout"]]
        assert [attempt.failure for attempt in asked.attempts] == ["timeout", "timeout", None]
        sent = slack.socket.sent.since(where=lambda one: one[1]["payload"] == asked.payload)
        assert len({frame["envelope_id"] for _, frame in sent}) == 3
        assert (await asked.message()).text == "At last"


async def test_a_command_that_is_not_acked_is_not_sent_again(
    slack: SlackServer, member: User, general: Channel
) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.web_api_url)
    app = AsyncApp(client=client)

    @app.command("/slow")
    async def slow() -> None:
        await asyncio.Event().wait()

    async with over_socket_mode(slack, app):
        slack.socket.ack_seconds = 0.1
        asked = slack.slash(member, general, "/slow")
        with pytest.raises(AssertionError, match="not acked: timeout"):
            await asked.ack()
        assert len(asked.attempts) == 1


async def test_connecting_is_tried_again_after_a_rate_limit(slack: SlackServer) -> None:
    slack.faults.rate_limit("apps.connections.open", retry_after=0)
    async with over_socket_mode(slack, bolt(slack)):
        assert [request.status for request in slack.calls("apps.connections.open")] == [429, 200]


async def test_a_wrong_app_token_is_tried_for_ever(slack: SlackServer) -> None:
    handler = AsyncSocketModeHandler(bolt(slack), "xapp-wrong", ping_interval=0.01)
    connecting = asyncio.create_task(handler.connect_async())
    tried = await slack.requests.wait(3, where=lambda request: request.method == "apps.connections.open")
    assert [request.answer["error"] for request in tried] == ["invalid_auth"] * 3
    assert not connecting.done()
    await handler.close_async()
    await connecting


async def test_a_bot_token_opens_no_connection(slack: SlackServer) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.web_api_url)
    with pytest.raises(Exception, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=slack.bot_token)


async def test_an_eleventh_connection_is_turned_away(slack: SlackServer) -> None:
    client = AsyncWebClient(base_url=slack.web_api_url)
    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(11):
            url = (await client.apps_connections_open(app_token=slack.app.app_token))["url"]
            sockets.append(await session.ws_connect(url))
        greetings = [await socket.receive_json() for socket in sockets]
        assert [greeting["type"] for greeting in greetings] == ["hello"] * 10 + ["disconnect"]
        assert greetings[9]["num_connections"] == 10
        assert greetings[10]["reason"] == "too_many_websockets"
        for socket in sockets:
            await socket.close()
