"""The routes of the local Discord about the account, its commands, channels, messages and guilds."""

from collections.abc import Callable
from typing import Any

from tests.servers.discord.gateway.intents import Intent
from tests.servers.discord.posts import MessageType, Post
from tests.servers.discord.requests import NOTHING, Answer, Call, Refused, invalid_form, unknown
from tests.servers.discord.rules.payloads import (
    LIMITED_MESSAGE_CONTENT,
    application_json,
    channel_json,
    full_member_json,
    guild_json,
    own_user_json,
    user_json,
)
from tests.servers.discord.rules.rules import CHAT_INPUT, check_commands, check_message
from tests.servers.discord.state import State
from tests.servers.discord.world import Permission

Json = dict[str, Any]
Handler = Callable[[State, Call], Answer]

# A day's identifies (events/gateway.mdx#session-start-limit-object).
SESSION_STARTS = 1000


def own_user(state: State, call: Call) -> Answer:
    """GET /users/@me."""
    return Answer(json=own_user_json(state.world.bot))


def user(state: State, call: Call) -> Answer:
    """GET /users/{user_id}."""
    found = state.world.users.get(call.params["user_id"])
    if found is None:
        raise unknown("User", 10013)
    return Answer(json=user_json(found))


def application(state: State, call: Call) -> Answer:
    """GET /applications/@me and its older address; its flags say which privileged intents it may ask for."""
    flags = LIMITED_MESSAGE_CONTENT if state.gateway.granted & Intent.MESSAGE_CONTENT else 0
    return Answer(json=application_json(state.world) | {"flags": flags, "flags_new": str(flags)})


def own_guilds(state: State, call: Call) -> Answer:
    """GET /users/@me/guilds: the bot's guilds, with what it may do in each (resources/user.mdx)."""
    world = state.world
    listed = []
    for guild in world.guilds.values():
        member = world.members.get((guild.id, world.bot.id))
        if member is not None:
            allowed = world.roles[guild.id].permissions
            for role_id in member.role_ids:
                allowed |= world.roles[role_id].permissions
            shown = {"id": guild.id, "name": guild.name, "icon": None, "banner": None, "owner": False}
            listed.append(shown | {"permissions": str(int(allowed)), "features": list(guild.features)})
    return Answer(json=listed[: int(call.query.get("limit", 200))])


def gateway(state: State, call: Call) -> Answer:
    """GET /gateway."""
    return Answer(json={"url": state.gateway.url})


def gateway_bot(state: State, call: Call) -> Answer:
    """GET /gateway/bot."""
    limit = {
        "total": SESSION_STARTS,
        "remaining": SESSION_STARTS - len(state.gateway.sessions),
        "reset_after": 86_400_000,
        "max_concurrency": 1,
    }
    return Answer(json={"url": state.gateway.url, "shards": state.shards, "session_start_limit": limit})


def commands(state: State, call: Call) -> Answer:
    """GET the registered commands, global ones or a guild's; their localizations only to who asks for them."""
    found = state.commands.get(_scope(state, call), [])
    return Answer(json=found if call.flag("with_localizations") else _english(found))


def _english(given: Json | list[Json]) -> Any:
    if isinstance(given, list):
        return [_english(each) if isinstance(each, dict) else each for each in given]
    shown = {name: value for name, value in given.items() if not name.endswith("_localizations")}
    return {name: _english(value) if name == "options" else value for name, value in shown.items()}


def put_commands(state: State, call: Call) -> Answer:
    """PUT all commands, in place of those before; a command that stays keeps its id."""
    scope = _scope(state, call)
    check_commands(call.json or [])
    before = {(each["type"], each["name"]): each["id"] for each in state.commands.get(scope, [])}
    state.commands[scope] = [_registered(state, scope, each, before) for each in call.json or []]
    state.changes.happened()
    return Answer(json=state.commands[scope])


def _scope(state: State, call: Call) -> str | None:
    if call.params["application_id"] != state.world.bot.id:
        raise unknown("Application", 10002)
    guild_id = call.params.get("guild_id")
    guild = state.world.guilds.get(guild_id or "")
    if guild_id is not None and (guild is None or not guild.commands):
        raise Refused(403, 50001, "Missing Access")
    return guild_id


def _registered(state: State, guild_id: str | None, command: Json, before: dict[tuple[int, str], str]) -> Json:
    kind = command.get("type") or CHAT_INPUT
    permissions = command.get("default_member_permissions")
    payload = {
        "id": before.get((kind, command["name"])) or state.world.mint(),
        "application_id": state.world.bot.id,
        "version": state.world.mint(),
        "contexts": None,
        "integration_types": [0],
        "dm_permission": True,
        "nsfw": False,
        "name_localizations": None,
        "description_localizations": None,
        **{key: value for key, value in command.items() if value is not None},
        "type": kind,
        "description": command.get("description") or "",
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    return payload | {"guild_id": guild_id} if guild_id else payload


def channel(state: State, call: Call) -> Answer:
    """GET /channels/{channel_id}."""
    return Answer(json=channel_json(state.channel(call.params["channel_id"])))


def messages(state: State, call: Call) -> Answer:
    """GET the newest messages of a channel, the newest first."""
    found = state.channel(call.params["channel_id"], Permission.READ_MESSAGE_HISTORY)
    newest = reversed(state.messages.seen_in(found.id))
    return Answer(json=[post.json for post in newest][: int(call.query.get("limit", 50))])


def message(state: State, call: Call) -> Answer:
    """GET a message."""
    state.channel(call.params["channel_id"], Permission.READ_MESSAGE_HISTORY)
    return Answer(json=_post(state, call).json)


def create_message(state: State, call: Call) -> Answer:
    """POST a message, perhaps as a reply."""
    world = state.world
    found = state.channel(call.params["channel_id"])
    sends = Permission.SEND_MESSAGES_IN_THREADS if found.is_thread else Permission.SEND_MESSAGES
    state.channel(found.id, sends)
    if found.recipient is not None and found.recipient.id in world.closed_dms:
        raise Refused(403, 50007, "Cannot send messages to this user")
    body = call.json or {}
    check_message(body, call.files)
    reference = body.get("message_reference")
    if reference is None:
        return Answer(json=state.messages.write(world.bot, found, body, call.files).json)
    to = _replied(state, found.id, reference)
    kind = MessageType.DEFAULT if to is None else MessageType.REPLY
    extra: Json = {} if to is None else reply_json(to)
    return Answer(json=state.messages.write(world.bot, found, body, call.files, kind=kind, extra=extra).json)


def reply_json(to: Post) -> Json:
    """What a message says of the message that it replies to."""
    guild = {"guild_id": to.guild_id} if to.guild_id else {}
    return {
        "message_reference": {"type": 0, "channel_id": to.channel_id, "message_id": to.id, **guild},
        "referenced_message": {k: v for k, v in to.json.items() if k not in {"referenced_message", "nonce"}},
    }


def edit_message(state: State, call: Call) -> Answer:
    """PATCH one of the bot's own messages."""
    state.channel(call.params["channel_id"])
    post = _post(state, call)
    if post.author_id != state.world.bot.id:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    check_message(call.json or {}, call.files, post)
    state.messages.edit(post, call.json or {}, call.files)
    return Answer(json=post.json)


def delete_message(state: State, call: Call) -> Answer:
    """DELETE a message."""
    state.channel(call.params["channel_id"])
    post = _post(state, call)
    if post.author_id != state.world.bot.id:
        state.channel(call.params["channel_id"], Permission.MANAGE_MESSAGES)
    state.messages.delete(post)
    return NOTHING


def react(state: State, call: Call) -> Answer:
    """PUT the bot's reaction to a message."""
    state.channel(call.params["channel_id"], Permission.READ_MESSAGE_HISTORY)
    post = _post(state, call)
    if not post.reactions:
        state.channel(call.params["channel_id"], Permission.ADD_REACTIONS)
    state.messages.react(post, call.params["emoji"])
    return NOTHING


def typing(state: State, call: Call) -> Answer:
    """POST that the bot is typing."""
    state.channel(call.params["channel_id"], Permission.SEND_MESSAGES)
    return NOTHING


def open_dm(state: State, call: Call) -> Answer:
    """POST /users/@me/channels."""
    recipient = state.world.users.get(str((call.json or {}).get("recipient_id")))
    if recipient is None or recipient.bot:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    return Answer(json=channel_json(state.world.open_dm(recipient)))


def guild(state: State, call: Call) -> Answer:
    """GET /guilds/{guild_id}."""
    found = state.world.guilds.get(call.params["guild_id"])
    if found is None:
        raise unknown("Guild", 10004)
    counts: Json = {}
    if call.flag("with_counts"):
        members = len(state.world.guild_members(found.id))
        counts = {"approximate_member_count": members, "approximate_presence_count": members}
    return Answer(json=guild_json(state.world, found) | counts)


def guild_member(state: State, call: Call) -> Answer:
    """GET a member of a guild."""
    found = state.world.members.get((call.params["guild_id"], call.params["user_id"]))
    if found is None:
        raise unknown("Member", 10007)
    return Answer(json=full_member_json(found))


def _post(state: State, call: Call) -> Post:
    return state.messages.find(call.params["channel_id"], call.params["message_id"])


def _replied(state: State, channel_id: str, reference: Json) -> Post | None:
    try:
        return state.messages.find(channel_id, str(reference["message_id"]))
    except Refused:
        if reference.get("fail_if_not_exists", True):
            raise invalid_form(("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")) from None
        return None


COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
# All of these need the bot's token.
ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/users/@me"): own_user,
    ("GET", "/users/@me/guilds"): own_guilds,
    ("POST", "/users/@me/channels"): open_dm,
    ("GET", "/users/{user_id}"): user,
    ("GET", "/applications/@me"): application,
    ("GET", "/oauth2/applications/@me"): application,
    ("GET", "/gateway"): gateway,
    ("GET", "/gateway/bot"): gateway_bot,
    ("GET", COMMANDS): commands,
    ("PUT", COMMANDS): put_commands,
    ("GET", GUILD_COMMANDS): commands,
    ("PUT", GUILD_COMMANDS): put_commands,
    ("GET", "/channels/{channel_id}"): channel,
    ("GET", MESSAGES): messages,
    ("POST", MESSAGES): create_message,
    ("GET", MESSAGE): message,
    ("PATCH", MESSAGE): edit_message,
    ("DELETE", MESSAGE): delete_message,
    ("PUT", f"{MESSAGE}/reactions/{{emoji}}/@me"): react,
    ("POST", "/channels/{channel_id}/typing"): typing,
    ("GET", "/guilds/{guild_id}"): guild,
    ("GET", "/guilds/{guild_id}/members/{user_id}"): guild_member,
}
