"""The last step of a reply: how the community wants it sent, and what its asker may do with it."""

from contextlib import suppress
from dataclasses import replace

from bot.asking.votes import VOTES
from bot.chat.events import Event, Home, Message
from bot.chat.replies import Button, Delete, Reply
from bot.commands.community_settings import opens_threads
from bot.commands.context import Context
from knowledge.store.protocol import StoreError


async def sent(reply: Reply, event: Event, context: Context) -> Reply:
    """Return the reply to a message as the community wants it sent: in a thread, with a ping of its asker.

    While the store is away, it is sent without a thread.
    """
    if not isinstance(event, Message) or event.place.direct or reply.private or not reply.blocks:
        return reply
    thread = False
    if event.place.thread is None:
        with suppress(StoreError):
            thread = await opens_threads(context.services.store, event.place)
    return replace(reply, thread=thread, notify=event.addressed and context.settings.ping)


def owned(reply: Reply | Delete | None, event: Event) -> Reply | Delete | None:
    """Add what the asker may do with a reply: delete a public one, show a private one to everyone.

    Nobody votes in a conversation that belongs to no community, because nothing is kept of it.
    """
    place = event.place
    if isinstance(reply, Reply) and place.community == event.user.id:
        reply = replace(reply, buttons=tuple(each for each in reply.buttons if each.action not in VOTES))
    if not isinstance(reply, Reply) or not place.posts or reply.reaction or isinstance(event, Home):
        return reply
    delete = Button("Delete", "delete", event.user.id)
    if not reply.private:
        return replace(reply, buttons=(*reply.buttons, delete))
    if reply.cover is not None:
        reply = replace(reply, cover=replace(reply.cover, buttons=(*reply.cover.buttons, delete)))
    if reply.share is not None and not place.direct:
        return replace(reply, buttons=(*reply.buttons, reply.share))
    return reply
