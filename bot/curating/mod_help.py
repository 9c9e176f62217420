"""What moderators can do, with the ways in as buttons."""

from bot.chat.events import MODERATING, Role
from bot.chat.markup import Plain
from bot.chat.replies import Button, Fields, Heading, Reply, note
from bot.commands.context import Context
from bot.commands.declarations import Handlers, command


@command("help", role=Role.MODERATOR, head=MODERATING, private=True)
async def help_(context: Context) -> Reply:
    """Show what moderators can do here."""
    commands = context.registry.open_to(context.role, MODERATING)
    fields = Fields(tuple((each.usage, (Plain(f"{each.summary}."),)) for each in commands))
    ways = (
        Button("Review", "review-list", "all 0"),
        Button("Add an entry", "add-entry"),
        Button("Import a file", "import"),
        Button("Schedules", "schedules"),
        Button("Settings", "settings"),
    )
    more = note("One command in detail: `/ijm help review`. What members can do: `/ijm help`.")
    return Reply((Heading("What moderators can do"), fields, more), ways, private=True)


COMMANDS = (help_,)
HANDLERS = Handlers({}, role=Role.MODERATOR)
