"""Threads of the local Discord: those that the bot opens below a message, and the posts of a forum."""

from tests.servers.discord.gateway.intents import Intent
from tests.servers.discord.requests import Answer, Call, Refused
from tests.servers.discord.routes import Handler
from tests.servers.discord.rules.payloads import channel_json
from tests.servers.discord.state import State
from tests.servers.discord.world import Channel, Permission, User

NAME_LIMIT = 100


def begin(state: State, parent: Channel, name: str, owner: User, thread_id: str | None = None) -> Channel:
    """Make a thread of a channel and announce it; one that begins at a message has that message's id."""
    thread = state.world.add_thread(parent, name, owner, thread_id)
    created = channel_json(thread) | {"newly_created": True}
    state.gateway.dispatch("THREAD_CREATE", created, parent.guild_id, Intent.GUILDS)
    return thread


def open_thread(state: State, call: Call) -> Answer:
    """POST a thread below a message (resources/channel.mdx, Start Thread from Message)."""
    parent = state.channel(call.params["channel_id"], Permission.CREATE_PUBLIC_THREADS)
    post = state.messages.find(parent.id, call.params["message_id"])
    name = (call.json or {}).get("name") or ""
    if not 1 <= len(name) <= NAME_LIMIT:
        raise Refused(400, 50035, "Invalid Form Body")
    if post.id in state.world.channels:
        raise Refused(400, 160004, "A thread has already been created for this message")
    return Answer(json=channel_json(begin(state, parent, name, state.world.bot, post.id)))


# These need the bot's token.
ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"): open_thread,
}
