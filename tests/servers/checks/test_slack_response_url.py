"""The response_urls of the local Slack: five answers in half an hour, new ones or in place of a message."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.servers.slack.example import Clock, bolt, over_socket_mode, section
from tests.servers.slack.rules.values import Channel, SlackApp, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[SlackServer]:
    async with SlackServer(SlackApp(events=frozenset()), clock=clock) as server:
        yield server
        assert server.unexpected == ()


@asynccontextmanager
async def asked(slack: SlackServer, member: User, general: Channel) -> AsyncIterator[AsyncWebhookClient]:
    """A response_url of a command, which nobody else uses."""
    app = AsyncApp(client=AsyncWebClient(slack.bot_token, base_url=slack.web_api_url))

    @app.command("/ijm")
    async def command(ack: Any) -> None:
        await ack()

    async with over_socket_mode(slack, app):
        delivery = slack.slash(member, general, "/ijm")
        await delivery.ack()
        yield AsyncWebhookClient(delivery.payload["response_url"])


async def test_a_response_url_takes_five_answers(slack: SlackServer, member: User, general: Channel) -> None:
    async with asked(slack, member, general) as url:
        answers = [await url.send(text=f"{number}") for number in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [404]
        assert json.loads(answers[5].body) == {"ok": False, "error": "used_url"}
        assert [message.text for message in slack.world.whispered_to(member)] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_lasts_half_an_hour(
    slack: SlackServer, member: User, general: Channel, clock: Clock
) -> None:
    async with asked(slack, member, general) as url:
        clock.now += 30 * 60
        assert (await url.send(text="just in time", response_type="in_channel")).status_code == 200
        assert slack.world.said_in(general)[0].text == "just in time"
        clock.now += 1
        assert "expired_url" in (await url.send(text="too late")).body


async def test_an_ephemeral_message_is_replaced_and_deleted_through_its_buttons(
    slack: SlackServer, member: User, general: Channel
) -> None:
    button = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}}
    shown = [section("one"), {"type": "actions", "elements": [button]}]
    client = AsyncWebClient(slack.bot_token, base_url=slack.web_api_url)
    await client.chat_postEphemeral(channel=general.id, user=member.id, text="one", blocks=shown)
    (whisper,) = slack.world.whispered_to(member)
    async with over_socket_mode(slack, bolt(slack)):
        pressed = slack.press(member, whisper, "more", None)
        assert "message" not in pressed.payload
        assert pressed.payload["container"]["is_ephemeral"]
        url = AsyncWebhookClient(pressed.payload["response_url"])
        await url.send(text="two", replace_original=True)
        assert [message.shown for message in slack.world.whispered_to(member) if message.ts == whisper.ts] == ["two"]
        await url.send(delete_original=True)
        assert whisper.ts not in {message.ts for message in slack.world.whispered_to(member)}
