"""A forward proxy on loopback, as a campus network has one between its machines and the internet."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_CHUNK = 65_536
_REQUEST = re.compile(rb"[A-Z]{3,7} (\S+) HTTP/1\.1\r\n")


class ForwardProxy:
    """Hands connections on to where their first request wants to go; `wanted` has the targets of all requests."""

    def __init__(self) -> None:
        self.url = ""
        self.wanted: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass a connection on, with requests as they come: servers take absolute addresses (RFC 9112, 3.2.2)."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            address = urlsplit(self._noted(head)[0])
            far_reader, far_writer = await asyncio.open_connection(address.hostname, address.port)
            far_writer.write(head)
            await asyncio.gather(self._pumped(reader, far_writer), self._pumped(far_reader, writer))
        writer.close()

    async def _pumped(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(_CHUNK):
                self._noted(chunk)
                writer.write(chunk)
                await writer.drain()
        writer.close()

    def _noted(self, chunk: bytes) -> list[str]:
        found = [target.decode() for target in _REQUEST.findall(chunk)]
        self.wanted += found
        return found


@asynccontextmanager
async def forward_proxy() -> AsyncIterator[ForwardProxy]:
    """A proxy on a loopback port."""
    proxy = ForwardProxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
