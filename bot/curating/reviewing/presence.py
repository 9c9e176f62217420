"""Who works on what: the second moderator on an item or entry is told about the first."""

from datetime import timedelta

from bot.chat.markup import Plain, Reference
from bot.chat.replies import Block, Text
from bot.commands.context import Context
from knowledge.plain.digests import digest
from knowledge.store.protocol import Typed

# How long somebody counts as working on what they opened last.
STAYS = timedelta(minutes=15)
# Marks a row of the store that says what a moderator works on; all other rows there are drafts.
_AT = "reviewing"
# The length of a draft's id.
_DIGITS = 16


async def seen(context: Context, key: str) -> tuple[Block, ...]:
    """Note that this moderator works on an item of the review; return who else does."""
    others = await _others(context)
    found = tuple(_told(each) for each in others if each.values.get(_AT) == key)
    store, now = context.services.store, context.services.now()
    # One row per moderator, so that nothing piles up; it is deleted with their drafts.
    place = digest(context.user.id, _DIGITS)
    await store.keep_typed(context.community, {_AT: key}, by=context.user.id, now=now, typed_id=place)
    return found


async def editing(context: Context, entry_id: str) -> tuple[Block, ...]:
    """Say who else has the form of an entry open."""
    return tuple(_told(each) for each in await _others(context) if each.values.get("entry") == entry_id)


async def _others(context: Context) -> list[Typed]:
    since = context.services.now() - STAYS
    lately = await context.services.store.typed_since(context.community, since)
    return [each for each in lately if each.by != context.user.id]


def _told(typed: Typed) -> Block:
    return Text((Reference(typed.by), Plain(f" is working on this one, too (since {typed.at:%H:%M} UTC).")))
