"""The terminal for the tests of the contract: a screen that reads lines and keeps what is shown."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from rich.console import Console

from adapters.console.app import TerminalOutbox, converse
from adapters.console.events import CONSOLE, HERE, OPERATOR
from adapters.console.render import styled
from adapters.shared.plain_text import numbered
from bot.app.app import App
from bot.chat.replies import Reply
from tests.adapters.contract.harness import Duty, Harness, Watch, Who


def shown(reply: Reply) -> str:
    """What a terminal shows."""
    screen = Console(file=io.StringIO(), width=200, force_terminal=True, color_system=None, legacy_windows=False)
    screen.print(styled(reply))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


class Script:
    """A screen that reads what a test types, and keeps what is shown."""

    whole_texts = False

    def __init__(self) -> None:
        self.lines: asyncio.Queue[str | None] = asyncio.Queue()
        self.is_waiting = asyncio.Event()
        self.shown: list[Reply] = []

    async def read(self, prompt: str, default: str = "", *, takes_lines: bool = False) -> str:
        """The next line; it waits for one."""
        if self.lines.empty():
            self.is_waiting.set()
        line = await self.lines.get()
        if line is None:
            raise EOFError
        return line

    def show(self, reply: Reply) -> None:
        """Keep it."""
        self.shown.append(reply)

    def say(self, line: str) -> None:
        """Leave it: it is the terminal's own."""


class ConsoleStage:
    """A terminal, with one person before it."""

    community, channel = HERE.community, HERE.id

    def __init__(self, app: App) -> None:
        self.named: Mapping[str, str] = {"channel": HERE.id, "person": OPERATOR.id}
        self.screen = Script()
        self.task = asyncio.create_task(converse(app, self.screen, greet=False))

    def _type(self, line: str | None) -> None:
        self.screen.is_waiting.clear()
        self.screen.lines.put_nowait(line)

    async def say(self, text: str, who: Who = Who.MEMBER, *, twice: bool = False) -> None:
        """A line."""
        self._type(text)

    async def command(self, head: str, name: str, **given: str) -> None:
        """A line that begins with a slash."""
        self._type(" ".join([f"/{head}", name, *(f"{option}:{value}" for option, value in given.items())]))

    async def press(self, label: str) -> None:
        """The number of the choice."""
        labels = [choice.label for choice in self.screen.shown[-1].choices]
        self._type(str(labels.index(label) + 1))

    async def settle(self) -> None:
        """Until the next line is waited for."""
        await self.screen.is_waiting.wait()

    def seen_by_all(self) -> list[str]:
        """Nobody else looks at a terminal."""
        return []

    def seen_by_member(self) -> list[str]:
        """All that was shown."""
        return [numbered(reply) for reply in self.screen.shown]

    async def remove(self) -> None:
        """Not possible."""

    async def add(self) -> None:
        """Not possible."""

    def stop(self) -> None:
        """The end of the input."""
        self._type(None)


@asynccontextmanager
async def _stage(app: App, watch: Watch) -> AsyncIterator[ConsoleStage]:
    stage = ConsoleStage(app)
    app.services.outboxes.connect(CONSOLE.prefix, TerminalOutbox(stage.screen))
    yield stage
    stage.stop()
    await asyncio.wait({stage.task})


_ALONE = "a terminal has one person before it, and nobody else"
HARNESS = Harness(
    CONSOLE, {"text alone": numbered, "console": shown}, _stage,
    dict.fromkeys((Duty.BOTS, Duty.LEAVING, Duty.RETURNING, Duty.OTHERS), _ALONE)
    | {Duty.TWICE: "a line comes once; the same again is another question"},
)  # fmt: skip
