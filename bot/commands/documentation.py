"""The commands as Markdown, made from their declarations."""

from bot.commands.declarations import Registry


def command_table(registry: Registry) -> str:
    """Return a Markdown table: how each command is typed, what it does, and who may."""
    rows = ["| command | what it does | who |", "|---|---|---|"]
    for command in registry.commands:
        usage = command.usage.replace("|", "\\|")
        rows.append(f"| `{usage}` | {command.summary} | {command.role.name.lower()}s |")
    return "\n".join(rows)
