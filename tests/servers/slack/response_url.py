"""The answers that a response_url takes: five of them, within half an hour."""

from dataclasses import replace

from tests.servers.slack.methods.calls import SlackError
from tests.servers.slack.methods.chat_methods import check_blocks
from tests.servers.slack.records import RESPONSE_URL_SECONDS, ResponseUrl
from tests.servers.slack.rules.limits import MESSAGE_TEXT
from tests.servers.slack.rules.values import Channel, Json, Message, User
from tests.servers.slack.world import World

_FALSE = {None, False, "false", "0"}


def new_response_url(world: World, base_url: str, user: User, channel: Channel, source: Message | None = None) -> str:
    """An address at which the app may answer what `user` just did."""
    name = f"{user.team}/{world.new_id()}"
    world.response_urls[name] = ResponseUrl(user, channel, source, world.clock() + RESPONSE_URL_SECONDS)
    return f"{base_url}/response/{name}"


def answer(world: World, name: str, body: Json) -> None:
    """Take an answer. Raises SlackError `used_url` or `expired_url` when it is too many or too late."""
    opened = world.response_urls.get(name)
    if opened is None or world.clock() > opened.expires:
        raise SlackError("expired_url")
    if opened.uses == 0:
        raise SlackError("used_url")
    world.response_urls[name] = replace(opened, uses=opened.uses - 1)
    source = _current(world, opened.source)
    if body.get("delete_original") not in _FALSE:
        if source is not None:
            world.delete("response_url", source)
    elif body.get("replace_original") not in _FALSE and source is not None:
        parts = checked(body)
        kept = {"text": parts.pop("text", ""), "blocks": (), "attachments": ()} | parts
        world.update("response_url", source, **kept)
    else:
        say(world, "response_url", opened.user, opened.channel, body)


def say(world: World, via: str, user: User, channel: Channel, body: Json) -> None:
    """Post what an answer says: to `user` alone, unless it is meant for all. The app need not be in the channel."""
    parts = checked(body)
    text = parts.pop("text", "")
    public = body.get("response_type") == "in_channel"
    thread_ts = body.get("thread_ts")
    if thread_ts and world.parent(channel.id, thread_ts) is None:
        raise SlackError("thread_not_found")
    whom = None if public else user.id
    world.post(via, channel, world.bots[channel.team], text, thread_ts=thread_ts, ephemeral_to=whom, **parts)


def checked(body: Json) -> Json:
    """The parts of the message in an answer. Raises SlackError if they are none or bad."""
    parts: Json = {"text": str(body.get("text") or "")}
    if len(parts["text"]) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    if body.get("blocks"):
        check_blocks(body["blocks"], summed=False)
        parts["blocks"] = tuple(body["blocks"])
    if body.get("attachments"):
        parts["attachments"] = tuple(body["attachments"])
    if not any(parts.values()):
        raise SlackError("no_text")
    return parts


def _current(world: World, source: Message | None) -> Message | None:
    """The message that was acted on, as it stands now; people's own messages are not the app's to change."""
    return world.current(source) if source is not None and source.author.is_bot else None
