"""Sending exactly once over connections that break: what may be sent again, and how often."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import discord
from discord.abc import Messageable

from adapters.discord.events import DISCORD
from adapters.discord.rendering.components import swapped
from adapters.discord.rendering.embeds import Rendered, content, render
from adapters.shared.urgent import Way, first_taken
from bot.chat.replies import Reply
from bot.commands.metrics import Metrics, PlatformError

# Discord's error codes (topics/opcodes-and-status-codes.mdx): the 3 seconds or the 15 minutes of an interaction are
# over; it was answered already, which a retry after a lost response finds.
UNKNOWN_INTERACTION = 10062
INVALID_TOKEN = 50027
_ALREADY_ANSWERED = 40060
# The bot's own fault: Discord could not read what it sent.
_INVALID_FORM = 50035
# Seconds between tries after a broken connection: two fit into the time for a first response; what comes later has
# 15 minutes, but Discord remembers the nonce of a message for a few only.
_FIRST_PAUSES = (0.2, 0.6)
LATER_PAUSES = (*_FIRST_PAUSES, 2.0, 6.0)
# Nothing that the bot says pings anybody.
NOBODY = discord.AllowedMentions.none()

log = logging.getLogger(__name__)


async def insist(send: Callable[[], Awaitable[object]], pauses: Sequence[float] = _FIRST_PAUSES) -> None:
    """Send something that may safely arrive twice, and send it again if the connection breaks.

    discord.py itself repeats what Discord refuses for a while (429, most of 5xx), but on Linux no broken connection.
    `_ALREADY_ANSWERED` means that a first try did arrive, although its response was lost.
    """
    for pause in (*pauses, None):
        try:
            await send()
        except (aiohttp.ClientError, OSError, discord.DiscordServerError):
            if pause is None:
                raise
            await asyncio.sleep(pause)
        except discord.HTTPException as error:
            if error.code != _ALREADY_ANSWERED:
                raise
            return
        else:
            return


def is_refusal(error: discord.HTTPException) -> bool:
    """Return whether a refusal is due to the place: a deleted channel, an archived thread, slow mode, AutoMod.

    The bot is not at fault then, and trying again is useless.
    """
    return not isinstance(error, discord.DiscordServerError) and error.code != _INVALID_FORM


def is_unknown_reference(error: discord.HTTPException) -> bool:
    """Return whether Discord refuses a reply because the message that it replies to is gone."""
    return error.code == _INVALID_FORM and "message_reference" in error.text


def one_line(error: Exception) -> str:
    """Return an error's message in one line for the log; Discord's have a line per field."""
    return " ".join(str(error).split()) or type(error).__name__


def parts(rendered: Rendered) -> dict[str, Any]:
    """Return a reply's components and files for one try, since a file can be read only once."""
    shown: dict[str, Any] = {"view": rendered.controls} if rendered.controls is not None else {}
    return shown | ({"files": rendered.files} if rendered.attached else {})


def edited(message: discord.Message, reply: Reply) -> dict[str, Any]:
    """Return the edit that turns a message into a reply, or that changes only its buttons."""
    if reply.swap is not None:
        return {"view": swapped(message, reply.swap)}
    rendered = render(reply)
    if message.content and not message.embeds:
        # The bot may not embed links there.
        return {"content": content(reply), "view": rendered.controls, "allowed_mentions": NOBODY}
    return {
        "embed": rendered.embed,
        "view": rendered.controls,
        "attachments": rendered.files,
        "allowed_mentions": NOBODY,
    }


def refusal(metrics: Metrics, error: discord.HTTPException) -> None:
    """Count a refusal, and note it in one line."""
    metrics.platform_error(DISCORD.name, PlatformError.REFUSED)
    log.warning("Discord does not take an answer there (status %d, code %d).", error.status, error.code)


async def react(message: discord.Message, reaction: str) -> None:
    """React to a message with an emoji; if Discord forbids it, nothing is lost."""
    try:
        await message.add_reaction(reaction)
    except discord.HTTPException as error:
        log.info("Discord took no reaction: %s", error.code)


async def deliver(person: Messageable, reply: Reply, first: Way, last: Way) -> bool:
    """Deliver an urgent reply, and return whether Discord accepted it. The ways are: where it belongs (`first`), a
    direct message, its shortest text there, and that text through `last`.
    """
    rendered, shortest = render(reply), content(reply.shortest)
    ways = (
        first,
        lambda: person.send(embed=rendered.embed, allowed_mentions=NOBODY, **parts(rendered)),
        lambda: person.send(shortest, allowed_mentions=NOBODY),
        last,
    )
    return await first_taken(ways, discord.HTTPException)
