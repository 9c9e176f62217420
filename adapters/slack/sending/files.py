"""Files to and from Slack: pictures and exports that the bot sends, and what people put into its forms."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters.shared.proxies import proxy_for
from adapters.slack.connection.web import error_of
from adapters.slack.events import Address
from bot.chat.events import UPLOAD_LIMIT, Upload
from bot.chat.replies import File, Image, Reply, note, text

# docs.slack.dev/reference/methods/files.getUploadURLExternal: alt_txt.
ALT_LIMIT = 1000
# A megabyte takes a fraction of this, and people should not wait long.
DOWNLOAD_SECONDS = 10
# Slack's errors if the app was installed without these scopes, or if the bot is not in the channel.
_NOT_ALLOWED = frozenset({"missing_scope", "not_in_channel", "channel_not_found", "no_permission", "restricted_action"})
_REFUSED = (
    "I could not send the file: Slack does not let me do that here ({word}). An admin may have to install me again, "
    "or invite me to this channel."
)
_DIRECTLY = "In a channel, Slack can't show a file only to you, so it is in our direct conversation."


async def upload(client: AsyncWebClient, address: Address, reply: Reply) -> Reply | None:
    """Send a reply's pictures and files: to the channel if it is public, else only to the person.

    Returns a remark: that Slack refuses them, or that they are in the direct conversation; None if there is nothing to
    say. Raises SlackApiError for errors other than missing permissions.
    """
    sent = [block for block in reply.blocks if isinstance(block, Image | File)]
    if not sent:
        return None
    try:
        channel = await _channel(client, address, private=reply.private)
        await client.files_upload_v2(
            file_uploads=[_described(block) for block in sent],
            channel=channel,
            thread_ts=None if reply.private else address.thread,
        )
    except SlackApiError as error:
        if error_of(error) not in _NOT_ALLOWED:
            raise
        return Reply((text(_REFUSED.format(word=error_of(error))),), private=True)
    return None if channel == address.channel else Reply((note(_DIRECTLY),), private=True)


def _described(block: Image | File) -> dict[str, Any]:
    """Return a file with its name, and a picture with its alt text."""
    described = {"content": block.content, "filename": block.name, "title": block.name}
    return described | ({"alt_txt": block.alt[:ALT_LIMIT]} if isinstance(block, Image) else {})


async def _channel(client: AsyncWebClient, address: Address, *, private: bool) -> str:
    """Return the channel, or the direct conversation with whoever asked: a file cannot be ephemeral."""
    if address.channel is not None and (not private or address.channel.startswith("D")):
        return address.channel
    opened = await client.conversations_open(users=address.user)
    channel: str = opened["channel"]["id"]
    return channel


async def downloaded(client: AsyncWebClient, file: Mapping[str, Any]) -> Upload:
    """Download a file from a form. Raises ClientError if Slack refuses, or if the file is not at Slack."""
    name = str(file.get("name") or "")
    if int(file.get("size") or 0) > UPLOAD_LIMIT:
        return Upload(name, None)
    address = str(file.get("url_private_download") or "")
    if not is_slacks(address, client.base_url):
        raise aiohttp.ClientError("a file that is not at Slack")
    headers = {"Authorization": f"Bearer {client.token}"}
    timeout = aiohttp.ClientTimeout(total=DOWNLOAD_SECONDS)
    content = bytearray()
    async with (
        aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
        session.get(address, allow_redirects=False, proxy=proxy_for(address)) as answer,
    ):
        if answer.status != HTTPStatus.OK:
            raise aiohttp.ClientError(f"status {answer.status}")
        async for chunk in answer.content.iter_any():
            content += chunk
            if len(content) > UPLOAD_LIMIT:
                return Upload(name, None)
    return Upload(name, bytes(content))


def is_slacks(address: str, api: str) -> bool:
    """Return whether this Slack keeps files at an address (https://files.slack.com); the token goes nowhere else."""
    try:
        asked, home = URL(address).origin(), URL(api).origin()
    except ValueError:
        return False
    return asked == home or (asked.scheme == "https" and asked == home.with_host(f"files.{home.host}"))
