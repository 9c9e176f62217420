"""Nobody keeps the others waiting: a megabyte through any door leaves the event loop free within a quarter of a second.

It is judged by processor time, and waiting for a processor counts for nothing, so a busy machine changes nothing.
"""

import asyncio
import os
from collections.abc import Iterator
from hashlib import pbkdf2_hmac
from itertools import product
from time import thread_time

import pytest

from bot.app.app import App
from bot.chat.events import Complete, Event, Home, Invocation, Message, Press, Submit, Typed, Upload
from bot.chat.incoming import LENGTH_LIMIT
from bot.commands.community_settings import Setting
from tests.fuzzing import LONGER
from tests.people import ADMIN, CHANNEL, MEMBER
from tests.servers.pulse import SECONDS, Pulse

SIZE = 1_000_000
# What is made once, or happens to be slow once, is not slow each time.
TRIES = 6
# What of a text may be slow: one word, many, marks of markup, numbers, addresses, other scripts.
UNITS = ("is ijm ", "1- ", "\n- ", "é🙂", *(("x", "](", "**a", "a.a@", "http://a ", '"a:', "８") if LONGER else ()))
BRIEFLY = [("1- ", LENGTH_LIMIT), ("é🙂", LENGTH_LIMIT), ("is ijm ", SIZE), ("\n- ", SIZE)]
FORMS_FIELDS = ("question", "phrasings", "answer", "topic", "source", "days", "time", "zone", "quiet")
KINDS = ("csv", "tsv", "json", "yaml", "xlsx", "txt")


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
@pytest.mark.parametrize(("unit", "size"), [*product(UNITS, (LENGTH_LIMIT, SIZE))] if LONGER else BRIEFLY)
async def test_no_text_keeps_the_event_loop_from_others(app: App, unit: str, size: int) -> None:
    await app.services.store.set_place_setting(
        CHANNEL.community, CHANNEL.id, Setting.PASSIVE, True, by="x", now=app.services.now()
    )
    slow: list[str] = []
    for door, event in doors(app, (unit * (size // len(unit.encode()) + 1))[:size]):
        # What is made once is not the door's.
        if (
            await _worst(app, event) > SECONDS
            and (worst := min([await _worst(app, event) for _ in range(TRIES)])) > SECONDS
        ):
            slow.append(f"{door}: {worst:.2f} s")
    assert slow == []


@pytest.mark.slow
async def test_the_pulse_tells_what_holds_the_interpreter() -> None:
    async with Pulse() as loop:
        _work(0.5)
    assert loop.worst > SECONDS
    async with Pulse() as thread:
        # One call into C, which does not let go of the interpreter.
        await asyncio.to_thread(sum, range(60_000_000))
    assert thread.worst > SECONDS


@pytest.mark.slow
async def test_the_pulse_passes_over_what_only_takes_long_and_over_a_busy_machine() -> None:
    async with Pulse() as free:
        await asyncio.to_thread(_work, 0.5)
    assert free.worst < SECONDS
    async with Pulse() as busy:
        # Hashing lets go of the interpreter, and of no processor.
        await asyncio.gather(*(asyncio.to_thread(_hash, 0.1) for _ in range(4 * (os.cpu_count() or 1))))
    assert busy.worst < SECONDS


def _work(seconds: float) -> None:
    until = thread_time() + seconds
    while thread_time() < until:
        pass


def _hash(seconds: float) -> None:
    until = thread_time() + seconds
    while thread_time() < until:
        pbkdf2_hmac("sha256", b"", b"", 10_000)
