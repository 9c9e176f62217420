"""Which events a session asked for with its intents, and what it may read of them."""

from enum import IntFlag
from typing import Any

Json = dict[str, Any]


class Intent(IntFlag):
    """The intents that matter here; others are kept as they come (events/gateway.mdx#list-of-intents)."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT

_WITHHELD: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


def filtered(name: str, data: Json, intents: Intent, bot_id: str) -> Json:
    """An event as a session may read it: without the intent for it, a message of others in a guild is empty.

    Not so if the message mentions the bot (events/gateway.mdx#message-content-intent).
    """
    if name not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} or intents & Intent.MESSAGE_CONTENT:
        return data
    if "guild_id" not in data:
        return data
    shown = _shown(data, bot_id)
    # The message that it replies to is looked at by itself.
    replied = data.get("referenced_message")
    return shown | {"referenced_message": _shown(replied, bot_id)} if replied else shown


def _shown(message: Json, bot_id: str) -> Json:
    mine = message["author"]["id"] == bot_id or bot_id in {user["id"] for user in message["mentions"]}
    return message if mine else message | _WITHHELD
