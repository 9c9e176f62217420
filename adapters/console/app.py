"""The terminal itself: reads lines, shows replies. The only file of this adapter that does I/O."""

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
from adapters.console.render import styled
from adapters.shared.plain_text import numbered
from adapters.shared.text_chat import Answer, TextChat
from bot.app.app import App
from bot.chat.events import UPLOAD_LIMIT, Home, Role, Upload
from bot.chat.markup import visible
from bot.chat.outbox import Outbox, Unpostable
from bot.chat.replies import File, Image, Reply

LEAVE = frozenset({"quit", "exit", "/quit", "/exit", ":q"})
AGAIN = "Press Ctrl-C again to leave."
# A shorter beginning of a question would list everything.
QUESTION_BEGUN = 3


class Screen(Protocol):
    """Where the chat takes place; with `whole_texts`, a text of several lines comes in one piece."""

    whole_texts: bool

    async def read(self, prompt: str, default: str = "", *, takes_lines: bool = False) -> str:
        """Return what is typed next. Raises EOFError at the end, and KeyboardInterrupt with the text so far."""

    def show(self, reply: Reply) -> None:
        """Show a reply."""

    def say(self, line: str) -> None:
        """Show a line that belongs to the terminal, not to the bot."""


async def chat(app: App, *, scripted: bool | None = None, connect: str = "") -> None:
    """Chat with the person at the terminal until they leave.

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
    """Chat on a given screen."""
    # Where a text is edited in place, an empty line means an empty text.
    keep = frozenset() if screen.whole_texts else frozenset({""})
    talk = TextChat(
        app, lambda _: HERE, lambda user, _: user, keep=keep, take_file=_upload, whole_texts=screen.whole_texts
    )
    answer, interrupted = Answer(HERE), False
    if connect:
        screen.say(connect)
    if greet:
        screen.say("Type a question, a number to choose, /ijm help for commands, quit to leave.\n")
        answer = await talk.hear(Home(OPERATOR, HERE)) or answer
    while True:
        _show(screen, answer)
        talk.shown(answer)
        filling = talk.is_filling(HERE)
        try:
            prompt = f"  {answer.prompt}" if filling else "you › "
            line = await screen.read(prompt, answer.default, takes_lines=answer.takes_lines)
        except (EOFError, KeyboardInterrupt) as stop:
            typed = str(stop.args[0]) if stop.args else ""
            if filling:
                answer = talk.interrupt(HERE, typed)
            elif isinstance(stop, EOFError) or (interrupted and not typed):
                return
            else:
                answer = Answer(HERE, said=(AGAIN,))
            interrupted = not filling
            continue
        interrupted = False
        if not filling and line.strip().lower() in LEAVE:
            return
        heard = await talk.hear(event_of(line), line) if filling or line.strip() else None
        answer = heard or Answer(HERE)


def _show(screen: Screen, answer: Answer) -> None:
    reply = answer.reply
    if reply is not None and (reply.blocks or reply.choices):
        screen.show(reply)
    for block in reply.blocks if reply else ():
        if isinstance(block, Image | File):
            screen.say(f"Saved: {saved(block)}")
    for line in answer.said:
        screen.say(f"  {line}" if answer.prompt else line)


async def _upload(path: str) -> Upload:
    return await asyncio.to_thread(_read, Path(path))


def _read(path: Path) -> Upload:
    file = path.expanduser()
    return Upload(file.name, file.read_bytes() if file.stat().st_size <= UPLOAD_LIMIT else None)


def saved(block: Image | File) -> Path:
    """Save a picture or file, because a terminal shows neither, and return its path."""
    path = Path(tempfile.mkdtemp(prefix="ijm-answers-")) / Path(block.name).name
    path.write_bytes(block.content)
    return path


class Pipe:
    """Plain lines in, plain replies out, for scripts. Everything else goes to stderr."""

    whole_texts = False

    async def read(self, prompt: str, default: str = "", *, takes_lines: bool = False) -> str:
        """Return the next line of stdin."""
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            raise EOFError
        return line.rstrip("\n") or default

    def show(self, reply: Reply) -> None:
        """Print a reply, and an empty line after it."""
        print(numbered(reply), end="\n\n", flush=True)

    def say(self, line: str) -> None:
        """Print a line beside the replies."""
        print(line, file=sys.stderr, flush=True)


class Terminal:
    """A chat for a person: styles, history with the arrow keys, completion. Nothing of it is written to disk."""

    whole_texts = True

    def __init__(self, app: App) -> None:
        self._console = Console(highlight=False)
        self._lines: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), completer=_Completer(app), complete_while_typing=True
        )
        self._fields: PromptSession[str] = PromptSession(history=InMemoryHistory())

    async def read(self, prompt: str, default: str = "", *, takes_lines: bool = False) -> str:
        """Return the next line that is typed, or the next text, which Esc and then Enter ends."""
        session = self._fields if prompt.startswith(" ") else self._lines
        try:
            return await session.prompt_async(prompt, default=default, multiline=takes_lines)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(session.default_buffer.text) from None

    def show(self, reply: Reply) -> None:
        """Show a reply."""
        self._console.print()
        self._console.print(styled(reply))

    def say(self, line: str) -> None:
        """Show a line of the terminal's own."""
        self._console.print(visible(line), style="dim", markup=False)


class TerminalOutbox(Outbox):
    """Shows posts above the prompt while somebody is there to see them."""

    platform = CONSOLE

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    async def check(self, community: str, place: str) -> None:
        """Return: there is only one place."""
        if (community, place) != (HERE.community, HERE.id):
            raise Unpostable("This is not the terminal.")

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Show a post without its buttons, whose numbers would be confused with those of the last reply."""
        await self.check(community, place)
        await run_in_terminal(lambda: self._screen.show(replace(reply, buttons=(), menu=None)))

    async def tell(self, community: str, person: str, reply: Reply) -> None:
        """Show it to the person at the terminal."""
        if person != OPERATOR.id:
            raise Unpostable("They are not at this terminal.")
        await run_in_terminal(lambda: self._screen.show(replace(reply, buttons=(), menu=None)))


class _Completer(Completer):
    """Completes commands after a slash, options after a command, and questions."""

    def __init__(self, app: App) -> None:
        self._app = app

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> list[Completion]:
        """Return nothing: completion is asynchronous here."""
        return []

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Yield completions of the line."""
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
