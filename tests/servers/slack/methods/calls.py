"""A call of the Web API as its method sees it, the errors it may answer with, and the faults a test may put in."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from tests.servers.slack.records import Grant
from tests.servers.slack.rules.values import Channel, Json, Kind, Message, Team, User
from tests.servers.slack.world import World


class SlackError(Exception):
    """An answer with `ok: false`; `extra` goes beside the error."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


class Cut(Exception):  # noqa: N818 (it is meant)
    """The connection is to be broken instead of an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """A recorded request. `time` is the server's clock when it came, `answer` what it got."""

    method: str
    token: str | None
    arguments: Json
    time: float
    status: int
    answer: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """How a method fails instead of answering, after `delay` seconds and once `held` has happened.

    With neither status nor error it is only slow. With `cut` the connection breaks before anything is done. A `body`
    is the answer as it is, and `spares` says which arguments meet no fault.
    """

    status: int = 200
    error: str | None = None
    retry_after: int | None = None
    delay: float = 0.0
    held: asyncio.Event | None = None
    cut: bool = False
    body: str | None = None
    spares: Callable[[Json], bool] = lambda _: False


class Faults:
    """Faults for the next calls of a method; `response_url` and `upload` count as methods, `*` stands for all."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)
        self._lasting: dict[str, Fault] = {}

    def rate_limit(self, method: str, *, retry_after: int = 1, times: int | None = 1) -> None:
        """HTTP 429 with Retry-After for the next `times` calls, or until `clear` if None."""
        self._put(method, Fault(429, "ratelimited", retry_after), times)

    def refuse(
        self, method: str, error: str, *, times: int | None = 1, spares: Callable[[Json], bool] = lambda _: False
    ) -> None:
        """`ok: false` with that error, but for the arguments that it spares."""
        self._put(method, Fault(error=error, spares=spares), times)

    def answer(self, method: str, status: int, body: str, *, times: int | None = 1) -> None:
        """A status and a body that are no answer of that method, but may come from it."""
        self._put(method, Fault(status, body=body), times)

    def crash(self, method: str, *, status: int = 500, times: int | None = 1) -> None:
        """An HTTP error with a page of HTML."""
        self._put(method, Fault(status), times)

    def delay(self, method: str, seconds: float, *, times: int | None = 1) -> None:
        """The answer, but late."""
        self._put(method, Fault(delay=seconds), times)

    def hold(self, method: str, until: asyncio.Event, *, times: int | None = 1) -> None:
        """The answer, once that has happened."""
        self._put(method, Fault(held=until), times)

    def cut(self, method: str, *, times: int | None = 1) -> None:
        """A connection that breaks instead of an answer."""
        self._put(method, Fault(cut=True), times)

    def clear(self) -> None:
        """All is well again."""
        self._waiting.clear()
        self._lasting.clear()

    def take(self, method: str, arguments: Json) -> Fault | None:
        """The fault that this call meets."""
        for name in (method, "*"):
            waiting = self._waiting[name]
            if waiting and not waiting[0].spares(arguments):
                return waiting.popleft()
            if name in self._lasting and not self._lasting[name].spares(arguments):
                return self._lasting[name]
        return None

    def _put(self, method: str, fault: Fault, times: int | None) -> None:
        if times is None:
            self._lasting[method] = fault
        else:
            self._waiting[method].extend([fault] * times)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the world it works on, the token's grant, the arguments."""

    world: World
    method: str
    grant: Grant
    arguments: Json
    base_url: str

    @property
    def bot(self) -> User:
        """The bot user that the token stands for."""
        assert self.grant.bot is not None, f"{self.method} has no bot token"
        return self.grant.bot

    @property
    def team(self) -> Team:
        """The token's workspace."""
        return self.world.teams[self.bot.team]

    def require(self, scope: str) -> None:
        """Raises SlackError missing_scope if the token was not granted it."""
        if scope not in self.grant.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(self.grant.scopes))

    def text(self, name: str, default: str | None = None) -> str:
        """An argument as text. Raises SlackError invalid_arguments if it is missing and there is no default."""
        value = self.arguments.get(name, default)
        if value is None:
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
        return value if isinstance(value, str) else str(value)

    def flag(self, name: str) -> bool:
        """An argument as a truth value, false if it is missing."""
        return self.arguments.get(name) in {True, "1", "true", "True"}

    def parsed(self, name: str, error: str) -> Any:
        """An argument that is JSON, also inside a form; None if it is missing. Raises SlackError with `error`."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError(error) from None

    def user(self, name: str = "user", error: str = "user_not_found") -> User:
        """The user that an argument names. Raises SlackError if there is none in this workspace."""
        user = self.world.users.get(self.text(name))
        if user is None or user.team != self.team.id:
            raise SlackError(error)
        return user

    def channel(self, name: str = "channel") -> Channel:
        """The conversation that an argument names, by id, by name or by the user it is with.

        Raises SlackError channel_not_found also for what the bot is not let in to see.
        """
        wanted = self.text(name)
        user = self.world.users.get(wanted)
        if user is not None and user.team == self.team.id:
            return self.world.im(user, self.bot)
        for channel in self.world.channels.values():
            named = channel.kind is not Kind.IM and channel.name == wanted.removeprefix("#")
            if (channel.id == wanted or named) and channel.team == self.team.id and self._sees(channel):
                return channel
        raise SlackError("channel_not_found")

    def own_message(self, refusal: str) -> Message:
        """The bot's message that `channel` and `ts` name. Raises SlackError if it is not there or not its own."""
        message = self.world.messages.get((self.channel().id, self.text("ts")))
        if message is None:
            raise SlackError("message_not_found")
        if message.author.id != self.bot.id:
            raise SlackError(refusal)
        return message

    def _sees(self, channel: Channel) -> bool:
        return channel.kind is Kind.PUBLIC or self.bot.id in channel.members


class Token(Enum):
    """The kind of token that a method wants."""

    BOT = auto()
    APP = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API. `answer` gives the fields beside `ok`, or raises SlackError."""

    name: str
    answer: Callable[[Call], Json]
    scope: str | None = None
    token: Token = Token.BOT


def page(call: Call, items: list[Any], name: str, most: int) -> Json:
    """A page of items with the cursor to the next, as every listing method gives it."""
    limit = min(int(call.text("limit", str(most))), most)
    try:
        start = int(call.text("cursor", "") or "0")
    except ValueError:
        raise SlackError("invalid_cursor") from None
    following = str(start + limit) if start + limit < len(items) else ""
    shown = items[start : start + limit]
    return {name: shown, "has_more": bool(following), "response_metadata": {"next_cursor": following}}
