"""Serving several platforms: the failure of one is its own."""

import asyncio
import logging

import click
import pytest

from bot.chat.platform import Platform
from bot.commands.links import Links
from bot.commands.metrics import Metrics, PlatformError
from bot.operating import serving
from bot.operating.adapter import CannotReachError, CannotServeError
from bot.operating.serving import Served, serve_all

IRC, XMPP = Platform("irc", "IRC"), Platform("xmpp", "XMPP")


class Failing:
    """Serves a platform that fails in these ways, one after the other, and then goes on until cancelled."""

    def __init__(self, platform: Platform, links: Links, *failures: Exception) -> None:
        self.up = asyncio.Event()
        self.began = 0
        self._platform, self._links, self._failures = platform, links, list(failures)

    async def serve(self) -> None:
        self.began += 1
        with self._links.served(self._platform.name):
            if self._failures:
                raise self._failures.pop(0)
            self._links.connected(self._platform.name)
            self.up.set()
            await asyncio.Event().wait()

    @property
    def served(self) -> Served:
        return Served(self._platform, self.serve)


class Counted(Metrics):
    def __init__(self) -> None:
        self.errors: list[tuple[str, PlatformError]] = []

    def platform_error(self, platform: str, error: PlatformError) -> None:
        self.errors.append((platform, error))


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "FIRST_PAUSE", 0.001)


async def stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait({task})


async def test_a_platform_that_fails_is_served_again_alone(caplog: pytest.LogCaptureFixture) -> None:
    links, metrics = Links(), Counted()
    failing = Failing(IRC, links, KeyError("secret words"), CannotReachError("IRC cannot be reached."))
    other = Failing(XMPP, links)
    task = asyncio.create_task(serve_all([failing.served, other.served], links, metrics))
    await failing.up.wait()
    assert (failing.began, other.began) == (3, 1)
    assert links.states == {"irc": True, "xmpp": True}
    assert metrics.errors == [("irc", PlatformError.BROKE), ("irc", PlatformError.CONNECTION)]
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert told[0] == "IRC failed (KeyError). IRC is tried again in 0.001 s."
    assert told[1] == "IRC cannot be reached. IRC is tried again in 0.002 s."
    await stopped(task)
    assert links.states == {}


async def test_a_platform_that_is_refused_stays_missing_and_the_rest_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    links = Links()
    refused, other = Failing(IRC, links, CannotServeError("Set IRC_TOKEN.")), Failing(XMPP, links)
    task = asyncio.create_task(serve_all([refused.served, other.served], links, Metrics()))
    await other.up.wait()
    assert links.states == {"irc": False, "xmpp": True}
    assert refused.began == 1
    assert "Set IRC_TOKEN. The rest goes on." in caplog.messages
    await stopped(task)


async def test_when_all_are_refused_each_says_why() -> None:
    links = Links()
    both = [Failing(each, links, CannotServeError(f"Set {each.title}.")).served for each in (IRC, XMPP)]
    with pytest.raises(click.ClickException, match=r"Set IRC\.\nSet XMPP\."):
        await serve_all(both, links, Metrics())


async def test_pauses_grow_to_the_longest(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(serving, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(serving, "LONGEST_PAUSE", 0.3)
    links = Links()
    failing = Failing(IRC, links, *(CannotReachError("Away.") for _ in range(4)))
    task = asyncio.create_task(serve_all([failing.served], links, Metrics()))
    await failing.up.wait()
    assert [message.rpartition(" in ")[2] for message in caplog.messages] == ["0.1 s.", "0.2 s.", "0.3 s.", "0.3 s."]
    await stopped(task)
