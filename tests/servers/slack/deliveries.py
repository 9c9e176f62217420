"""One thing on its way to the app: its attempts, its acks, and what the app did after it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any, Protocol

from tests.servers.patience import WAIT_SECONDS
from tests.servers.slack.journal import Journal
from tests.servers.slack.records import Change, Did
from tests.servers.slack.rules.values import Json, Message, View
from tests.servers.slack.world import World

# docs.slack.dev/apis/events-api: three retries.
RETRY_DELAYS = (0.0, 60.0, 300.0)


class Envelope(StrEnum):
    """What is on its way; the value is its type in Socket Mode."""

    COMMAND = "slash_commands"
    EVENT = "events_api"
    INTERACTIVE = "interactive"


@dataclass(frozen=True, slots=True)
class Ack:
    """The app's answer after `elapsed` seconds. Over Socket Mode there is no status but 200."""

    elapsed: float
    body: Any
    status: int = 200
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether Slack takes it for an ack."""
        return self.status == 200


class NoAnswerError(Exception):
    """An attempt came to nothing; the text is the retry reason."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending: the ack it got, or why it failed."""

    number: int
    ack: Ack | None
    failure: str | None = None


class Transport(Protocol):
    """Socket Mode or HTTP."""

    async def deliver(self, envelope: Envelope, payload: Json, number: int, reason: str) -> Ack:
        """Send once and wait for the answer. `number` counts retries. Raises NoAnswerError."""


class Delivery:
    """A command, event or interaction that a person caused; `said` is the message they wrote, if they wrote one."""

    def __init__(self, envelope: Envelope, payload: Json, world: World, team: str, said: Message | None = None) -> None:
        self.envelope = envelope
        self.payload = payload
        self.said = said
        self.attempts: Journal[Attempt] = Journal("attempts")
        self._world = world
        self._team = team
        self._start = len(world.changes)

    @property
    def event(self) -> Json:
        """The event inside, for an event."""
        return dict(self.payload["event"])

    async def ack(self, attempt: int = 0, timeout: float = WAIT_SECONDS) -> Ack:  # noqa: ASYNC109
        """The app's answer to an attempt, 0 being the first. Raises AssertionError if there was none."""
        found = (await self.attempts.wait(attempt + 1, timeout=timeout))[attempt]
        assert found.ack is not None, f"attempt {attempt} of {self} was not acked: {found.failure}"
        return found.ack

    async def changes(self, count: int = 1, timeout: float = WAIT_SECONDS) -> tuple[Change, ...]:  # noqa: ASYNC109
        """The first things that the app changed in this workspace after this."""
        return await self._world.changes.wait(
            count, start=self._start, where=lambda one: one.team == self._team, timeout=timeout
        )

    async def message(self, timeout: float = WAIT_SECONDS) -> Message:  # noqa: ASYNC109
        """The first message that the app posted, whispered or changed after this."""
        dids = {Did.POSTED, Did.WHISPERED, Did.UPDATED}
        change = await self._first(dids, timeout)
        assert change.message is not None
        return change.message

    async def view(self, timeout: float = WAIT_SECONDS) -> View:  # noqa: ASYNC109
        """The first view that the app opened, pushed, replaced or published after this."""
        change = await self._first({Did.OPENED, Did.PUSHED, Did.REPLACED, Did.PUBLISHED}, timeout)
        assert change.view is not None
        return change.view

    async def _first(self, dids: set[Did], wait: float) -> Change:
        (change,) = await self._world.changes.wait(
            start=self._start, where=lambda one: one.team == self._team and one.did in dids, timeout=wait
        )
        return change

    def __repr__(self) -> str:
        inner = self.payload.get("event") or self.payload
        return f"<Delivery {self.envelope} {inner.get('command') or inner.get('type')}>"


async def carry(
    delivery: Delivery,
    transport: Transport,
    delays: Sequence[float],
    acked: Callable[[Delivery, Ack], None],
    *,
    first: int = 0,
    reason: str = "",
) -> None:
    """Send until it is acked; only events are sent again. `acked` hears of the ack that counts.

    `first` and `reason` are those of the first sending, when it is itself a retry.
    """
    for number, delay in enumerate((0.0, *delays), start=first):
        await asyncio.sleep(delay)
        try:
            ack = await transport.deliver(delivery.envelope, delivery.payload, number, reason)
        except NoAnswerError as failure:
            reason = str(failure)
            delivery.attempts.add(Attempt(number, None, reason))
        else:
            if ack.ok:
                acked(delivery, ack)
            delivery.attempts.add(Attempt(number, ack))
            if ack.ok or ack.no_retry:
                return
            reason = "http_error"
        if delivery.envelope is not Envelope.EVENT:
            return


async def timed(answer: Awaitable[Any], seconds: float, reason: str) -> tuple[float, Any]:
    """An answer and how long it took. Raises NoAnswerError with `reason` if that was too long."""
    start = monotonic()
    try:
        async with asyncio.timeout(seconds):
            result = await answer
    except TimeoutError:
        raise NoAnswerError(reason) from None
    return monotonic() - start, result
