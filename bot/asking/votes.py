"""Votes on answers: counted by entry and revision. They can be changed, and nobody's name is kept."""

from dataclasses import replace

from bot.asking import answers
from bot.chat.replies import Button, Reply, Swap, text
from bot.commands.context import Context
from bot.commands.declarations import Handlers

VOTES = frozenset({"helpful", "unhelpful", "revote"})
_NOT_COUNTED = "Thanks! I don't count votes in direct messages, because I keep nothing of them."


async def _helpful(context: Context, value: str) -> Reply | None:
    return await _vote(context, value, helpful=True)


async def _unhelpful(context: Context, value: str) -> Reply | None:
    return await _vote(context, value, helpful=False)


async def _vote(context: Context, value: str, *, helpful: bool) -> Reply | None:
    """Count a vote. Where everyone sees the thumbs, only the voter is told, and only once for each vote."""
    services = context.services
    entry = context.pack.entry(value.partition(" ")[0])
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    if context.is_personal:
        return Reply((text(_NOT_COUNTED),), private=True)
    is_new = await services.store.add_feedback(
        context.community, entry.id, entry.revision, helpful=helpful, voter=context.user.id, now=services.now()
    )
    if context.alone:
        thumb = "👍" if helpful else "👎"
        return _voted(context, value, (Button(f"{thumb} Thanks! Change my vote", "revote", value),))
    if not is_new:
        return None
    thanks = "Thanks! Counted as helpful." if helpful else "Thanks! Counted as not helpful."
    return Reply((text(f"{thanks} You can change your vote; I don't keep who voted."),), private=True)


async def _change(context: Context, value: str) -> Reply:
    """Offer the thumbs again; the vote counts until there is another."""
    if context.pack.entry(value.partition(" ")[0]) is None:
        return answers.unknown(context.pack, (), private=True)
    return _voted(context, value, answers.thumbs(value))


def _voted(context: Context, value: str, instead: tuple[Button, ...]) -> Reply:
    """Return the answer with other buttons in place of its thumbs."""
    shown = answers.again(context.pack, value)
    kept = (button for button in shown.buttons if button.action not in VOTES)
    return replace(shown, buttons=(*instead, *kept), private=True, in_place=True, swap=Swap(VOTES, instead))


HANDLERS = Handlers({"helpful": _helpful, "unhelpful": _unhelpful, "revote": _change})
