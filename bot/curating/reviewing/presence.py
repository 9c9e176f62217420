"""Who works on what: the second of two moderators on one item of the review, or one entry, hears of the first."""

from datetime import timedelta

from bot.chat.markup import Plain, Reference
from bot.chat.replies import Block, Text
from bot.commands.context import Context
from knowledge.plain.digests import digest
from knowledge.store.protocol import Typed

# So long somebody counts as being at what they opened last.
STAYS = timedelta(minutes=15)
# What stands in a row of the store that says where a moderator is; everything else there is a draft.
_AT = "reviewing"
# As many digits as an id of something typed has.
_DIGITS = 16


async def seen(context: Context, key: str) -> tuple[Block, ...]:
    """Note that this moderator works on an item of the review, and say who else does."""
    others = await _others(context)
    found = tuple(_told(each) for each in others if each.values.get(_AT) == key)
    store, now = context.services.store, context.services.now()
    # One row for each moderator, so that nothing piles up; it goes with what they typed.
    place = digest(context.user.id, _DIGITS)
    await store.keep_typed(context.community, {_AT: key}, by=context.user.id, now=now, typed_id=place)
    return found


async def editing(context: Context, entry_id: str) -> tuple[Block, ...]:
    """Who else has the form of an entry open, in words."""
    return tuple(_told(each) for each in await _others(context) if each.values.get("entry") == entry_id)


async def _others(context: Context) -> list[Typed]:
    since = context.services.now() - STAYS
    lately = await context.services.store.typed_since(context.community, since)
    return [each for each in lately if each.by != context.user.id]


def _told(typed: Typed) -> Block:
    return Text((Reference(typed.by), Plain(f" is working on this one, too (since {typed.at:%H:%M} UTC).")))
