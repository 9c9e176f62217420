"""Socket Mode: the connections of an app, the envelopes sent over them, and the ways they end."""

import asyncio
import random
import uuid
from collections.abc import Callable

from aiohttp import WSMsgType, web

from tests.servers.slack.deliveries import Ack, Envelope, NoAnswerError, timed
from tests.servers.slack.journal import Journal
from tests.servers.slack.rules.values import Json
from tests.servers.slack.world import World

# docs.slack.dev/apis/events-api/using-socket-mode
CONNECTIONS = 10
# How long a closing connection may take to say so.
CLOSE_SECONDS = 1.0


class Connection:
    """One WebSocket of the app. `number` counts from 0 in the order they came."""

    def __init__(self, number: int, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.number = number
        self.socket = socket
        self.retiring = False
        self._request = request

    @property
    def usable(self) -> bool:
        """Whether envelopes may still be sent over it."""
        return not self.retiring and not self.socket.closed

    async def disconnect(self, reason: str = "refresh_requested", *, close: bool = False) -> None:
        """Ask the app to connect anew: `warning`, `refresh_requested`, `link_disabled` or `too_many_websockets`.

        With `close` the connection is closed at once, without it when the app closes it.
        """
        self.retiring = True
        await self.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}})
        if close:
            await self.socket.close()

    def drop(self) -> None:
        """Cut the TCP connection without a word."""
        self.retiring = True
        if self._request.transport is not None:
            self._request.transport.abort()

    def __repr__(self) -> str:
        return f"<Connection {self.number} {'usable' if self.usable else 'gone'}>"


class SocketMode:
    """All connections of the app. An envelope goes to one of them by chance, unless `choose` is replaced."""

    def __init__(self, world: World, ack_seconds: float) -> None:
        self.world = world
        self.ack_seconds = ack_seconds
        self.choose: Callable[[list[Connection]], Connection] = random.choice
        self.opened: Journal[Connection] = Journal("Socket Mode connections")
        self.sent: Journal[tuple[int, Json]] = Journal("envelopes")
        self.strays: Journal[Json] = Journal("acks of nothing")
        self._acks: dict[str, asyncio.Future[Json]] = {}

    @property
    def connections(self) -> list[Connection]:
        """Those that are usable now."""
        return [connection for connection in self.opened if connection.usable]

    async def connected(self, total: int = 1) -> Connection:
        """The `total`-th connection that the app ever made, once it is there and was greeted."""
        return (await self.opened.wait(total))[-1]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A connection from its ticket to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.world.tickets:
            return web.Response(status=400, text="invalid ticket")
        self.world.tickets.remove(ticket)
        socket = web.WebSocketResponse(timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        connection = Connection(len(self.opened), socket, request)
        if len(self.connections) >= CONNECTIONS:
            await connection.disconnect("too_many_websockets", close=True)
            return socket
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections) + 1,
                "debug_info": {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060},
                "connection_info": {"app_id": self.world.app.id},
            }
        )
        self.opened.add(connection)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._acked(message.json())
        return socket

    def _acked(self, frame: Json) -> None:
        name = frame.get("envelope_id", "")
        waiting = self._acks.get(name)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)
        elif all(sent["envelope_id"] != name for _, sent in self.sent):
            self.strays.add(frame)

    def give_up(self) -> None:
        """Wait for no ack any longer that has not come, as if `ack_seconds` were over."""
        for waiting in self._acks.values():
            if not waiting.done():
                waiting.set_exception(NoAnswerError("timeout"))

    async def deliver(self, envelope: Envelope, payload: Json, number: int, reason: str) -> Ack:
        """Send an envelope over one connection; the ack may come over any. Raises NoAnswerError `timeout`."""
        name = str(uuid.uuid4())
        frame: Json = {"envelope_id": name, "payload": payload, "type": envelope.value}
        takes_payload = envelope is Envelope.COMMAND or payload.get("type") == "view_submission"
        frame["accepts_response_payload"] = takes_payload
        if envelope is Envelope.EVENT:
            frame |= {"retry_attempt": number, "retry_reason": reason}
        self._acks[name] = asyncio.get_running_loop().create_future()
        try:
            elapsed, answer = await timed(self._sent(name, frame), self.ack_seconds, "timeout")
        finally:
            del self._acks[name]
        return Ack(elapsed, answer.get("payload", ""))

    async def _sent(self, name: str, frame: Json) -> Json:
        if not self.connections:
            await self.opened.wait(where=lambda one: one.usable, timeout=self.ack_seconds * 2)
        connection = self.choose(self.connections)
        self.sent.add((connection.number, frame))
        try:
            await connection.socket.send_json(frame)
        except ConnectionError:
            raise NoAnswerError("timeout") from None
        return await self._acks[name]

    async def close(self) -> None:
        """Close every connection."""
        for connection in self.opened:
            await connection.socket.close()
