"""Slack's assistant surface: questions to suggest, a status while an answer is worked out, and a title for its thread.

Bolt's `Assistant` does the same for listeners of its own; here all payloads take one way (`app.py`), so the methods
are called as they are. Both kinds of the surface send direct messages as `message.im`: the older one (`assistant_view`)
always in a thread that `assistant_thread_started` told of, the newer one (`agent_view`) also outside, and
`app_home_opened` tells that somebody is there (docs.slack.dev/ai/migrating-to-agent-messaging).
"""

import asyncio
import logging
from collections.abc import Awaitable, Sequence, Set
from dataclasses import replace

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.commands import ASSISTANT_METHODS, scopes_of
from adapters.slack.connection.web import error_of
from adapters.slack.events import Address, Heard
from adapters.slack.rendering.controls import one_line
from bot.chat.events import Event, Message, Typed
from bot.chat.replies import Delete, Heading, Reply

# Suggestions, status and title are worth so long a wait, and no longer.
WAIT_SECONDS = 2
STATUS = "is looking it up…"
SUGGESTING = "What would you like to know?"
# A title is read in a list of threads.
TITLE_LIMIT = 100

log = logging.getLogger(__name__)


def assists(scopes: Set[str] | None) -> bool:
    """Return whether a token with these scopes has the assistant surface; False if its scopes are unknown."""
    return scopes is not None and scopes_of(ASSISTANT_METHODS) <= scopes


async def suggest(client: AsyncWebClient, address: Address, questions: Sequence[tuple[str, str]]) -> None:
    """Suggest questions, as titles with what to ask, to somebody who has opened the conversation.

    A thread is named only on the older surface: on the newer one Slack would drop the suggestions silently.
    """
    if not questions:
        return
    prompts = [{"title": title, "message": question} for title, question in questions]
    await _tried(
        client.assistant_threads_setSuggestedPrompts(
            channel_id=str(address.channel), thread_ts=address.begun, title=SUGGESTING, prompts=prompts
        )
    )


def in_thread(found: Heard) -> Heard:
    """Return a direct message, to be answered in its thread, or in a thread that it begins."""
    address, event = found.address, found.event
    if not isinstance(event, Message | Typed) or address.said is None or not event.place.direct:
        return found
    thread = address.thread or address.said
    place = replace(event.place, thread=thread)
    return replace(found, event=replace(event, place=place), address=replace(address, thread=thread))


def opened(client: AsyncWebClient, address: Address, event: Event) -> "Thread | None":
    """Return the thread of a question to the bot alone, which says from now on that it is worked on."""
    if not isinstance(event, Message | Typed) or address.said is None or not event.place.direct:
        return None
    begins = address.begun is None or (isinstance(event, Message) and not event.replied)
    return Thread(client, address, begins=begins)


class Thread:
    """The thread of a question while it is answered; `begins` says that the question is the first one in it."""

    def __init__(self, client: AsyncWebClient, address: Address, *, begins: bool) -> None:
        self._client, self._begins = client, begins
        self._channel, self._ts = str(address.channel), str(address.thread)
        self._status = asyncio.ensure_future(self._say(STATUS))

    async def answering(self, reply: Reply | Delete | None) -> None:
        """Let the status arrive before the answer, which takes it away; without one, take it away."""
        await self._status
        if not isinstance(reply, Reply) or reply.reaction:
            await self._say("")

    async def answered(self, reply: Reply | Delete | None) -> None:
        """Title a new thread after its answer, except one that could reveal that somebody is in danger."""
        if not self._begins or not isinstance(reply, Reply) or reply.urgent:
            return
        title = next((one_line(block.text, TITLE_LIMIT) for block in reply.blocks if isinstance(block, Heading)), "")
        if title:
            await _tried(
                self._client.assistant_threads_setTitle(channel_id=self._channel, thread_ts=self._ts, title=title)
            )

    async def _say(self, status: str) -> None:
        await _tried(
            self._client.assistant_threads_setStatus(channel_id=self._channel, thread_ts=self._ts, status=status)
        )


async def _tried(call: Awaitable[object]) -> None:
    """Call a method that nobody misses if Slack refuses it or takes long."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await call
    except SlackApiError as error:
        log.info("Slack refuses a part of the assistant surface: %s", error_of(error))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.info("Slack does not take a part of the assistant surface: %s", type(error).__name__)
