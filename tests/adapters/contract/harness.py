"""What a test of the contract can do on a platform, and see there; each adapter fills it in as `HARNESS`."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from bot.app.app import App
from bot.chat.platform import Platform
from bot.chat.replies import Reply
from bot.commands.metrics import Metrics

TESTS = Path(__file__).parents[2]


class Who(Enum):
    """Who says something in the channel."""

    MEMBER = auto()
    THE_BOT = auto()
    ANOTHER_BOT = auto()


class Duty(Enum):
    """What some platforms cannot do to a bot; the tests of it are left out there, for the reason that is given."""

    BOTS = auto()  # Bots can say something there.
    TWICE = auto()  # What happens may be told twice.
    LEAVING = auto()  # The bot can be removed from a community, and is told.
    RETURNING = auto()  # It is told when it is added again.
    OTHERS = auto()  # Others see what is said.


class Stage(Protocol):
    """A local platform with the bot in it: a community with a channel, and a member who does things there.

    `community` and `channel` are their ids for the core. `named` is what somebody writes, or picks, for the channel
    and for a person in a command.
    """

    community: str
    channel: str
    named: Mapping[str, str]
    task: "asyncio.Task[None]"

    async def say(self, text: str, who: Who = Who.MEMBER, *, twice: bool = False) -> None:
        """Somebody says something in the channel, addressed to the bot; `twice` has the bot told of it twice."""

    async def command(self, head: str, name: str, **given: str) -> None:
        """The member gives a command in the channel."""

    async def press(self, label: str) -> None:
        """The member presses a button of the bot's last reply that has one of that label, wherever they see it."""

    async def settle(self) -> None:
        """Return when the bot has read all that happened so far, and is done with it."""

    def seen_by_all(self) -> list[str]:
        """What everybody in the channel has seen of the bot so far."""

    def seen_by_member(self) -> list[str]:
        """What only the member has seen of the bot so far."""

    async def remove(self) -> None:
        """The bot is removed from the community."""

    async def add(self) -> None:
        """The bot is added to the community again."""

    def stop(self) -> None:
        """Tell the bot to stop, and do not wait until it has."""


class Watch(Metrics):
    """Knows what is under way; `has_begun` if anything ever was."""

    def __init__(self) -> None:
        self._active = 0
        self.has_begun, self._is_idle = asyncio.Event(), asyncio.Event()
        self._is_idle.set()

    @contextmanager
    def under_way(self, platform: str) -> Iterator[None]:
        """Count it."""
        self._active += 1
        self._is_idle.clear()
        self.has_begun.set()
        try:
            yield
        finally:
            self._active -= 1
            if not self._active:
                self._is_idle.set()

    async def idle(self) -> None:
        """Return when nothing is under way; what has just begun gets a turn first."""
        await asyncio.sleep(0)
        await self._is_idle.wait()


@dataclass(frozen=True)
class Harness:
    """One platform: how a reply reads there for a person, and a stage on it.

    `cannot` are the duties that the platform gives no occasion for, each with the reason.
    """

    platform: Platform
    shown: Mapping[str, Callable[[Reply], str]]
    stage: Callable[[App, Watch], AbstractAsyncContextManager[Stage]]
    cannot: Mapping[Duty, str]


def harnesses() -> dict[str, Harness]:
    """The harness of every adapter that there is, by the platform's name."""
    found: dict[str, Harness] = {}
    for path in sorted(TESTS.glob("*/*/harness.py")):
        module: Any = import_module(".".join(["tests", *path.relative_to(TESTS).with_suffix("").parts]))
        if hasattr(module, "HARNESS"):
            found[module.HARNESS.platform.name] = module.HARNESS
    return found
