"""Showing an answer to all."""

from bot.asking import answers
from bot.chat.replies import Reply
from bot.commands.context import Context
from bot.commands.declarations import Command, Handlers


async def _share(context: Context, value: str) -> Reply:
    """Show an answer to all."""
    entry = context.pack.entry(value)
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    return answers.shared(context.pack, entry, context.user)


COMMANDS: tuple[Command, ...] = ()
HANDLERS = Handlers({"share": _share})
