"""Commands, declared once: an annotated async function becomes a name, typed options, limits, help and usage."""

import ast
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum, StrEnum
from itertools import pairwise
from textwrap import dedent
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from bot.chat.events import Role, Submit, Value
from bot.chat.replies import Reply, echo
from bot.commands.context import Context

# What Discord allows: names and descriptions (interactions/application-commands.mdx:33), choices (:124). Slack's
# limits are wider, so what fits here fits both.
NAME_LIMIT = 32
DESCRIPTION_LIMIT = 100
CHOICES_LIMIT = 25
# Longer than any question; an import or a long answer comes in a form or a file.
STRING_LIMIT = 2_000
# How similar a mistyped word has to be to the intended one (difflib's ratio, 0 to 1).
NEAR = 0.7
# The option of commands that can reply privately.
PRIVATE = "private"

# The purpose of each head of commands, as platforms show it.
HEADS = {
    "ijm": "Questions and answers about International Justice Mission",
    "ijm-mod": "Manage this community's answers",
}


class Completes(Enum):
    """What completes an option's value. A changed entry has a revision in the community; it may be a removed one. Days
    are weekdays, a zone is one of the IANA database. A person, channel or group is chosen with the platform's picker
    (Discord) or named in its notation (Slack: @name, #channel, @group); the value is the id that the adapter mints for
    it.
    """

    ENTRY = "entry"
    CHANGED = "changed"
    TOPIC = "topic"
    COMMAND = "command"
    DAYS = "days"
    ZONE = "zone"
    PERSON = "person"
    CHANNEL = "channel"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A command that is run on a message (a Discord message command, a Slack message shortcut).

    The message's text becomes the command's option of that name. The reply is private.
    """

    id: str
    name: str
    description: str
    head: str
    command: str
    option: str
    role: Role = Role.MEMBER


SHORTCUTS = (
    Shortcut(
        "answer", "Answer from IJM", "Answer the question in this message, just for you", "ijm", "ask", "question"
    ),
    Shortcut(
        "add", "Add to IJM answers", "Start a new answer from this message", "ijm-mod", "add", "text", Role.MODERATOR
    ),
)


@dataclass(frozen=True, slots=True)
class About:
    """What an annotation says about an option: its description, its completion, other words for its choices."""

    description: str
    completes: Completes | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """One argument of a command. `type` is str, int or bool; `choices`, if given, are its only values."""

    name: str
    type: type[Value]
    description: str
    required: bool
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    completes: Completes | None = None

    @property
    def usage(self) -> str:
        """Its form in the command's usage line."""
        shown = f"{self.name}:{'|'.join(self.choices)}" if self.choices else self.name
        if self.type is bool:
            shown = f"{self.name}:true"
        return f"<{shown}>" if self.required else f"[{shown}]"

    def read(self, given: Value) -> Value:
        """Return the given value, checked. Raises BadArgument with what would be right."""
        if self.type is bool:
            return given if isinstance(given, bool) else self._truth(str(given))
        if self.type is int:
            return self._whole(given)
        text = str(given).strip()
        if len(text) > STRING_LIMIT:
            raise BadArgument(f"“{self.name}” can have at most {STRING_LIMIT:,} characters, this has {len(text):,}.")
        return self._choice(text) if self.choices else text

    def _truth(self, given: str) -> bool:
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        if given.strip().lower() not in words:
            raise BadArgument(f"“{self.name}” is true or false.")
        return words[given.strip().lower()]

    def _whole(self, given: Value) -> int:
        try:
            return int(str(given))
        except ValueError:
            raise BadArgument(f"“{self.name}” is a whole number.") from None

    def _choice(self, given: str) -> str:
        words = {choice: choice for choice in self.choices} | dict(self.aliases)
        asked = given.lower()
        if asked in words:
            return words[asked]
        begun = [word for word in words if len(asked) > 1 and (word.startswith(asked) or asked.startswith(f"{word} "))]
        near = begun or get_close_matches(asked, words, n=1, cutoff=NEAR)
        if not near:
            raise BadArgument(f"“{self.name}” is one of: {', '.join(self.choices)}.")
        return words[near[0]]


Handler = Callable[..., Awaitable[Reply]]
Action = Callable[[Context, str], Awaitable[Reply | None]]
FormHandler = Callable[[Context, Submit], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the bot, under one of its heads (`/ijm`, `/ijm-mod`)."""

    name: str
    summary: str
    details: str
    options: tuple[Option, ...]
    handler: Handler
    role: Role = Role.MEMBER
    head: str = "ijm"
    private: bool = False

    @property
    def usage(self) -> str:
        """The whole command as people type it."""
        return " ".join((f"/{self.head}", self.name, *(option.usage for option in self.options)))

    async def run(self, context: Context, arguments: Mapping[str, Value]) -> Reply:
        """Check the arguments and run the command. Raises BadArgument if one is missing, unknown or wrong."""
        known = {option.name: option for option in self.options}
        for name in arguments:
            if name not in known:
                raise BadArgument(f"There is no option “{echo(name)}”.")
        for option in self.options:
            if option.required and not str(arguments.get(option.name, "")).strip():
                raise BadArgument(f"“{option.name}” is missing: {option.description}.")
        return await self.handler(context, **{name: known[name].read(value) for name, value in arguments.items()})


class BadArgument(ValueError):  # noqa: N818 (it is the argument that is bad, and the word that a reader looks for)
    """An argument is missing or wrong; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """The button actions and forms of one group of commands, and who may use them.

    The reply to an action in `final` replaces the message whose button was pressed, if nobody else sees that message.
    """

    actions: Mapping[str, Action]
    forms: Mapping[str, FormHandler] = field(default_factory=dict)
    role: Role = Role.MEMBER
    final: frozenset[str] = frozenset()


class Registry:
    """All commands, button actions and forms, by name.

    Raises ValueError if two commands, actions or forms have one name.
    """

    def __init__(self, commands: Iterable[Command], handlers: Iterable[Handlers] = ()) -> None:
        self.commands = tuple(commands)
        self.actions: dict[str, tuple[Role, Action]] = {}
        self.forms: dict[str, tuple[Role, FormHandler]] = {}
        self.final: set[str] = set()
        for group in handlers:
            if self.actions.keys() & group.actions.keys() or self.forms.keys() & group.forms.keys():
                raise ValueError("two actions or forms have the same name")
            self.actions |= {name: (group.role, action) for name, action in group.actions.items()}
            self.forms |= {name: (group.role, form) for name, form in group.forms.items()}
            self.final |= group.final
        self._by_name = {(command.head, command.name): command for command in self.commands}
        if len(self._by_name) != len(self.commands):
            raise ValueError("two commands have the same name")

    def command(self, head: str, name: str) -> Command | None:
        """Return the command of that name, or None."""
        return self._by_name.get((head, name.lower()))

    def open_to(self, role: Role, head: str | None = None) -> tuple[Command, ...]:
        """Return the commands that somebody with this role may run."""
        return tuple(c for c in self.commands if c.role <= role and head in {None, c.head})

    def nearest(self, head: str, name: str, role: Role) -> Command | None:
        """Return the command that a mistyped name most likely means, of those that the role may run."""
        names = {command.name: command for command in self.open_to(role, head)}
        found = get_close_matches(name.lower(), names, n=1, cutoff=NEAR)
        return names[found[0]] if found else None


def command(
    name: str | None = None, *, role: Role = Role.MEMBER, head: str = "ijm", private: bool = False
) -> Callable[[Handler], Command]:
    """Declare a command by its function, under the function's name or the given one; `private` ones answer privately.

    The first parameter is the Context; every other one is an option, `Annotated[type, About(…)]`. The docstring's first
    line is the summary, the rest are details. Raises TypeError or ValueError at import if a platform could not accept
    the declaration.
    """

    def declare(function: Handler) -> Command:
        called = name or getattr(function, "__name__", "").replace("_", "-")
        summary, _, details = _docstring(function).partition("\n")
        _check("command", called, summary)
        hints = get_type_hints(function, include_extras=True)
        parameters = list(inspect.signature(function).parameters.values())[1:]
        options = tuple(_option(parameter, hints[parameter.name]) for parameter in parameters)
        if any(late.required and not early.required for early, late in pairwise(options)):
            raise ValueError(f"{called}: required options come first")
        return Command(called, summary.rstrip("."), details.strip(), options, function, role, head, private)

    return declare


def _docstring(function: Handler) -> str:
    """Return a function's docstring; under `python -OO`, which drops it, read it from the source."""
    if (kept := inspect.getdoc(function)) is not None:
        return kept
    (declared,) = ast.parse(dedent(inspect.getsource(function))).body
    return ast.get_docstring(cast("ast.AsyncFunctionDef", declared)) or ""


def _option(parameter: inspect.Parameter, hint: Any) -> Option:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"the option {parameter.name} needs Annotated[type, About(…)]")
    kind, about = get_args(hint)[:2]
    if get_origin(kind) in {Union, type(int | None)}:
        kind = next(part for part in get_args(kind) if part is not type(None))
    choices = tuple(str(member.value) for member in kind) if issubclass(kind, StrEnum) else ()
    if len(choices) > CHOICES_LIMIT:
        raise ValueError(f"the option {parameter.name} has more than {CHOICES_LIMIT} choices")
    _check("option", parameter.name, about.description)
    return Option(
        name=parameter.name,
        type=str if choices else kind,
        description=about.description,
        required=parameter.default is inspect.Parameter.empty,
        choices=choices,
        aliases=about.aliases,
        completes=about.completes,
    )


def _check(what: str, name: str, description: str) -> None:
    if not name or len(name) > NAME_LIMIT or name != name.lower():
        raise ValueError(f"the {what} name {name!r} has to be lower case, 1 to {NAME_LIMIT} characters")
    if not description or len(description) > DESCRIPTION_LIMIT:
        raise ValueError(f"the {what} {name} needs a description of 1 to {DESCRIPTION_LIMIT} characters")
