"""The chat methods: messages as the app posts, changes and takes them back."""

import re
from typing import Any

from tests.servers.slack.methods.calls import Call, Method, SlackError
from tests.servers.slack.records import Change, Did
from tests.servers.slack.rules.blocks import sent_text_size
from tests.servers.slack.rules.limits import BLOCKS_TEXT, MARKDOWN_TEXT, MESSAGE_TEXT, UPDATED_TEXT, block_problems
from tests.servers.slack.rules.values import Channel, Json, Kind

# docs.slack.dev/reference/methods/chat.postMessage, too_many_attachments
ATTACHMENTS = 100


def check_blocks(blocks: Any, *, summed: bool = True) -> None:
    """Raises SlackError as Slack does for blocks; `summed` also looks at the size of all together."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if problems := block_problems(blocks):
        said = {"messages": [f"[ERROR] {problem}" for problem in problems]}
        raise SlackError("invalid_blocks", errors=problems, response_metadata=said)
    if summed and sent_text_size(blocks) > BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")


def content(call: Call, *, longest: int = MESSAGE_TEXT) -> Json:
    """The parts of a message among the arguments, checked; only those that were given."""
    parts: Json = {}
    if call.arguments.get("markdown_text") is not None:
        if call.arguments.get("text") or call.arguments.get("blocks"):
            raise SlackError("markdown_text_conflict")
        parts["text"] = call.text("markdown_text")
        longest = MARKDOWN_TEXT
    elif call.arguments.get("text") is not None:
        parts["text"] = call.text("text")
    if len(parts.get("text", "")) > longest:
        raise SlackError("msg_too_long")
    blocks = call.parsed("blocks", "invalid_blocks_format")
    if blocks is not None:
        check_blocks(blocks)
        parts["blocks"] = tuple(blocks)
    attachments = call.parsed("attachments", "invalid_attachments")
    if attachments is not None:
        if len(attachments) > ATTACHMENTS:
            raise SlackError("too_many_attachments")
        for attachment in attachments:
            check_blocks(attachment.get("blocks", []))
        parts["attachments"] = tuple(attachments)
    metadata = call.parsed("metadata", "invalid_metadata_format")
    return parts | ({"metadata": metadata} if metadata else {})


def new_content(call: Call) -> Json:
    """The same for a new message, which has to have something in it."""
    parts = content(call)
    if not any(parts.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    return parts


def thread(call: Call, channel: Channel) -> str | None:
    """The thread to write in. Raises SlackError if there is none; Slack itself would lose the message there."""
    ts = call.arguments.get("thread_ts")
    if ts is not None and call.world.parent(channel.id, str(ts)) is None:
        raise SlackError("thread_not_found")
    return None if ts is None else str(ts)


def writable(call: Call) -> Channel:
    """The channel to write in. Raises SlackError if the bot is not in it."""
    channel = call.channel()
    open_to_all = channel.kind is Kind.PUBLIC and "chat:write.public" in call.grant.scopes
    if call.bot.id not in channel.members and not open_to_all:
        raise SlackError("not_in_channel")
    return channel


def post_message(call: Call) -> Json:
    """chat.postMessage: says something."""
    channel = writable(call)
    parts = new_content(call)
    text = parts.pop("text", "")
    message = call.world.post(call.method, channel, call.bot, text, thread_ts=thread(call, channel), **parts)
    return {"channel": channel.id, "ts": message.ts, "message": message.payload()}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral: says something to one user of a channel."""
    channel = writable(call)
    user = call.user()
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    parts = new_content(call)
    text, place = parts.pop("text", ""), thread(call, channel)
    message = call.world.post(call.method, channel, call.bot, text, thread_ts=place, ephemeral_to=user.id, **parts)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """chat.update: changes a message of the bot; what is not given stays."""
    message = call.own_message("cant_update_message")
    parts = content(call, longest=UPDATED_TEXT)
    if not parts:
        raise SlackError("no_text")
    changed = call.world.update(call.method, message, **parts)
    return {"channel": changed.channel, "ts": changed.ts, "text": changed.text, "message": changed.payload()}


def delete(call: Call) -> Json:
    """chat.delete: takes back a message of the bot."""
    message = call.own_message("cant_delete_message")
    call.world.delete(call.method, message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """chat.getPermalink: the address of a message."""
    channel = call.channel()
    message = call.world.messages.get((channel.id, call.text("message_ts")))
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{call.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    link += f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {"channel": channel.id, "permalink": link}


def add_reaction(call: Call) -> Json:
    """reactions.add: puts an emoji to a message."""
    message = call.world.messages.get((call.channel().id, call.text("timestamp")))
    if message is None:
        raise SlackError("message_not_found")
    name = call.text("name")
    # Emoji have names here, without colons.
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    if any(
        one.did is Did.REACTED and (one.message, one.reaction) == (message, name) for one in call.world.changes.since()
    ):
        raise SlackError("already_reacted")
    call.world.changed(Change(Did.REACTED, call.team.id, call.method, message, reaction=name))
    return {}


METHODS = (
    Method("chat.postMessage", post_message, "chat:write"),
    Method("chat.postEphemeral", post_ephemeral, "chat:write"),
    Method("chat.update", update, "chat:write"),
    Method("chat.delete", delete, "chat:write"),
    Method("chat.getPermalink", get_permalink),
    Method("reactions.add", add_reaction, "reactions:write"),
)
