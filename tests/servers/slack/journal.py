"""An append-only record that a test can wait on."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from tests.servers.patience import WAIT_SECONDS

Entry = TypeVar("Entry")


class Journal(Generic[Entry]):
    """Entries in the order they came. `name` says what they are when a wait is in vain."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._entries: list[Entry] = []
        self._grown = asyncio.Event()

    def add(self, entry: Entry) -> None:
        """Append an entry and wake who waits."""
        self._entries.append(entry)
        self._grown.set()
        self._grown = asyncio.Event()

    def since(self, start: int = 0, where: Callable[[Entry], bool] = lambda _: True) -> tuple[Entry, ...]:
        """The entries from a position on that satisfy `where`."""
        return tuple(entry for entry in self._entries[start:] if where(entry))

    async def wait(
        self,
        count: int = 1,
        *,
        start: int = 0,
        where: Callable[[Entry], bool] = lambda _: True,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109 - it ends in an AssertionError that says what was there
    ) -> tuple[Entry, ...]:
        """The first `count` entries from a position on that satisfy `where`; AssertionError after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while len(found := self.since(start, where)) < count:
                    await self._grown.wait()
        except TimeoutError:
            seen = "\n".join(f"  {entry!r}" for entry in self._entries[start:]) or "  nothing"
            raise AssertionError(f"{count} {self._name} did not come in {timeout} s; there was\n{seen}") from None
        return found[:count]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __getitem__(self, position: int) -> Entry:
        return self._entries[position]
