"""Whether an answer helped: a vote on a revision of an entry, kept without saying who gave it."""

from bot.asking import answers
from bot.chat.replies import Reply, text
from bot.commands.context import Context
from bot.commands.declarations import Handlers


async def _helpful(context: Context, value: str) -> Reply:
    return await _vote(context, value, helpful=True)


async def _unhelpful(context: Context, value: str) -> Reply:
    return await _vote(context, value, helpful=False)


async def _vote(context: Context, entry_id: str, *, helpful: bool) -> Reply:
    services = context.services
    entry = context.pack.entry(entry_id)
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    await services.store.add_feedback(
        context.place.community, entry.id, entry.revision, helpful=helpful, voter=context.user.id, now=services.now()
    )
    thanks = "Thanks, I counted that it helped." if helpful else "Thanks, I counted that it did not help."
    return Reply((text(f"{thanks} You can change your mind; who voted is not kept."),), private=True)


HANDLERS = Handlers({"helpful": _helpful, "unhelpful": _unhelpful})
