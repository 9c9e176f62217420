"""Showing an answer to all."""

from bot import answers
from bot.commands import Command, Handlers
from bot.context import Context
from bot.replies import Reply


async def _share(context: Context, value: str) -> Reply:
    """Show an answer to all."""
    entry = context.pack.entry(value)
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    return answers.shared(context.pack, entry, context.user)


COMMANDS: tuple[Command, ...] = ()
HANDLERS = Handlers({"share": _share})
