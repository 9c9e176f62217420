"""A small real slack-bolt app, and the two ways to connect it: for the self tests, and to copy from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.server import SlackServer

MODAL = {
    "type": "modal",
    "callback_id": "suggest",
    "title": {"type": "plain_text", "text": "Suggest"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b-question",
            "label": {"type": "plain_text", "text": "Your question"},
            "element": {"type": "plain_text_input", "action_id": "question"},
        }
    ],
}
HOME: dict[str, Any] = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Welcome"}}]}
BUTTON = {"type": "button", "action_id": "more", "value": "7", "text": {"type": "plain_text", "text": "More"}}
ANSWER = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Yes*"}},
    {"type": "actions", "elements": [BUTTON]},
]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def section(text: str) -> dict[str, Any]:
    """A section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def bolt(slack: SlackServer, token: str | None = None) -> AsyncApp:
    """An app as an adapter would write it, with one listener of each kind."""
    client = AsyncWebClient(token or slack.bot_token, base_url=slack.web_api_url)
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)

    @app.command("/ijm")
    async def command(ack: Any, respond: Any, command: Any) -> None:
        await ack()
        await respond(f"You asked: {command['text']}", response_type="in_channel")

    @app.command("/quick")
    async def quick(ack: Any) -> None:
        await ack("at once")

    @app.event("app_mention")
    async def mention(event: Any, say: Any) -> None:
        where = event.get("thread_ts") or event["ts"]
        await say("Yes", blocks=ANSWER, thread_ts=where)

    @app.event("message")
    async def message(event: Any, say: Any) -> None:
        if event["channel_type"] == "im" and "subtype" not in event:
            await say(f"Direct: {event['text']}")

    @app.action("more")
    async def more(ack: Any, body: Any, respond: Any) -> None:
        await ack()
        await respond(f"More of {body['actions'][0]['value']}", replace_original=False)

    @app.shortcut("answer")
    async def shortcut(ack: Any, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("suggest")
    async def submitted(ack: Any, view: Any, client: AsyncWebClient, body: Any) -> None:
        typed = view["state"]["values"]["b-question"]["question"]["value"]
        if typed == "?":
            await ack(response_action="errors", errors={"b-question": "That is no question"})
            return
        await ack()
        opened = await client.conversations_open(users=body["user"]["id"])
        await client.chat_postMessage(channel=opened["channel"]["id"], text=f"Thank you for {typed}")

    @app.event("app_home_opened")
    async def home(event: Any, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=HOME)

    return app


@asynccontextmanager
async def over_socket_mode(slack: SlackServer, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app connected over Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.app.app_token, ping_interval=0.1)
    try:
        await handler.connect_async()
        await slack.socket.connected()
        yield handler
    finally:
        await handler.close_async()


@asynccontextmanager
async def over_http(slack: SlackServer, app: AsyncApp) -> AsyncIterator[str]:
    """The app as a request URL."""
    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.serve_over_http(url)
    try:
        yield url
    finally:
        await runner.cleanup()
