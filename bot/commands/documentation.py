"""The commands as a page in Markdown, made from their declarations."""

from collections.abc import Iterable

from bot.chat.events import Role
from bot.commands.declarations import Command, Registry

_PAGE = """# Commands

`.venv/bin/ijm-bot commands > docs/commands.md` writes this page from the commands' own declarations.

Whatever you type after `/ijm` that is not a command is asked as a question. Mistype a command and the bot suggests the
nearest one; get an argument wrong and it shows the usage. In mentions and direct messages it also understands plain
words, such as "cite that in mla". In the terminal you can leave out the `/ijm`, as in `/outcomes`.

## For everyone

{members}

## For moderators

{moderators}
"""


def command_page(registry: Registry) -> str:
    """Return the page: how each command is typed, what it does, and who may use it."""
    members = [command for command in registry.commands if command.role is Role.MEMBER]
    others = [command for command in registry.commands if command.role is not Role.MEMBER]
    return _PAGE.format(members=_table(members), moderators=_table(others))


def _table(commands: Iterable[Command]) -> str:
    rows = ["| command | what it does |", "|---|---|"]
    for command in commands:
        usage = command.usage.replace("|", "\\|")
        only = " (admins only)" if command.role is Role.ADMIN else ""
        rows.append(f"| `{usage}` | {command.summary}{only} |")
    return "\n".join(rows)
