"""Hear messages: mentions, direct messages and, where it is wanted, unaddressed questions."""

import logging
from datetime import timedelta
from typing import Any

import discord
from cachetools import TTLCache
from discord.abc import Messageable

from adapters.discord.events import DISCORD, message_event
from adapters.discord.hearing.replied import above, referring
from adapters.discord.hearing.threads import opened
from adapters.discord.rendering.embeds import content, render
from adapters.discord.sending import (
    LATER_PAUSES,
    NOBODY,
    deliver,
    insist,
    is_refusal,
    is_unknown_reference,
    parts,
    react,
    refusal,
)
from adapters.shared.urgent import Way
from bot.app.app import App
from bot.chat.events import Event, Message
from bot.chat.replies import Reply
from bot.commands.metrics import PlatformError

# An edited message that now mentions the bot is answered if it is not older than this.
EDITED_WITHIN = timedelta(minutes=5)
# How many messages are remembered as heard in that time.
HEARD_LIMIT = 10_000

log = logging.getLogger(__name__)


class Hearing:
    """Answers messages, each once."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._metrics = app.services.metrics
        self._began = discord.utils.utcnow()
        self._heard: TTLCache[int, bool] = TTLCache(HEARD_LIMIT, EDITED_WITHIN.total_seconds())

    async def on_message(self, message: discord.Message, me: discord.abc.Snowflake) -> None:
        """Answer a mention, a direct message, or a question in a channel that wants it."""
        event = message_event(message, me)
        if event is None:
            return
        if event.addressed:
            self._heard[message.id] = True
            event = referring(event, await above(message), me)
        await self._answer(message, event)

    async def on_edit(self, message: discord.Message, me: discord.abc.Snowflake) -> None:
        """Answer a message if an edit made it mention the bot, soon after it was written. An answered message keeps its
        answer; one from before this process started may have been answered.
        """
        since = max(self._began, discord.utils.utcnow() - EDITED_WITHIN)
        if message.edited_at is None or message.guild is None or message.id in self._heard:
            return
        event = message_event(message, me)
        if event is not None and event.addressed and message.created_at >= since:
            await self.on_message(message, me)

    async def _answer(self, message: discord.Message, event: Message) -> None:
        reply = await self._app.handle(event)
        if not isinstance(reply, Reply):
            return
        if reply.reaction:
            await react(message, reply.reaction)
            return
        shown = reply.cover if reply.private and reply.cover and not event.place.direct else reply
        if reply.urgent:
            last = content(reply.shortest)
            await self.surely(
                event,
                reply,
                message.author,
                lambda: self._post(message, shown),
                lambda: message.channel.send(last, allowed_mentions=NOBODY),
            )
            return
        try:
            await self._post(message, shown)
        except discord.Forbidden:
            self._metrics.platform_error(DISCORD.name, PlatformError.REFUSED)
            log.warning("May not answer in channel %d: the bot lacks a permission there.", message.channel.id)
        except discord.HTTPException as error:
            if is_unknown_reference(error):
                log.info("A question was deleted before its answer, so it gets none.")
            elif is_refusal(error):
                refusal(self._metrics, error)
            else:
                raise

    async def surely(self, event: Event, reply: Reply, person: Messageable, first: Way, last: Way) -> None:
        """Deliver an urgent reply, and tell the core whether it arrived."""
        if await deliver(person, reply, first, last):
            self._app.arrived(event)
        else:
            self._metrics.platform_error(DISCORD.name, PlatformError.REFUSED)
            log.error("Discord takes no urgent reply, nor a direct message; check the bot's permissions.")

    async def _post(self, message: discord.Message, reply: Reply) -> None:
        """Reply to a message where it is, as far as the bot may. Raises HTTPException."""
        rendered = render(reply)
        thread = await opened(message, reply) if reply.thread else None
        # A thread opens below its message; elsewhere, a reply to a deleted message is dropped.
        reference = message.to_reference(fail_if_not_exists=True) if thread is None else None
        pings = discord.AllowedMentions(everyone=False, users=False, roles=False, replied_user=reply.notify)
        body: dict[str, Any] = {"embed": rendered.embed, "reference": reference}
        if message.guild is not None:
            allowed = message.channel.permissions_for(message.guild.me)
            if not allowed.embed_links:
                body |= {"embed": None, "content": content(reply), "suppress_embeds": True}
            if not allowed.read_message_history:
                # Discord refuses a reply to what the bot could not read again.
                body["reference"] = None
        # Discord posts only once for one nonce, however many tries there are.
        await insist(
            lambda: (thread or message.channel).send(
                **body, **parts(rendered), nonce=message.id, allowed_mentions=pings if reply.notify else NOBODY
            ),
            LATER_PAUSES,
        )
