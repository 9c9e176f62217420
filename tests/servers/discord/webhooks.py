"""The routes by which an interaction is answered: the first response, its follow-ups and their edits."""

from typing import Any

from tests.servers.discord.interactions import CallbackType, Interaction, Kind, Response
from tests.servers.discord.posts import Flag, MessageType, Post
from tests.servers.discord.requests import NOTHING, Answer, Call, Upload, unknown
from tests.servers.discord.routes import Handler
from tests.servers.discord.rules.rules import check_message
from tests.servers.discord.state import State

Json = dict[str, Any]

ORIGINAL = "@original"
CONTEXT_MENU = {2, 3}


def respond(state: State, call: Call) -> Answer:
    """POST the first response to an interaction."""
    interaction, response = state.interactions.to_respond(call.params["interaction_id"], call)
    data = response.data
    match response.type:
        case CallbackType.MESSAGE:
            check_message(data, call.files)
            interaction.original = _write(state, interaction, data, call.files)
        case CallbackType.DEFERRED_MESSAGE:
            hidden = {"flags": data.get("flags", 0) & Flag.EPHEMERAL}
            interaction.original = _write(state, interaction, hidden, (), Flag.LOADING)
        case CallbackType.UPDATE:
            assert interaction.source is not None
            check_message(data, call.files, interaction.source)
            interaction.original = interaction.source
            state.messages.edit(interaction.source, data, call.files)
        case CallbackType.DEFERRED_UPDATE:
            interaction.original = interaction.source
        case CallbackType.CHOICES | CallbackType.MODAL:
            pass
    interaction.response = response
    state.changes.happened()
    if not call.flag("with_response"):
        return NOTHING
    return Answer(json=_response_json(interaction, response))


def _response_json(interaction: Interaction, response: Response) -> Json:
    about: Json = {"id": interaction.id, "type": int(interaction.kind)}
    original = interaction.original
    if original is not None:
        about |= {
            "response_message_id": original.id,
            "response_message_loading": original.loading,
            "response_message_ephemeral": original.ephemeral,
            "channel_id": original.channel_id,
        }
        if original.guild_id is not None:
            about["guild_id"] = original.guild_id
    result: Json = {"interaction": about}
    if original is not None and response.type in {CallbackType.MESSAGE, CallbackType.UPDATE}:
        result["resource"] = {"type": int(response.type), "message": original.json}
    return result


def follow_up(state: State, call: Call) -> Answer:
    """POST a follow-up. The first one after a deferred response fills that message, and cannot choose who sees it."""
    interaction = state.interactions.to_follow_up(call)
    body = call.json or {}
    check_message(body, call.files)
    if interaction.original is not None and interaction.original.loading:
        state.messages.edit(interaction.original, body, call.files)
        return Answer(json=interaction.original.json)
    reference: Json = {}
    if interaction.original is not None:
        original = interaction.original
        guild = {"guild_id": original.guild_id} if original.guild_id else {}
        reference = {"type": 0, "channel_id": original.channel_id, "message_id": original.id, **guild}
    post = _write(state, interaction, body, call.files, reference=reference)
    interaction.followups.append(post)
    state.changes.happened()
    return Answer(json=post.json)


def get_message(state: State, call: Call) -> Answer:
    """GET a message of an interaction."""
    return Answer(json=_found(state, call).json)


def edit_message(state: State, call: Call) -> Answer:
    """PATCH a message of an interaction."""
    post = _found(state, call)
    check_message(call.json or {}, call.files, post)
    state.messages.edit(post, call.json or {}, call.files)
    return Answer(json=post.json)


def delete_message(state: State, call: Call) -> Answer:
    """DELETE a message of an interaction."""
    state.messages.delete(_found(state, call))
    return NOTHING


def _found(state: State, call: Call) -> Post:
    interaction = state.interactions.to_follow_up(call)
    wanted = call.params["message_id"]
    mine = [interaction.original, *interaction.followups]
    for post in mine[:1] if wanted == ORIGINAL else mine:
        if post is not None and not post.deleted and wanted in {ORIGINAL, post.id}:
            return post
    raise unknown("Message", 10008)


def _write(
    state: State,
    interaction: Interaction,
    body: Json,
    files: tuple[Upload, ...],
    flags: int = 0,
    reference: Json | None = None,
) -> Post:
    kind = MessageType.DEFAULT
    if reference:
        kind = MessageType.REPLY
    elif interaction.kind is Kind.COMMAND:
        menu = interaction.payload["data"]["type"] in CONTEXT_MENU
        kind = MessageType.CONTEXT_MENU_COMMAND if menu else MessageType.CHAT_INPUT_COMMAND
    extra: Json = {
        "application_id": state.world.bot.id,
        "webhook_id": state.world.bot.id,
        "interaction_metadata": interaction.metadata,
    }
    if reference:
        extra["message_reference"] = reference
        original = interaction.original
        if original is not None:
            extra["interaction_metadata"] |= {"original_response_message_id": original.id}
    ephemeral = Flag(body.get("flags") or 0) & Flag.EPHEMERAL
    return state.messages.write(
        state.world.bot,
        interaction.channel,
        body,
        files,
        kind=kind,
        extra=extra,
        viewer=interaction.user if ephemeral else None,
        flags=flags,
    )


WEBHOOK = "/webhooks/{webhook_id}/{token}"
MESSAGE = "/webhooks/{webhook_id}/{token}/messages/{message_id}"
# These need no token but the one in the path.
ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "/interactions/{interaction_id}/{token}/callback"): respond,
    ("POST", WEBHOOK): follow_up,
    ("GET", MESSAGE): get_message,
    ("PATCH", MESSAGE): edit_message,
    ("DELETE", MESSAGE): delete_message,
}
