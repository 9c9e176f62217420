"""The connection to IRC: receives, has the core answer, and sends. The only file of this adapter that does I/O."""

import asyncio
import logging
import ssl
from collections import defaultdict

from adapters.shared.plain_text import lines_of, numbered
from adapters.shared.text_chat import TextChat
from adapters.shared.work import Work
from bot.app.app import App
from bot.chat.events import Message, Place, Typed, User
from bot.chat.outbox import Outbox, Unpostable, Unreached
from bot.chat.replies import Reply
from bot.chat.roles import ADMINISTRATES, MODERATES
from bot.operating.adapter import CannotServeError, Serving
from examples.irc.events import IRC, Line, event_of, id_of, line_of, place_of
from examples.irc.settings import IrcSettings

# A line has 512 bytes with all that a server puts before it (modern.ircdocs.horse/#messages).
BYTES_LIMIT = 400
# As many lines as a channel bears; and as many as a server takes at once before it wants a pause (RFC 1459, 8.10).
LINES_LIMIT, BURST = 40, 5
AGAIN_SECONDS = 5.0  # before a connection that broke is made again
# What the signs before a name say (modern.ircdocs.horse/#channel-membership-prefixes).
_POWERS = {"~": ADMINISTRATES, "&": ADMINISTRATES, "@": MODERATES}

log = logging.getLogger(__name__)


async def serve(app: App, settings: IrcSettings, _: Serving) -> None:
    """Serve IRC until cancelled. Raises CannotServeError if the server is not reached at first, or refuses the bot."""
    secure, client = ssl.create_default_context() if settings.tls else None, Client(app, settings)
    with app.services.links.served(IRC.name):
        while True:
            try:
                await client.run(*await asyncio.open_connection(settings.server, settings.port, ssl=secure))
            except OSError as error:
                client.farewell = str(error)
            if not client.was_welcome:
                raise CannotServeError(f"IRC: {client.farewell}. Check IRC_SERVER, IRC_PORT, IRC_TLS and IRC_PASSWORD.")
            log.warning("The connection to IRC broke, and is made again.")
            app.services.metrics.reconnected(IRC.name)
            await asyncio.sleep(AGAIN_SECONDS)


class Client(Outbox):
    """Talks with the server, over one connection after the other."""

    platform = IRC

    def __init__(self, app: App, settings: IrcSettings) -> None:
        self.was_welcome, self.farewell = False, "the server closed the connection"
        self._app, self._settings, self._me = app, settings, settings.nick
        self._powers: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        self._joined: set[str] = set()
        self._chat = TextChat(app, lambda user: place_of(user.name), self._present)
        self._work = Work(IRC, app.services.metrics)
        self._saying, self._even_at = asyncio.Lock(), 0.0

    async def run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve until the connection ends; or until cancelled, and then finish what was taken."""
        self._writer, password = writer, self._settings.password
        try:
            self._write(*([f"PASS {password.get_secret_value()}"] if password else []), "CAP REQ :message-tags")
            self._write("CAP END", f"NICK {self._me}", f"USER {self._me} 0 * :IJM answers")
            while raw := await reader.readline():
                self._take(line_of(raw.decode(errors="replace")))
        finally:
            self._app.services.outboxes.disconnect(IRC.prefix)
            self._app.services.links.connected(IRC.name, up=False)
            await self._work.finish()
            writer.close()

    def _take(self, line: Line) -> None:
        first, last = (line.params[0], line.params[-1]) if line.params else ("", "")
        gone = id_of(line.params[1] if line.command == "KICK" else line.source)
        match line.command:
            case "PING":
                self._write(f"PONG :{last}")
            case "001":
                self._welcomed(first)
            case "433":
                self._me += "_"
                self._write(f"NICK {self._me}")
            case "ERROR":
                self.farewell = last
            case "PRIVMSG" if event := event_of(line, self._me):
                self._work.begin(self._answer(event, line), turn=event.place.id)
            case "JOIN" if id_of(line.source) == id_of(self._me):
                self._joined.add(id_of(first))
                self._work.begin(self._app.returned(id_of(first)), turn=IRC.name)
            case "PART" | "KICK" if gone == id_of(self._me):
                self._joined.discard(id_of(first))
                self._work.begin(self._app.left(id_of(first)), turn=IRC.name)
            case "PART" | "KICK" | "QUIT" | "NICK":
                for powers in self._powers.values():
                    powers.pop(gone, None)
            case "MODE" if first.startswith("#"):
                # Nobody has powers until the server says again who has.
                self._powers.pop(id_of(first), None)
                self._write(f"NAMES {first}")
            case "353":
                for name in last.split():
                    has = frozenset({_POWERS[name[0]]} if name[0] in _POWERS else ())
                    self._powers[id_of(line.params[2])][id_of(name.lstrip("~&@%+"))] = has
            case _:
                pass

    def _welcomed(self, me: str) -> None:
        self._me, self.was_welcome = me, True
        ours = set(map(id_of, self._settings.channels.split()))
        self._write(*(f"JOIN {each.removeprefix(IRC.prefix)}" for each in ours))
        self._work.begin(self._app.present(f"{IRC.prefix}#", ours.__contains__, lambda _: True), IRC.name)
        self._app.services.outboxes.connect(IRC.prefix, self)
        self._app.services.links.connected(IRC.name)
        log.info("Ready on IRC as %s.", me)

    async def _answer(self, event: Message | Typed, line: Line) -> None:
        # A bouncer plays lines back; they are known again by what the server calls them.
        keys = [f"{IRC.prefix}message/{line.tags['msgid']}"] if "msgid" in line.tags else []
        if answer := await self._chat.answer(event, *keys):
            await self._say(answer.place.id, answer.text)
            self._chat.shown(answer)

    def _present(self, user: User, place: Place) -> User:
        return User(user.id, user.name, self._powers[place.id].get(user.id, frozenset()))

    async def _say(self, place: str, text: str) -> None:
        """Say it by NOTICE, which no bot answers and few clients ring for (RFC 2812, 3.3.2)."""
        async with self._saying:
            for line in lines_of(text, BYTES_LIMIT, LINES_LIMIT):
                now, pace = asyncio.get_running_loop().time(), self._settings.pace
                self._even_at = max(self._even_at, now) + pace
                await asyncio.sleep(self._even_at - now - BURST * pace)
                self._write(f"NOTICE {place.removeprefix(IRC.prefix)} :{line}")

    def _write(self, *lines: str) -> None:
        self._writer.writelines(f"{line}\r\n".encode() for line in lines)

    async def check(self, community: str, place: str) -> None:
        """Look whether it is a channel that the bot is in."""
        if community != place or not place.startswith(f"{IRC.prefix}#"):
            raise Unpostable("This is no channel.")
        if place not in self._joined:
            raise Unreached("I am not in this channel now.")

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Say it without its buttons, whose numbers would be taken for those of the last reply."""
        await self.check(community, place)
        await self._say(place, numbered(Reply(reply.blocks)))
