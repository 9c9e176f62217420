"""Nobody keeps the others waiting: a megabyte through any door leaves the event loop free within a quarter of a second.

It is judged by the processor time that the process takes between two turns of the loop, so a busy machine changes
nothing.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from time import process_time

import pytest

from bot.app.app import App
from bot.chat.events import Complete, Event, Home, Invocation, Message, Press, Submit, Typed, Upload
from bot.commands.community_settings import Setting
from tests.fuzzing import LONGER
from tests.people import ADMIN, CHANNEL, MEMBER

SIZE = 1_000_000
# A person does not notice less.
SECONDS = 0.25
# On a busy machine the loop may get no turn for a while though nothing keeps it; what keeps it does so each time.
TRIES = 6
# What of a text may be slow: one word, many, marks of markup, numbers, addresses, other scripts.
UNITS = ("is ijm ", "1- ", "\n- ", "é🙂", *(("x", "](", "**a", "a.a@", "http://a ", '"a:', "８") if LONGER else ()))
FORMS_FIELDS = ("question", "phrasings", "answer", "topic", "source", "days", "time", "zone", "quiet")
KINDS = ("csv", "tsv", "json", "yaml", "xlsx", "txt")


class Pulse:
    """Beats while something is done; `worst` is the most processor time between two beats, in seconds."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Pulse":
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0)
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _beat(self) -> None:
        last = process_time()
        while True:
            await asyncio.sleep(0)
            now = process_time()
            self.worst, last = max(self.worst, now - last), now


def doors(app: App, text: str) -> Iterator[tuple[str, Event | Complete]]:
    """The text through every door of a member, a moderator and an admin, each with the name of the door."""
    yield "message", Message(MEMBER, CHANNEL, text, addressed=True)
    yield "overheard", Message(MEMBER, CHANNEL, text, addressed=False)
    yield "home", Home(MEMBER, CHANNEL)
    for line in (text, f"ask {text}", f"share {text}", f"help {text}", f"quiz {text}"):
        yield f"typed {line[:6]}", Typed(MEMBER, CHANNEL, line, private=True)
        yield f"typed to moderate {line[:6]}", Typed(ADMIN, CHANNEL, line, "ijm-mod")
    for command in app.registry.commands:
        for option in command.options:
            if option.type is str:
                yield (
                    f"/{command.head} {command.name} {option.name}",
                    Invocation(ADMIN, CHANNEL, command.name, {option.name: text}, command.head),
                )
                yield (
                    f"completing {command.name} {option.name}",
                    Complete(ADMIN, CHANNEL, command.name, option.name, text, command.head),
                )
    for action in app.registry.actions:
        yield f"press {action}", Press(ADMIN, CHANNEL, action, text)
    yield "press run", Press(ADMIN, CHANNEL, "run", text)
    yield "press delete", Press(ADMIN, CHANNEL, "delete", text)
    for form in app.registry.forms:
        yield f"form {form}", Submit(ADMIN, CHANNEL, form, dict.fromkeys(FORMS_FIELDS, text))
        yield f"form {form} with an id", Submit(ADMIN, CHANNEL, f"{form}:{text}", {})
    for kind in KINDS:
        yield f"file.{kind}", Submit(ADMIN, CHANNEL, "import", {}, {"file": Upload(f"x.{kind}", text.encode())})


async def _worst(app: App, event: Event | Complete) -> float:
    async with Pulse() as pulse:
        await (app.complete(event) if isinstance(event, Complete) else app.handle(event))
    return pulse.worst


@pytest.mark.fuzz
@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
async def test_no_megabyte_keeps_the_event_loop_from_others(app: App, unit: str) -> None:
    await app.services.store.set_place_setting(
        CHANNEL.community, CHANNEL.id, Setting.PASSIVE, True, by="x", now=app.services.now()
    )
    slow: list[str] = []
    for door, event in doors(app, unit * (SIZE // len(unit.encode()))):
        # What is made once, and what somebody else's work on this machine does to the processor, is not the door's.
        if (
            await _worst(app, event) > SECONDS
            and (worst := min([await _worst(app, event) for _ in range(TRIES)])) > SECONDS
        ):
            slow.append(f"{door}: {worst:.2f} s")
    assert slow == []


@pytest.mark.slow
async def test_the_pulse_tells_what_stops_the_loop_and_not_what_only_takes_long() -> None:
    def work(seconds: float) -> None:
        until = process_time() + seconds
        while process_time() < until:
            pass

    async with Pulse() as held:
        work(0.3)
    assert held.worst > SECONDS
    async with Pulse() as free:
        await asyncio.to_thread(work, 0.3)
    assert free.worst < SECONDS
