"""What moderators can do, with buttons that start it."""

from typing import Annotated

from bot.asking import about
from bot.asking.about import COMMANDS_PER_PAGE, listed
from bot.chat.events import MODERATING, Role
from bot.chat.pages import page_of, turned_to
from bot.chat.replies import Block, Button, Heading, Reply, note
from bot.commands.context import Context
from bot.commands.declarations import About, Completes, Handlers, command
from bot.commands.refusals import refused

# Whoever added the bot may read this in a direct conversation without a community. Nobody moderates there, so the
# buttons are left out.
OPEN = "mod-help"
_WAYS = (
    Button("Review", "review-list", "all 0"),
    Button("Add an entry", "add-entry"),
    Button("Import a file", "import"),
    Button("Schedules", "schedules"),
    Button("Settings", "settings"),
)


@command("help", role=Role.MODERATOR, head=MODERATING, private=True)
async def help_(
    context: Context,
    command: Annotated[str | None, About("one command in detail", Completes.COMMAND)] = None,
) -> Reply:
    """Show what moderators can do here, or how one command is used."""
    return _page(context, 1) if command is None else await about.help_.run(context, {"command": command})


def _page(context: Context, number: int) -> Reply:
    moderates = context.role >= Role.MODERATOR and not context.is_personal
    commands = context.registry.open_to(context.role if moderates else Role.ADMIN, MODERATING)
    page = page_of(commands, number, COMMANDS_PER_PAGE, context.place)
    more = note("One command in detail: `/ijm-mod help review`. What members can do: `/ijm help`.")
    blocks: tuple[Block, ...] = (Heading("What moderators can do"), listed(page.items), *page.notes, more)
    return Reply(blocks, (*page.buttons(OPEN), *(_WAYS if moderates else ())), private=True)


async def _turned(context: Context, value: str) -> Reply:
    if context.role < Role.MODERATOR and not context.is_personal:
        return refused("Only moderators of this community see that list.")
    return _page(context, turned_to(value)[1])


COMMANDS = (help_,)
HANDLERS = Handlers({OPEN: _turned}, final=frozenset({OPEN}))
