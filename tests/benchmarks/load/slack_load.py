"""Slash commands from many people at once, as signed requests over kept connections, and a Slack that takes the answers.

Everything is written by hand on sockets, so that the load takes less of the machine than what is measured.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from tests.servers.slack.http import FORM, Signing

SECRET = "signing-secret"
TOKEN = "xoxb-load"
TEAM, USER, CHANNEL = "T000000001", "U000000001", "C000000001"
# People who wait for an answer at the same time.
CROWD = 16
_OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n%s\r\n%s"
_SCOPES = (
    b"x-oauth-scopes: app_mentions:read,chat:write,commands,files:read,files:write,im:history,im:write,"
    b"usergroups:read,users:read\r\n"
)
_API = {
    b"/api/auth.test": {"team_id": TEAM, "user_id": "U000000002", "bot_id": "B000000001", "url": "", "team": "", "user": ""},
    b"/api/users.info": {"user": {"id": USER, "team_id": TEAM, "name": "kim", "profile": {"display_name": "kim"}}},
    b"/api/usergroups.list": {"usergroups": []},
}  # fmt: skip
_ANSWERS = {path: json.dumps({"ok": True, **body}).encode() for path, body in _API.items()}


class Answered(asyncio.Protocol):
    """A connection of the bot to Slack. What comes to `/response/<number>` is the answer that somebody waits for."""

    def __init__(self, waiting: dict[bytes, asyncio.Future[bytes]]) -> None:
        self._waiting = waiting
        self._buffer = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is there whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _length(head)
            if len(self._buffer) < end + 4 + length:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            answer = _ANSWERS.get(path, b"{}")
            assert self._transport is not None
            self._transport.write(_OK % (len(answer), _SCOPES, answer))
            waiter = self._waiting.pop(path, None)
            if waiter is not None and not waiter.done():
                waiter.set_result(body)


def _length(head: bytes) -> int:
    lowered = head.lower()
    place = lowered.find(b"content-length:")
    return int(lowered[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0


class Load:
    """The load. `api_url` is where the bot finds this Slack."""

    def __init__(self) -> None:
        self.api_url = ""
        self.waiting: dict[bytes, asyncio.Future[bytes]] = {}
        self._base = ""
        self._number = 0

    async def run(self, port: int, questions: Sequence[str], count: int) -> list[float]:
        """How many seconds each of `count` questions took from the request to its answer at the response_url.

        Raises AssertionError if something is not acknowledged with 200, or the answer is empty.
        """
        left = iter(range(count))
        taken: list[float] = []

        async def person() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for number in left:
                taken.append(await self._ask(reader, writer, port, questions[number % len(questions)]))
            writer.close()
            await writer.wait_closed()

        await asyncio.gather(*(person() for _ in range(CROWD)))
        return taken

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, text: str) -> float:
        self._number += 1
        path = f"/response/{self._number}"
        body = urlencode(
            {
                "token": "x", "team_id": TEAM, "team_domain": "campus", "channel_id": CHANNEL, "channel_name": "general",
                "user_id": USER, "user_name": "kim", "command": "/ijm", "text": text, "api_app_id": "A000000001",
                "is_enterprise_install": "false", "response_url": f"{self._base}{path}", "trigger_id": "1.2.3",
            }
        )  # fmt: skip
        headers = {"Host": f"127.0.0.1:{port}", "Content-Type": FORM, "Content-Length": str(len(body))}
        lines = [f"{name}: {value}" for name, value in (headers | Signing(SECRET).headers(body)).items()]
        request = "\r\n".join(["POST /slack/events HTTP/1.1", *lines, "", body]).encode()
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.waiting[path.encode()] = answer
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(_length(head))
        assert len(await answer) > 2
        return time.perf_counter() - begun


@asynccontextmanager
async def load() -> AsyncIterator[Load]:
    """A Slack on loopback that answers the Web API and takes answers."""
    made = Load()
    server = await asyncio.get_running_loop().create_server(lambda: Answered(made.waiting), "127.0.0.1", 0)
    made._base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    made.api_url = f"{made._base}/api/"
    try:
        yield made
    finally:
        server.close()
