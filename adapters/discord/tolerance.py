"""Passing over gateway events that discord.py cannot parse: it would end the whole connection for one of them."""

import logging
from collections.abc import Callable
from typing import Any

import discord

from adapters.discord.events import DISCORD
from bot.commands.metrics import Metrics, PlatformError

# Without these a session does not begin or go on, so the connection is made again.
_NEEDED = frozenset({"READY", "RESUMED"})

log = logging.getLogger(__name__)


def pass_over_unreadable(client: discord.Client, metrics: Metrics) -> None:
    """Have a client log, count and skip each event that discord.py cannot parse.

    Discord has sent events with missing and null fields; discord.py parses an event in the task that reads the
    connection, and an exception there ends it for good.
    """
    parsers = client._connection.parsers
    for name, parse in parsers.items():
        if name not in _NEEDED:
            parsers[name] = _tolerant(name, parse, metrics)


def _tolerant(name: str, parse: Callable[[Any], None], metrics: Metrics) -> Callable[[Any], None]:
    def parsed(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001 (whatever discord.py stumbles over)
            metrics.platform_error(DISCORD.name, PlatformError.UNREADABLE)
            log.warning("Passed over an event from Discord that cannot be read: %s (%s)", name, type(error).__name__)

    return parsed
