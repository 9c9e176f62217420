"""The gateway of a local Discord: identifies and resumes sessions, tells them of events, and interrupts them."""

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.discord.gateway.intents import PRIVILEGED, Intent, filtered
from tests.servers.discord.gateway.sessions import COMPRESSORS, Close, Connection, Identify, Op, Session, frame
from tests.servers.discord.rules.payloads import (
    LIMITED_MESSAGE_CONTENT,
    full_member_json,
    guild_create_json,
    own_user_json,
)
from tests.servers.discord.waiting import Changes
from tests.servers.discord.world import Guild, World
from tests.servers.patience import WAIT_SECONDS

Json = dict[str, Any]

API_VERSION = 10
HEARTBEAT_SECONDS = 41.25
# What a client closes with when it does not want to resume (events/gateway.mdx#initiating-a-disconnect).
FAREWELLS = {1000, 1001}


class Gateway:
    """The gateway; `token` gives the token that is right at the moment.

    `granted` are the privileged intents that the application may ask for, `acknowledges` whether heartbeats are
    answered, `received` every payload from a client.
    """

    def __init__(self, world: World, changes: Changes, token: Callable[[], str]) -> None:
        self.url = ""
        self.heartbeat_seconds = HEARTBEAT_SECONDS
        self.granted = PRIVILEGED
        self.acknowledges = True
        self.sessions: list[Session] = []
        self.connections: list[Connection] = []
        self.received: list[Json] = []
        self._world = world
        self._changes = changes
        self._token = token

    @property
    def identifies(self) -> list[Identify]:
        """Every IDENTIFY that was accepted, in order."""
        return [session.identify for session in self.sessions]

    @property
    def live(self) -> list[Session]:
        """The sessions that are connected or can be resumed, the oldest first."""
        return [session for session in self.sessions if not session.over]

    def session(self, guild_id: str | None = None) -> Session | None:
        """The newest live session that gets the events of a guild, or of DMs."""
        return next((session for session in reversed(self.live) if session.serves(guild_id)), None)

    async def identified(self, count: int = 1, seconds: float = WAIT_SECONDS) -> Session:
        """The session number `count`, as soon as a client identified for it."""
        await self._changes.until(lambda: len(self.sessions) >= count, f"IDENTIFY number {count}", seconds)
        return self.sessions[count - 1]

    async def resumed(self, count: int = 1, seconds: float = WAIT_SECONDS) -> Session:
        """The newest session, as soon as it was resumed so often."""
        return await self._changes.until(
            lambda: next((s for s in reversed(self.sessions) if s.resumes >= count), None),
            f"RESUME number {count}",
            seconds,
        )

    async def delivered(self, seconds: float = WAIT_SECONDS) -> None:
        """Return when the clients have read every event so far: each is asked for a heartbeat, which tells."""
        for session in self.live:
            sequence = len(session.events)
            if session.connection is not None and session.heard < sequence:
                session.connection.send(frame(Op.HEARTBEAT))
                await self._changes.until(partial(_has_heard, session, sequence), "heartbeat after events", seconds)

    def dispatch(self, name: str, data: Json, guild_id: str | None = None, intents: Intent | None = None) -> None:
        """Tell the sessions that serve a guild (or DMs) of an event, if they have one of the intents for it."""
        for session in self.live:
            if session.serves(guild_id) and (intents is None or session.identify.intents & intents):
                session.add(name, filtered(name, data, session.identify.intents, self._world.bot.id))

    def join(self, guild: Guild) -> None:
        """The bot was added to a guild. Only one that was away for a while comes with `unavailable` (discord.py)."""
        joined = {name: value for name, value in guild_create_json(self._world, guild).items() if name != "unavailable"}
        self.dispatch("GUILD_CREATE", joined, guild.id, Intent.GUILDS)

    def leave(self, guild: Guild) -> None:
        """The bot was removed from a guild."""
        self.dispatch("GUILD_DELETE", {"id": guild.id}, guild.id, Intent.GUILDS)

    def reconnect(self) -> None:
        """Ask every client to reconnect (op 7)."""
        self._to_all(frame(Op.RECONNECT))

    def invalidate(self, *, resumable: bool) -> None:
        """Tell every client that its session is invalid (op 9); one that is not resumable is forgotten."""
        self._to_all(frame(Op.INVALID_SESSION, resumable))
        if not resumable:
            self.forget()

    def forget(self) -> None:
        """Forget the sessions, so that a RESUME is answered with op 9."""
        for session in self.sessions:
            session.over = True

    def close(self, code: int) -> None:
        """Close every connection with a code."""
        for connection in self.connections:
            connection.close(code)

    def drop(self) -> None:
        """Break every TCP connection."""
        for connection in self.connections:
            connection.drop()

    async def stop(self) -> None:
        """Close what is left."""
        self.close(Close.GOING_AWAY)
        with suppress(TimeoutError):
            await self._changes.until(lambda: not self.connections, "farewell", 1)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """The websocket's handler."""
        socket = web.WebSocketResponse(timeout=1, max_msg_size=0)
        await socket.prepare(request)
        compress = COMPRESSORS.get(request.query.get("compress", ""))
        connection = Connection(socket, request, compress() if compress else None)
        writing = asyncio.create_task(connection.write())
        self.connections.append(connection)
        try:
            if request.query.get("v") == str(API_VERSION):
                connection.send(frame(Op.HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)}))
            else:
                connection.close(Close.INVALID_API_VERSION)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(connection, message.data)
        finally:
            self.connections.remove(connection)
            connection.detach(over=not connection.closing and socket.close_code in FAREWELLS)
            if not connection.closing:
                writing.cancel()
            await asyncio.wait([writing])
            self._changes.happened()
        return socket

    def _to_all(self, payload: Json) -> None:
        for connection in self.connections:
            connection.send(payload)

    def _receive(self, connection: Connection, text: str) -> None:
        try:
            payload = json.loads(text)
            op = Op(payload["op"])
        except (ValueError, KeyError, TypeError):
            connection.close(Close.DECODE_ERROR)
            return
        self.received.append(payload)
        match op:
            case Op.HEARTBEAT:
                connection.heard(payload["d"])
                if self.acknowledges:
                    connection.send(frame(Op.HEARTBEAT_ACK))
            case Op.IDENTIFY:
                self._identify(connection, payload["d"])
            case Op.RESUME:
                self._resume(connection, payload["d"])
            case _ if connection.session is None:
                connection.close(Close.NOT_AUTHENTICATED)
            case Op.REQUEST_GUILD_MEMBERS:
                self._members(connection.session, payload["d"])
            case Op.PRESENCE_UPDATE | Op.VOICE_STATE_UPDATE:
                pass
            case _:
                connection.close(Close.UNKNOWN_OPCODE)
        self._changes.happened()

    def _identify(self, connection: Connection, data: Json) -> None:
        number, count = data.get("shard", (0, 1))
        intents = Intent(data["intents"])
        if data["token"] != self._token():
            connection.close(Close.AUTHENTICATION_FAILED)
        elif connection.session is not None:
            connection.close(Close.ALREADY_AUTHENTICATED)
        elif not 0 <= number < count:
            connection.close(Close.INVALID_SHARD)
        elif intents & PRIVILEGED & ~self.granted:
            connection.close(Close.DISALLOWED_INTENTS)
        else:
            session = Session(secrets.token_hex(16), Identify(data["token"], intents, (number, count), data))
            self.sessions.append(session)
            connection.attach(session)
            self._welcome(session)

    def _welcome(self, session: Session) -> None:
        guilds = [guild for guild in self._world.guilds.values() if session.serves(guild.id)]
        bot = self._world.bot
        ready: Json = {
            "v": API_VERSION,
            "user": own_user_json(bot),
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(session.identify.shard),
            "application": {"id": bot.id, "flags": LIMITED_MESSAGE_CONTENT},
            "private_channels": [],
            "presences": [],
            "relationships": [],
            "user_settings": {},
        }
        session.add("READY", ready)
        if session.identify.intents & Intent.GUILDS:
            for guild in guilds:
                session.add("GUILD_CREATE", guild_create_json(self._world, guild))

    def _resume(self, connection: Connection, data: Json) -> None:
        session = next((s for s in self.live if s.id == data["session_id"]), None)
        if data["token"] != self._token():
            connection.close(Close.AUTHENTICATION_FAILED)
        elif session is None:
            connection.send(frame(Op.INVALID_SESSION, False))
        elif data["seq"] > len(session.events):
            connection.close(Close.INVALID_SEQUENCE)
        else:
            for event in session.events[data["seq"] :]:
                connection.send(event)
            connection.attach(session)
            session.resumes += 1
            session.add("RESUMED", {"_trace": []})

    def _members(self, session: Session, data: Json) -> None:
        wanted = {str(user_id) for user_id in data.get("user_ids") or []}
        query = (data.get("query") or "").lower()
        members = [
            member
            for member in self._world.guild_members(str(data["guild_id"]))
            if (member.user.id in wanted if wanted else member.user.name.lower().startswith(query))
        ]
        chunk: Json = {
            "guild_id": str(data["guild_id"]),
            "members": [full_member_json(member) for member in members[: data.get("limit") or None]],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
        }
        if "nonce" in data:
            chunk["nonce"] = data["nonce"]
        session.add("GUILD_MEMBERS_CHUNK", chunk)


def _has_heard(session: Session, sequence: int) -> bool:
    return session.heard >= sequence
