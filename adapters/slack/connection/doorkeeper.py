"""Who may keep a connection to the port, and for how long before there is a request on it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from aiohttp import web

# How long the head of a request may take from the moment of the connection, and then its body. Slack's own requests
# come whole, and are given up after three seconds.
HEAD_SECONDS = 10.0
BODY_SECONDS = 10.0
# How long a connection may rest between two requests.
KEEPALIVE_SECONDS = 30.0
# Connections of one address. A browser makes six; behind a proxy all of Slack is one address, so proxies are named.
CONNECTIONS_LIMIT = 32

Network = IPv4Network | IPv6Network


def networks(named: str) -> tuple[Network, ...]:
    """Read addresses and networks with commas between them. Raises ValueError for what is none."""
    return tuple(ip_network(each.strip()) for each in named.split(",") if each.strip())


class Doorkeeper:
    """Guards the connections of a server; those from `proxies` are not counted."""

    def __init__(
        self, proxies: Sequence[Network], limit: int = CONNECTIONS_LIMIT, head_seconds: float = HEAD_SECONDS
    ) -> None:
        self._proxies = proxies
        self._limit = limit
        self._head_seconds = head_seconds
        self._open: Counter[str] = Counter()
        self._waiting: dict[Any, asyncio.TimerHandle] = {}

    def guarding(self, made: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
        """Return what makes protocols that are guarded, from what makes them."""
        return lambda: _Guarded(made(), self)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        """Note that the head of a request is there."""
        self._let_in(request.transport)
        answer: web.StreamResponse = await handler(request)
        return answer

    def opened(self, transport: Any, address: str) -> bool:
        """Count a connection; False if its address has too many."""
        if not self._is_proxy(address):
            if self._open[address] >= self._limit:
                return False
            self._open[address] += 1
        loop = asyncio.get_running_loop()
        self._waiting[transport] = loop.call_later(self._head_seconds, transport.abort)
        return True

    def closed(self, transport: Any, address: str) -> None:
        """Count a connection no longer."""
        self._let_in(transport)
        if self._open[address] <= 1:
            del self._open[address]
        else:
            self._open[address] -= 1

    def _let_in(self, transport: Any) -> None:
        waiting = self._waiting.pop(transport, None)
        if waiting is not None:
            waiting.cancel()

    def _is_proxy(self, address: str) -> bool:
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        plain = (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
        return any(plain in network for network in self._proxies)


class _Guarded(asyncio.Protocol):
    """A protocol whose connection the doorkeeper watches."""

    def __init__(self, inner: asyncio.Protocol, keeper: Doorkeeper) -> None:
        self._inner = inner
        self._keeper = keeper
        self._transport: asyncio.BaseTransport | None = None
        self._address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        address = (transport.get_extra_info("peername") or ("",))[0]
        if not self._keeper.opened(transport, address):
            transport.abort()  # type: ignore[attr-defined]
            return
        self._transport, self._address = transport, address
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._keeper.closed(self._transport, self._address)
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._transport is not None else None

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()
