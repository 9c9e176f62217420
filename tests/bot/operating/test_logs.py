"""The log as lines for people and as objects for programs."""

import asyncio
import gc
import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.app.app import App
from bot.chat.events import Invocation
from bot.chat.replies import Reply
from bot.commands.context import Context, Services
from bot.commands.declarations import Registry, command
from bot.operating import logs
from bot.operating.settings import LogFormat, LogLevel
from tests.people import CHANNEL, MEMBER, done

SECRET_WORDS = "what somebody wrote"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logging is the process's; leave it as it was."""
    names = ("", "adapters", "bot", "knowledge")
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@command()
async def breaks(context: Context) -> Reply:
    """Break."""
    raise LookupError("on purpose")


async def test_as_json_each_line_is_an_object_with_what_is_needed_to_find_an_error(
    services: Services, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.begin(LogFormat.JSON, LogLevel.INFO)
    app = App(services, Registry([breaks]))
    reply = await done(app, Invocation(MEMBER, CHANNEL, "breaks"))
    line = json.loads(capfd.readouterr().err)
    assert line["error_id"] in reply.plain
    assert (line["level"], line["logger"], line["event"]) == ("ERROR", "bot.app.app", "invocation")
    assert line["time"].endswith("+00:00")
    assert "test_logs.py" in line["exc_info"]
    assert line["exc_info"].endswith("\nLookupError")


async def test_pretty_lines_say_the_same(services: Services, capfd: pytest.CaptureFixture[str]) -> None:
    logs.begin(LogFormat.PRETTY, LogLevel.INFO)
    await done(App(services, Registry([breaks])), Invocation(MEMBER, CHANNEL, "breaks"))
    written = capfd.readouterr().err
    assert " ERROR bot.app.app: error " in written
    assert written.endswith("\nLookupError\n")
    assert "on purpose" not in written


def test_an_exception_is_logged_by_types_and_places_and_so_are_those_before_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logs.begin(LogFormat.PRETTY, LogLevel.INFO)
    try:
        try:
            raise KeyError(SECRET_WORDS)
        except KeyError as error:
            raise ExceptionGroup(SECRET_WORDS, [ValueError(SECRET_WORDS)]) from error
    except ExceptionGroup:
        logging.getLogger("bot.x").exception("It broke")
    written = capfd.readouterr().err
    assert SECRET_WORDS not in written
    assert [each for each in ("KeyError", "which led to", "ExceptionGroup", "ValueError") if each in written] == [
        "KeyError", "which led to", "ExceptionGroup", "ValueError",
    ]  # fmt: skip


async def test_what_nobody_waited_for_is_logged_without_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    logs.begin(LogFormat.PRETTY, LogLevel.INFO)

    async def fails() -> None:
        raise ValueError(SECRET_WORDS)

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.unretrieved)
    try:
        task = asyncio.create_task(fails())
        await asyncio.wait([task])
        del task
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    written = capfd.readouterr().err
    assert "ValueError" in written
    assert SECRET_WORDS not in written


@pytest.mark.parametrize("form", LogFormat)
async def test_nothing_that_somebody_wrote_is_in_the_log_at_any_level(
    services: Services, capfd: pytest.CaptureFixture[str], form: LogFormat
) -> None:
    logs.begin(form, LogLevel.DEBUG)
    app = App(replace(services))
    for words in (SECRET_WORDS, f"{SECRET_WORDS} my boss took my passport and won't let me leave"):
        await app.handle(Invocation(MEMBER, CHANNEL, "ask", {"question": words}))
        await app.handle(Invocation(MEMBER, CHANNEL, "ask", {"nonsense": words}))
    logging.getLogger("discord.gateway").debug("%s", SECRET_WORDS)
    assert SECRET_WORDS not in capfd.readouterr().err


def test_what_is_less_than_the_level_is_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    logs.begin(LogFormat.PRETTY, LogLevel.WARNING)
    for name in ("bot.x", "discord.client"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("important")
    written = capfd.readouterr().err
    assert written.count("important") == 2
    assert "chatter" not in written
