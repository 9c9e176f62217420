"""A way to a PostgreSQL server that a test can hold shut, as a network does that loses every packet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.servers.postgres import Postgres

# What libpq calls the socket of the port that is taken by default.
SOCKET = ".s.PGSQL.5432"
CHUNK = 65_536


class Door:
    """Hands on what comes, both ways, while it is open. `server` is the same server by this way."""

    def __init__(self, beyond: Postgres, folder: Path) -> None:
        self.server = Postgres(beyond.programs, folder)
        self.open = asyncio.Event()
        self.open.set()
        self._beyond = beyond.folder / SOCKET
        self._through: set[asyncio.Task[None]] = set()

    async def enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its beginning to its end."""
        back, forth = await asyncio.open_unix_connection(self._beyond)
        ways = [asyncio.create_task(self._hand_on(*way)) for way in ((reader, forth), (back, writer))]
        self._through.update(ways)
        await asyncio.wait(ways)
        self._through.difference_update(ways)
        with suppress(ConnectionError):
            await asyncio.gather(forth.wait_closed(), writer.wait_closed())

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError):
                while chunk := await reader.read(CHUNK):
                    await self.open.wait()
                    writer.write(chunk)
                    await writer.drain()
        finally:
            writer.close()

    async def close(self) -> None:
        """Break what is under way."""
        for way in self._through:
            way.cancel()
        await asyncio.gather(*self._through, return_exceptions=True)


@asynccontextmanager
async def door_to(beyond: Postgres, folder: Path) -> AsyncIterator[Door]:
    """A door in a folder whose path is short enough for a socket."""
    door = Door(beyond, folder)
    listener = await asyncio.start_unix_server(door.enter, folder / SOCKET)
    try:
        yield door
    finally:
        listener.close()
        await door.close()
        await listener.wait_closed()
