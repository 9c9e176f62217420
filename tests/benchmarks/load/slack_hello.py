"""The floor: what slack-bolt's own pages show, a command that is acknowledged and answered with "hello"."""

import os
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def main() -> None:
    """Serve it over HTTP; the port is printed."""
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])

    @app.command("/ijm")
    async def hello(ack: Any, respond: Any) -> None:
        await ack()
        await respond("hello")

    port = int(os.environ["PORT"])
    web.run_app(app.web_app("/slack/events"), host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
