"""The context of a message: the bot's last message in its thread, the first message, or nothing."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.connection.web import error_of
from adapters.slack.events import Address
from adapters.slack.texts import spoken
from bot.chat.events import Message

# How long to wait for the thread; without it, the bot uses what it remembers.
READ_SECONDS = 3
# Messages of a thread that are read. Slack gives the oldest first, so the end of a longer one is not known.
MESSAGES_LIMIT = 200
_DIRECT, _CHANNEL = frozenset({"im:history"}), frozenset({"channels:history", "groups:history"})

log = logging.getLogger(__name__)


async def referring(
    message: Message, address: Address, client: AsyncWebClient, scopes: Set[str] | None, me: str | None
) -> Message:
    """Return a message in a thread with what is known about the messages above it; `me` is the bot's user id. A
    forwarded message counts for more than the one above. If the token's `scopes` do not let the bot read, the message
    that began the thread counts as empty.
    """
    unread = replace(message, quoted=message.quoted or "")
    needed = _DIRECT if message.place.direct else _CHANNEL
    if scopes is not None and needed.isdisjoint(scopes):
        return unread
    try:
        async with asyncio.timeout(READ_SECONDS):
            read = await client.conversations_replies(
                channel=str(address.channel), ts=str(address.begun), limit=MESSAGES_LIMIT
            )
    except SlackApiError as error:
        log.info("Slack does not show a thread: %s", error_of(error))
        return unread
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("Slack does not show a thread: %s", type(error).__name__)
        return unread
    above: list[Mapping[str, Any]] = [each for each in read["messages"] if each.get("ts") != address.said]
    own = [each for each in above if me is not None and each.get("user") == me]
    parent = above[0] if above else None
    quoted = spoken(str(parent.get("text") or ""), me) if parent is not None and parent not in own else None
    quoted = message.quoted or quoted
    replied = tuple(_buttons(own[-1])) if own and not read.get("has_more") else ()
    return replace(message, replied=replied, quoted=quoted)


async def is_unused(client: AsyncWebClient, address: Address) -> bool:
    """Return whether the conversation with somebody who opens the bot is empty; False if Slack does not say."""
    if address.chat is None:
        return False
    try:
        async with asyncio.timeout(READ_SECONDS):
            read = await client.conversations_history(channel=address.chat, limit=1)
    except SlackApiError as error:
        log.info("Slack does not show a direct conversation: %s", error_of(error))
        return False
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("Slack does not show a direct conversation: %s", type(error).__name__)
        return False
    return not read["messages"]


def _buttons(message: Mapping[str, Any]) -> Iterator[str]:
    """Return the ids of a message's buttons, which are its elements' action ids."""
    for block in message.get("blocks") or ():
        for element in block.get("elements") or ():
            if element.get("type") == "button":
                yield str(element.get("action_id") or "")
