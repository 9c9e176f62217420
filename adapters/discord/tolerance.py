"""Reading gateway events that lack something; discord.py would end the whole connection for one it cannot parse."""

import logging
from collections.abc import Callable
from typing import Any

import discord

from adapters.discord.events import DISCORD, keep_channel_id
from bot.commands.metrics import Metrics, PlatformError

# A session needs these, so without them the client reconnects.
_NEEDED = frozenset({"READY", "RESUMED"})

log = logging.getLogger(__name__)


def pass_over_unreadable(client: discord.Client, metrics: Metrics) -> None:
    """Make a client log, count and skip each event that discord.py cannot parse. Discord has sent events with missing
    and null fields. discord.py parses events in the task that reads the connection, which an exception would end.
    """
    parsers = client._connection.parsers
    parsers["INTERACTION_CREATE"] = _with_channel_id(parsers["INTERACTION_CREATE"])
    for name, parse in parsers.items():
        if name not in _NEEDED:
            parsers[name] = _tolerant(name, parse, metrics)


def _with_channel_id(parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def parsed(data: Any) -> None:
        keep_channel_id(data)
        parse(data)

    return parsed


def _tolerant(name: str, parse: Callable[[Any], None], metrics: Metrics) -> Callable[[Any], None]:
    def parsed(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001 (whatever discord.py stumbles over)
            metrics.platform_error(DISCORD.name, PlatformError.UNREADABLE)
            log.warning("Skipped an event from Discord that cannot be read: %s (%s)", name, type(error).__name__)

    return parsed
