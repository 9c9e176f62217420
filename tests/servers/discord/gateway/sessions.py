"""Sessions and connections of the local Discord's gateway: opcodes, compression, events in order."""

import asyncio
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from importlib import import_module
from typing import Any, Protocol

import orjson
from aiohttp import web

from tests.servers.discord.gateway.intents import Intent
from tests.servers.discord.world import SNOWFLAKE_SHIFT
from tests.servers.json_copies import copied

Json = dict[str, Any]


class Op(IntEnum):
    """The opcodes (topics/opcodes-and-status-codes.mdx#gateway)."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """The close codes that the gateway itself uses."""

    GOING_AWAY = 1001
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    INVALID_SHARD = 4010
    INVALID_API_VERSION = 4012
    DISALLOWED_INTENTS = 4014


class Compressor(Protocol):
    """Makes one frame of a stream out of each payload."""

    def __call__(self, payload: bytes) -> bytes:
        """The frame."""


def zlib_stream() -> Compressor:
    """What `compress=zlib-stream` asks for: one zlib stream, flushed after each payload."""
    stream = zlib.compressobj()
    return lambda payload: stream.compress(payload) + stream.flush(zlib.Z_SYNC_FLUSH)


def zstd_stream() -> Compressor:
    """What `compress=zstd-stream` asks for; a client asks only if it has one of these two libraries itself."""
    try:
        stream = import_module("compression.zstd").ZstdCompressor()
        return lambda payload: stream.compress(payload, stream.FLUSH_BLOCK)
    except ImportError:
        library = import_module("zstandard")
        stream = library.ZstdCompressor().compressobj()
        return lambda payload: stream.compress(payload) + stream.flush(library.COMPRESSOBJ_FLUSH_BLOCK)


COMPRESSORS: dict[str, Callable[[], Compressor]] = {"zlib-stream": zlib_stream, "zstd-stream": zstd_stream}


@dataclass(frozen=True, slots=True)
class Identify:
    """What a client said when it identified."""

    token: str
    intents: Intent
    shard: tuple[int, int]
    payload: Json


@dataclass(slots=True, eq=False)
class Session:
    """A session: who identified, all events for it in order, and the connection that it has at the moment.

    `heard` is the sequence number that the client last told of, `over` whether it can no longer be resumed.
    """

    id: str
    identify: Identify
    events: list[Json] = field(default_factory=list)
    connection: "Connection | None" = None
    resumes: int = 0
    heard: int = 0
    over: bool = False

    def serves(self, guild_id: str | None) -> bool:
        """Whether it gets the events of a guild; without one those of DMs (events/gateway.mdx#sharding)."""
        number, count = self.identify.shard
        return number == ((int(guild_id) >> SNOWFLAKE_SHIFT) % count if guild_id else 0)

    def add(self, name: str, data: Any) -> None:
        """Another event; it is sent if there is a connection, and kept for a RESUME."""
        self.events.append(frame(Op.DISPATCH, copied(data), name, len(self.events) + 1))
        if self.connection is not None:
            self.connection.send(self.events[-1])


class Connection:
    """One websocket. What is sent goes out in order, by a task of its own that runs `write`."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, compress: Compressor | None) -> None:
        self.session: Session | None = None
        self.closing = False
        self._socket = socket
        self._request = request
        self._compress = compress
        self._queue: asyncio.Queue[Json | int] = asyncio.Queue()

    def attach(self, session: Session) -> None:
        """Serve a session from now on."""
        self.session = session
        session.connection = self

    def detach(self, *, over: bool) -> None:
        """Serve no session any more; it can be resumed unless it is `over`."""
        if self.session is not None and self.session.connection is self:
            self.session.connection = None
            self.session.over = self.session.over or over

    def heard(self, sequence: int | None) -> None:
        """The client told the last sequence number that it read."""
        if self.session is not None:
            self.session.heard = max(self.session.heard, sequence or 0)

    def send(self, payload: Json) -> None:
        """Send a payload after those before it."""
        self._queue.put_nowait(payload)

    def close(self, code: int) -> None:
        """Close with a code, after what was sent before."""
        self.closing = True
        self._queue.put_nowait(code)

    def drop(self) -> None:
        """Break the TCP connection without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def write(self) -> None:
        """Send what is queued until the connection closes."""
        with suppress(ConnectionError):
            while not isinstance(payload := await self._queue.get(), int):
                written = orjson.dumps(payload)
                if self._compress is None:
                    await self._socket.send_str(written.decode())
                else:
                    await self._socket.send_bytes(self._compress(written))
            await self._socket.close(code=payload)


def frame(op: Op, data: Any = None, name: str | None = None, sequence: int | None = None) -> Json:
    """A payload of the gateway."""
    return {"op": int(op), "d": data, "s": sequence, "t": name}
