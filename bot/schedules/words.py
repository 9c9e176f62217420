"""A schedule typed in one line: `#facts mon, thu 4:30 pm America/New_York`, in any order."""

import re
from collections.abc import Mapping
from typing import Any

from bot.chat.replies import echo
from bot.commands.context import Context
from bot.commands.declarations import BadArgument
from bot.schedules.zones import read_zone

_TIME = re.compile(r"\d{1,2}[:.]\d{2}(?:[ap]\.?m\.?)?|\d{1,2}[ap]\.?m\.?|noon|midday|midnight", re.IGNORECASE)
_HALF = re.compile(r"[ap]\.?m\.?", re.IGNORECASE)


def spoken(context: Context, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the given options, with those from a typed line in place of the channel's. If a platform has no options,
    the words after the command arrive as the first of them.
    """
    found: dict[str, Any] = {name: value for name, value in given.items() if name != "channel"}
    platform, words = context.place.platform, given.get("channel", "").split()
    if len(words) == 1 and words[0].startswith(platform.prefix):
        return {**found, "channel": words[0]}
    rest: list[str] = []
    for word in words:
        if word.startswith(platform.prefix):
            found["channel"] = word
        elif _HALF.fullmatch(word) and "time" in found:
            found["time"] = f"{found['time']} {word}"
        elif _TIME.fullmatch(word) and "time" not in found:
            found["time"] = word
        elif "zone" not in found and (zone := _zone(word)):
            found["zone"] = zone
        else:
            rest.append(word)
    if rest and "days" in found:
        said = f"I don't know what “{echo(' '.join(rest))}” means here."
        raise BadArgument(f"{said} A channel is named as {platform.channel}.")
    if rest:
        found["days"] = " ".join(rest).removesuffix(" at")
    return found


def _zone(word: str) -> str | None:
    try:
        return read_zone(word)
    except BadArgument:
        return None
