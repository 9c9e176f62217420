"""What an adapter owes (docs/add-a-platform.md), on a local platform each."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

import pytest

from bot.app.app import App
from bot.chat.events import Event, Message
from bot.chat.outbox import Unpostable
from bot.chat.replies import Button, Delete, Reply, text
from bot.commands.context import Context, Services
from bot.commands.declarations import About, Completes, Handlers, Registry, command
from tests.adapters.contract.harness import Duty, Harness, Stage, Watch, Who, harnesses

# What the bot says in these tests.
OPEN, ALONE, COVER, DONE = "open-1", "alone-2", "cover-3", "done-4"
# What somebody types, and nobody should find in a log.
TYPED = "xylophone-77"
# So often the event loop goes round before a task that should wait is found waiting.
TURNS = 50

pytestmark = pytest.mark.slow
HARNESSES = harnesses()
_gates: list[asyncio.Event] = []


@command()
async def whisper(context: Context, words: Annotated[str, About("anything")]) -> Reply:
    """Say something to one person."""
    return Reply((text(ALONE),), private=True)


@command()
async def crash(context: Context, words: Annotated[str, About("anything")]) -> Reply:
    """Break."""
    raise RuntimeError("broken")


@command(head="ijm-mod")
async def slow(context: Context) -> Reply:
    """Say when it began, and wait until it may go on."""
    began, gate = _gates
    began.set()
    await gate.wait()
    return Reply((text(DONE),))


@command(head="ijm-mod")
async def point(
    context: Context,
    channel: Annotated[str, About("a channel", Completes.CHANNEL)],
    person: Annotated[str, About("a person", Completes.PERSON)],
) -> Reply:
    """Say what two references are."""
    found = [context.place.platform.referent(context.community, named) for named in (channel, person)]
    return Reply((text(" ".join(each.value if each else "nothing" for each in found)),))


async def _alone(context: Context, _: str) -> Reply:
    return Reply((text(ALONE),), private=True)


class Core(App):
    """Answers every message with something to all, or to one person alone, or urgently."""

    async def handle(self, event: Event) -> Reply | Delete | None:
        """The reply."""
        if not isinstance(event, Message):
            return await super().handle(event)
        if "urgent" in event.text:
            return Reply((text(ALONE),), private=True, urgent=ALONE)
        if "lol" in event.text:
            return Reply((), reaction="👍")
        if "alone" not in event.text:
            return Reply((text(OPEN),))
        cover = Reply((text(COVER),), (Button("Show me", "alone"),))
        return Reply((text(ALONE),), private=True, cover=cover)


@pytest.fixture(params=HARNESSES.values(), ids=HARNESSES)
def harness(request: pytest.FixtureRequest) -> Harness:
    """Each adapter's."""
    found: Harness = request.param
    return found


@pytest.fixture
async def stage(harness: Harness, services: Services) -> AsyncIterator[Stage]:
    """The bot on a local platform."""
    _gates[:] = [asyncio.Event(), asyncio.Event()]
    watch = Watch()
    registry = Registry((whisper, crash, slow, point), [Handlers({"alone": _alone})])
    async with harness.stage(Core(replace(services, metrics=watch), registry), watch) as made:
        yield made
        _gates[1].set()


def needs(harness: Harness, duty: Duty) -> None:
    """Leave a test out where the platform gives no occasion for it."""
    if duty in harness.cannot:
        pytest.skip(harness.cannot[duty])


def count(words: str, *seen: list[str]) -> int:
    """How many of the bot's messages have something in them."""
    return sum(words in each for some in seen for each in some)


@pytest.mark.parametrize("bot", [Who.THE_BOT, Who.ANOTHER_BOT])
async def test_it_ignores_itself_and_other_bots(harness: Harness, stage: Stage, bot: Who) -> None:
    needs(harness, Duty.BOTS)
    await stage.say("what is ijm", bot)
    await stage.say("what is ijm")
    await stage.settle()
    assert count(OPEN, stage.seen_by_all(), stage.seen_by_member()) == 1


async def test_what_is_told_twice_is_answered_once(harness: Harness, stage: Stage) -> None:
    needs(harness, Duty.TWICE)
    await stage.say("what is ijm", twice=True)
    await stage.settle()
    assert count(OPEN, stage.seen_by_all(), stage.seen_by_member()) == 1


async def test_a_private_reply_to_a_command_is_seen_by_one_person(stage: Stage) -> None:
    await stage.command("ijm", "whisper", words="hush")
    await stage.settle()
    assert count(ALONE, stage.seen_by_member()) == 1
    assert count(ALONE, stage.seen_by_all()) == 0


async def test_a_private_reply_to_a_message_is_seen_by_one_person_at_once_or_behind_a_button(stage: Stage) -> None:
    await stage.say("tell me alone")
    await stage.settle()
    if count(COVER, stage.seen_by_all()):
        assert count(ALONE, stage.seen_by_member()) == 0
        await stage.press("Show me")
        await stage.settle()
    assert count(ALONE, stage.seen_by_member()) == 1
    assert count(ALONE, stage.seen_by_all()) == 0


async def test_what_is_urgent_is_told_to_the_core_once_it_arrived(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived: list[Event] = []
    monkeypatch.setattr(Core, "arrived", lambda _, event: arrived.append(event))
    await stage.say("what is ijm")
    await stage.settle()
    assert not arrived
    await stage.say("this is urgent")
    await stage.settle()
    assert count(ALONE, stage.seen_by_all(), stage.seen_by_member()) == 1
    assert [type(event) for event in arrived] == [Message]


async def test_a_reaction_is_never_a_message(stage: Stage) -> None:
    await stage.say("lol")
    await stage.say("what is ijm")
    await stage.settle()
    assert [OPEN in each for each in (*stage.seen_by_all(), *stage.seen_by_member())] == [True]


async def test_a_crash_in_the_core_is_answered_once_and_nothing_typed_is_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for ours in ("adapters", "bot", "knowledge", "examples"):
        caplog.set_level(logging.DEBUG, ours)
    await stage.say(TYPED)
    await stage.command("ijm", "crash", words=TYPED)
    await stage.settle()
    seen = [*stage.seen_by_all(), *stage.seen_by_member()]
    (error,) = (found for each in seen if (found := re.search(r"error ([0-9a-f]{8})", each)))
    assert error[1] in caplog.text
    assert TYPED not in caplog.text


async def test_references_become_ids(stage: Stage) -> None:
    await stage.command("ijm-mod", "point", **stage.named)
    await stage.settle()
    assert count("channel person", stage.seen_by_all(), stage.seen_by_member()) == 1


async def test_a_stop_waits_for_what_is_being_answered(stage: Stage) -> None:
    began, gate = _gates
    await stage.command("ijm-mod", "slow")
    await began.wait()
    stage.stop()
    for _ in range(TURNS):
        await asyncio.sleep(0)
    assert not stage.task.done()
    gate.set()
    await asyncio.wait({stage.task})
    assert count(DONE, stage.seen_by_all(), stage.seen_by_member()) == 1


async def test_left_and_returned_are_told(harness: Harness, stage: Stage, services: Services) -> None:
    needs(harness, Duty.LEAVING)
    store, prefix = services.store, harness.platform.prefix
    await store.set_setting(stage.community, "stale", 3, by="test", now=services.now())
    await stage.remove()
    await stage.settle()
    assert await store.communities(prefix, left=True) == (stage.community,)
    needs(harness, Duty.RETURNING)
    await stage.add()
    await stage.settle()
    assert await store.communities(prefix) == (stage.community,)


async def test_what_is_posted_unasked_goes_to_that_place_and_to_no_other_community(
    harness: Harness, stage: Stage, services: Services
) -> None:
    outboxes = services.outboxes
    await outboxes.check(stage.community, stage.channel)
    await outboxes.post(stage.community, stage.channel, Reply((text(DONE),)), key="one")
    await stage.settle()
    seen = stage.seen_by_member() if Duty.OTHERS in harness.cannot else stage.seen_by_all()
    assert count(DONE, seen) == 1
    with pytest.raises(Unpostable):
        await outboxes.check(stage.community, f"{harness.platform.prefix}elsewhere")
