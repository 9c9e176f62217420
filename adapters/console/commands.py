"""From the declared commands to the terminal's completions."""

from dataclasses import dataclass

from adapters.console.events import HERE, OPERATOR
from bot.chat.events import ASKING, Complete, Role
from bot.commands.declarations import Command, Option, Registry
from bot.commands.typed import split


@dataclass(frozen=True, slots=True)
class Asked:
    """What to complete: the command and option, the text so far, and its length."""

    event: Complete
    typed: int


def command_lines(registry: Registry, role: Role, typed: str) -> tuple[tuple[str, str], ...]:
    """Return the commands that a half-typed line may become, each with its summary."""
    lines = ((f"/{command.head} {command.name}", command.summary) for command in registry.open_to(role))
    return tuple(line for line in lines if line[0].startswith(typed.lower()) and line[0] != typed.lower())


def option_asked(registry: Registry, typed: str) -> Asked:
    """Return the option that the end of a half-typed line belongs to; free text is a question."""
    if not typed.startswith("/"):
        return _asked(ASKING, "ask", "question", typed)
    head, rest = split(typed[1:])
    name, value = split(rest)
    command = registry.command(head, name)
    if command is None or not command.options:
        return _asked(head, "", "", value)
    option = _named(command, value)
    if option is not None:
        value = value.rpartition(f"{option.name}:")[2]
    return _asked(head, command.name, (option or command.options[0]).name, value)


def _named(command: Command, value: str) -> Option | None:
    last = value.rpartition(" ")[2]
    return next((option for option in command.options if last.startswith(f"{option.name}:")), None)


def _asked(head: str, command: str, option: str, text: str) -> Asked:
    return Asked(Complete(OPERATOR, HERE, command, option, text, head), len(text))
