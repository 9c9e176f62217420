"""A local IRC server for one bot (modern.ircdocs.horse): what others do on it is up to the test."""

import asyncio
from typing import Self

PATIENCE_SECONDS = 120
_HOST = "irc.test"


class IrcServer:
    """An IRC network on a loopback port. `said` is what the bot has said, each line with whom it was said to.

    `refuses` is what the server says before it closes a connection that it does not want.
    """

    def __init__(self, refuses: str = "") -> None:
        self.said: list[tuple[str, str]] = []
        self.joined: set[str] = set()
        self.operators: set[str] = set()
        self.nick, self.refuses, self.taken = "", refuses, set[str]()
        self.connections = 0
        self._writer: asyncio.StreamWriter | None = None
        self._changed = asyncio.Event()
        self._pongs = self._numbers = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.drop()
        self._server.close()
        await self._server.wait_closed()

    async def until_joined(self, channel: str) -> None:
        """Return when the bot is in a channel, and knows it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while channel not in self.joined:
                await self._change()
        await self.read()

    async def until_said(self, words: str) -> None:
        """Return when the bot has said something with these words in it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any(words in line for _, line in self.said):
                await self._change()

    async def read(self) -> None:
        """Return when the bot has read all that was sent to it, and what it sent before has arrived."""
        before = self._pongs
        self.send("PING :read")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._pongs == before:
                await self._change()

    def say(self, nick: str, target: str, text: str, *, tags: str = "", twice: bool = False) -> None:
        """Somebody says something; every message has a number."""
        self._numbers += 1
        tagged = ";".join(filter(None, (f"msgid=m{self._numbers}", tags)))
        for _ in range(1 + twice):
            self.send(f"@{tagged} :{nick}!u@h PRIVMSG {target} :{text}")

    def send(self, line: str) -> None:
        """Send a line as it is."""
        assert self._writer is not None
        self._writer.write(f"{line}\r\n".encode())

    def kick(self, channel: str) -> None:
        """Put the bot out of a channel."""
        self.joined.discard(channel)
        self.send(f":ada!u@h KICK {channel} {self.nick} :bye")

    def drop(self) -> None:
        """Break the connection."""
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer, self.joined = writer, set()
        self.connections += 1
        try:
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                self._take(*line.split(" ", 1))
                self._changed.set()
        except ConnectionError:
            pass
        finally:
            writer.close()

    def _take(self, command: str, rest: str = "") -> None:
        match command:
            case "NICK" if rest in self.taken:
                self.send(f":{_HOST} 433 * {rest} :Nickname is already in use")
            case "NICK":
                self.nick = rest
                self._welcome()
            case "JOIN":
                self.joined.add(rest)
                self.send(f":{self.nick}!u@h JOIN {rest}")
                self._names(rest)
            case "NAMES":
                self._names(rest)
            case "NOTICE":
                target, _, text = rest.partition(" :")
                self.said.append((target, text))
            case "PONG":
                self._pongs += 1

    def _welcome(self) -> None:
        if self.refuses:
            self.send(f"ERROR :{self.refuses}")
            assert self._writer is not None
            self._writer.close()
        else:
            self.send(f":{_HOST} 001 {self.nick} :Welcome")

    def _names(self, channel: str) -> None:
        names = " ".join(["kim", "ada", self.nick, *(f"@{nick}" for nick in self.operators)])
        self.send(f":{_HOST} 353 {self.nick} = {channel} :{names}")
        self.send(f":{_HOST} 366 {self.nick} {channel} :End of /NAMES list")

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
