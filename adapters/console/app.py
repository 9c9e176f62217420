"""The terminal itself: reads lines, shows replies, asks for forms. The only file of this adapter that does I/O."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from rich.console import Console

from adapters.console.commands import command_lines, option_asked
from adapters.console.events import CONSOLE, HERE, OPERATOR, event_of
from adapters.console.render import plain, styled
from bot.app.app import App
from bot.chat.events import UPLOAD_LIMIT, Home, Role, Submit, Upload
from bot.chat.markup import visible
from bot.chat.outbox import Outbox, Unpostable
from bot.chat.replies import Button, ChoiceQuestion, Delete, File, FileQuestion, Form, Image, Question, Reply

LEAVE = frozenset({"quit", "exit", "/quit", "/exit", ":q"})
# A line that is just this ends a text of several lines, as in mail.
END_OF_TEXT = "."
# A shorter beginning of a question would list everything.
QUESTION_BEGUN = 3


class Screen(Protocol):
    """Where the chat takes place."""

    async def read(self, prompt: str, default: str = "") -> str:
        """The next line. Raises EOFError at the end."""

    def show(self, reply: Reply) -> None:
        """Show a reply."""

    def say(self, line: str) -> None:
        """Show a line that belongs to the terminal, not to the bot."""


async def chat(app: App, *, scripted: bool | None = None, connect: str = "") -> None:
    """Talk with whoever is at the terminal until they leave.

    `connect` says how to connect a platform. `scripted` reads plain lines and prints plain replies; by default if
    input or output is not a terminal.
    """
    if scripted is None:
        scripted = not (sys.stdin.isatty() and sys.stdout.isatty())
    if scripted:
        await converse(app, Pipe(), connect, greet=False)
        return
    terminal = Terminal(app)
    app.services.outboxes.connect(CONSOLE.prefix, TerminalOutbox(terminal))
    try:
        await converse(app, terminal, connect, greet=True)
    finally:
        app.services.outboxes.disconnect(CONSOLE.prefix)


async def converse(app: App, screen: Screen, connect: str = "", *, greet: bool) -> None:
    """The chat on a given screen."""
    buttons: tuple[Button, ...] = ()
    if connect:
        screen.say(connect)
    if greet:
        screen.say("Type a question, a number to choose, /ijm help for commands, quit to leave.\n")
        buttons = _shown(screen, await app.handle(Home(OPERATOR, HERE)), buttons)
    while True:
        try:
            line = await screen.read("you › ")
        except (EOFError, KeyboardInterrupt):
            return
        if line.strip().lower() in LEAVE:
            return
        if not line.strip():
            continue
        reply = await app.handle(event_of(line, buttons))
        while isinstance(reply, Reply) and reply.form is not None:
            buttons = _shown(screen, reply, buttons)
            submit = await _filled(screen, reply.form)
            if submit is None:
                screen.say("Nothing was sent.")
                break
            reply = await app.handle(submit)
        else:
            buttons = _shown(screen, reply, buttons)


def _shown(screen: Screen, reply: Reply | Delete | None, before: tuple[Button, ...]) -> tuple[Button, ...]:
    """Show a reply; the buttons that numbers press from now on."""
    if not isinstance(reply, Reply):
        return before
    if reply.blocks or reply.choices:
        screen.show(reply)
    for block in reply.blocks:
        if isinstance(block, Image | File):
            screen.say(f"Saved: {saved(block)}")
    return reply.choices


async def _filled(screen: Screen, form: Form) -> Submit | None:
    """A form as prompts, one after another; None if the person stops or the input ends."""
    screen.say(f"{form.title} (Ctrl-C to stop; an empty line keeps what stands in brackets)")
    values: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for field in form.fields:
        try:
            if isinstance(field, FileQuestion):
                files[field.name] = await _file(screen, field)
            elif isinstance(field, ChoiceQuestion):
                values[field.name] = await _choice(screen, field)
            else:
                values[field.name] = await _value(screen, field)
        except (EOFError, KeyboardInterrupt):
            return None
    return Submit(OPERATOR, HERE, form.id, values, files)


async def _value(screen: Screen, field: Question) -> str:
    """What is typed into a field; a text area takes lines until one is a single dot."""
    while True:
        label = f"  {field.label}{'' if field.required else ' (optional)'}"
        if field.lines > 1:
            value = await _lines(screen, f"{label}; end with a line that is just a dot", field.value)
        else:
            value = await screen.read(f"{label}: ", field.value)
        if field.required and not value.strip():
            screen.say("  This one is needed.")
        elif len(value) > field.limit:
            screen.say(f"  At most {field.limit:,} characters; that was {len(value):,}.")
        else:
            return value


async def _choice(screen: Screen, field: ChoiceQuestion) -> str:
    """The value of the option whose number, value or label is typed."""
    values = [value for value, _ in field.options]
    for number, (_, label) in enumerate(field.options, start=1):
        screen.say(f"    {number}. {label}")
    named = {str(number): value for number, value in enumerate(values, start=1)}
    named |= {name.casefold(): value for value, label in field.options for name in (label, value)}
    while True:
        typed = (await screen.read(f"  {field.label} (a number): ", field.value)).strip().casefold()
        if typed in named:
            return named[typed]
        screen.say(f"  Type a number from 1 to {len(values)}.")


async def _lines(screen: Screen, label: str, default: str) -> str:
    screen.say(label)
    if default:
        screen.say("\n".join(f"  [{line}]" for line in default.splitlines()))
    typed: list[str] = []
    while (line := await screen.read("  … ")) != END_OF_TEXT:
        if not line and not typed and default:
            return default
        typed.append(line)
    return "\n".join(typed).strip()


async def _file(screen: Screen, field: FileQuestion) -> Upload:
    """The file whose path is typed."""
    while True:
        named = await screen.read(f"  {field.label} ({', '.join(field.endings)}), its path: ")
        if not named.strip().lower().endswith(field.endings):
            screen.say(f"  Its name ends in {' or '.join(field.endings)}.")
            continue
        try:
            return await asyncio.to_thread(_upload, Path(named.strip()))
        except OSError as error:
            screen.say(f"  It cannot be read: {error.strerror}.")


def _upload(path: Path) -> Upload:
    file = path.expanduser()
    return Upload(file.name, file.read_bytes() if file.stat().st_size <= UPLOAD_LIMIT else None)


def saved(block: Image | File) -> Path:
    """Where a picture or file was put, for a terminal shows neither."""
    path = Path(tempfile.mkdtemp(prefix="ijm-answers-")) / Path(block.name).name
    path.write_bytes(block.content)
    return path


class Pipe:
    """Plain lines in, plain replies out: for scripts. What is not a reply goes to stderr."""

    async def read(self, prompt: str, default: str = "") -> str:
        """The next line of stdin."""
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            raise EOFError
        return line.rstrip("\n") or default

    def show(self, reply: Reply) -> None:
        """Print a reply, and a line that parts it from the next."""
        print(plain(reply), end="\n\n", flush=True)

    def say(self, line: str) -> None:
        """Print a line beside the replies."""
        print(line, file=sys.stderr, flush=True)


class Terminal:
    """A chat for a person: styles, history with the arrow keys, completion. Nothing of it is written to disk."""

    def __init__(self, app: App) -> None:
        self._console = Console(highlight=False)
        self._lines: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), completer=_Completer(app), complete_while_typing=True
        )
        self._fields: PromptSession[str] = PromptSession(history=InMemoryHistory())

    async def read(self, prompt: str, default: str = "") -> str:
        """The next line that is typed."""
        session = self._fields if prompt.startswith(" ") else self._lines
        return await session.prompt_async(prompt, default=default)

    def show(self, reply: Reply) -> None:
        """Show a reply."""
        self._console.print()
        self._console.print(styled(reply))

    def say(self, line: str) -> None:
        """Show a line of the terminal's own."""
        self._console.print(visible(line), style="dim", markup=False)


class TerminalOutbox(Outbox):
    """Shows above the prompt what is posted without being asked, while somebody is there to see it."""

    platform = CONSOLE

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    async def check(self, community: str, place: str) -> None:
        """There is one place."""
        if (community, place) != (HERE.community, HERE.id):
            raise Unpostable("This is not the terminal.")

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Show it without its buttons, whose numbers would be taken for those of the last reply."""
        await self.check(community, place)
        await run_in_terminal(lambda: self._terminal.show(replace(reply, buttons=(), menu=None)))


class _Completer(Completer):
    """Completes commands behind a slash, options behind a command, and questions."""

    def __init__(self, app: App) -> None:
        self._app = app

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> list[Completion]:
        """Nothing: completion is asynchronous here."""
        return []

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """What the line may become."""
        typed = document.text_before_cursor
        if typed.startswith("/"):
            for line, summary in command_lines(self._app.registry, Role.ADMIN, typed):
                yield Completion(line, -len(typed), display_meta=summary)
        elif len(typed) < QUESTION_BEGUN:
            return
        asked = option_asked(self._app.registry, typed)
        free = not typed.startswith("/")
        for label, value in await self._app.complete(asked.event):
            yield Completion(label if free else value, -asked.typed, display=label)
