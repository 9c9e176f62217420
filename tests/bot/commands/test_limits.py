"""How much people may ask, with a clock that the test turns."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import pytest

from bot.app.app import COMPLETION_RATES, App
from bot.chat.events import Complete, Event, Home, Invocation, Message, Press, Submit, Typed, User
from bot.chat.replies import Delete, Reply
from bot.commands.context import Services
from bot.commands.limits import ALONE_SECONDS, REMEMBERED_LIMIT, Limiter, Rate, Rates, Refusal, rate
from bot.commands.metrics import Metrics
from bot.commands.refusals import too_much
from knowledge.store.protocol import StoreError
from knowledge.store.sql.store import SqlStore
from tests.people import CHANNEL, MEMBER, MODERATOR, OTHER, moderated, sent

DANGER = "my boss took my passport and he won't let me leave"


class Clock:
    """Seconds that the test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited(services: Services, clock: Clock) -> App:
    """A bot that a person may ask three things a minute, and a community five."""
    return App(replace(services, rates=Rates(Rate(3, 60), Rate(5, 60))), clock=clock)


def asked(user: User = MEMBER) -> Event:
    return Invocation(user, CHANNEL, "outcomes")


async def told(app: App, event: Event) -> str | None:
    """What somebody is told, or None."""
    reply = await app.handle(event)
    assert not isinstance(reply, Delete)
    return reply.plain if reply else None


def written() -> Event:
    return Message(MEMBER, CHANNEL, "what are the four outcomes", addressed=True)


async def test_who_writes_too_much_is_told_once_and_may_ask_again_later(limited: App, clock: Clock) -> None:
    for _ in range(3):
        assert "four" in (await told(limited, written()) or "")
    refused = await limited.handle(written())
    assert isinstance(refused, Reply)
    assert refused.private
    assert "Please ask again in 20 seconds" in refused.plain
    assert "/ijm referral" in refused.plain
    assert await told(limited, written()) is None
    clock.now += 19
    assert await told(limited, written()) is None
    clock.now += 1.1
    assert "four" in (await told(limited, written()) or "")
    assert await told(limited, written()) is None
    clock.now += 60
    assert "four" in (await told(limited, written()) or "")


async def test_a_command_or_press_is_never_left_without_an_answer(limited: App) -> None:
    for _ in range(3):
        await limited.handle(asked())
    for event in (asked(), asked(), Press(MEMBER, CHANNEL, "topics", "")):
        refused = await limited.handle(event)
        assert isinstance(refused, Reply)
        assert refused.private
        assert "Please ask again in" in refused.plain


async def test_a_person_does_not_use_up_what_others_may_ask_until_the_community_has_enough(limited: App) -> None:
    for _ in range(10):
        await limited.handle(asked())
    third = replace(OTHER, id="test:user/9")
    assert "four" in (await told(limited, asked(OTHER)) or "")
    assert "four" in (await told(limited, asked(third)) or "")
    assert "a lot at once" in (await told(limited, asked(third)) or "")
    elsewhere = replace(CHANNEL, community="test:community/2")
    assert "four" in (await told(limited, Invocation(third, elsewhere, "outcomes")) or "")


@pytest.mark.parametrize(
    "event",
    [
        Invocation(MEMBER, CHANNEL, "referral"),
        Invocation(MEMBER, CHANNEL, "help"),
        Invocation(MEMBER, CHANNEL, "privacy"),
        Typed(MEMBER, CHANNEL, "referral", private=True),
        Press(MEMBER, CHANNEL, "run", "referral"),
        Press(MEMBER, CHANNEL, "card", ""),
        Home(MEMBER, CHANNEL),
        Message(MEMBER, CHANNEL, DANGER, addressed=True),
        Typed(MEMBER, CHANNEL, DANGER),
        Invocation(MEMBER, CHANNEL, "ask", {"question": DANGER}),
    ],
)
async def test_what_leads_to_help_is_always_answered(limited: App, event: Event) -> None:
    for _ in range(5):
        await limited.handle(asked())
    for _ in range(4):
        said = await told(limited, event)
        assert said
        assert "a lot at once" not in said


async def test_somebody_in_danger_is_heard_also_where_nobody_asked_the_bot(limited: App) -> None:
    await moderated(limited, "settings", passive=True)
    for _ in range(5):
        await limited.handle(asked())
    assert "888-373-7888" in (await told(limited, Message(MEMBER, CHANNEL, DANGER, addressed=False)) or "")


async def test_what_nobody_asked_the_bot_counts_for_nothing(limited: App) -> None:
    for _ in range(20):
        await limited.handle(Message(MEMBER, CHANNEL, "lunch?", addressed=False))
    assert "four" in (await told(limited, asked()) or "")


async def test_what_a_moderator_typed_is_never_lost_to_a_limit(limited: App) -> None:
    opened = await moderated(limited, "add")
    for _ in range(9):
        await limited.handle(asked(MODERATOR))
    saved = await sent(limited, opened, question="When was the club founded?", answer="In 2019, by six students.")
    assert "a lot at once" in saved.plain
    assert "In 2019, by six students." in saved.plain
    again = await told(limited, Submit(MODERATOR, CHANNEL, "no such form", {"answer": "My long text"}))
    assert "My long text" in (again or "")


async def test_a_form_about_danger_is_answered_whatever_was_sent_before(limited: App) -> None:
    for _ in range(9):
        await limited.handle(Submit(MEMBER, CHANNEL, "suggest", {"question": "Where do you meet?"}))
    assert "a lot at once" in (await told(limited, Submit(MEMBER, CHANNEL, "suggest", {"question": "When?"})) or "")
    assert "888-373-7888" in (await told(limited, Submit(MEMBER, CHANNEL, "suggest", {"question": DANGER})) or "")


async def test_completions_are_limited_by_themselves(services: Services, clock: Clock) -> None:
    app = App(replace(services, rates=Rates(Rate(4, 60))), clock=clock)
    typing = Complete(MEMBER, CHANNEL, "ask", "question", "what")
    most = COMPLETION_RATES.person
    assert most is not None
    for _ in range(most.amount):
        assert await app.complete(typing)
    assert await app.complete(typing) == ()
    assert await app.complete(replace(typing, user=OTHER))
    assert "a lot at once" not in (await told(app, asked()) or "")
    clock.now += 60
    assert await app.complete(typing)


async def test_what_is_refused_is_counted(services: Services, clock: Clock) -> None:
    class Counting(Metrics):
        refused = 0

        def limited(self) -> None:
            self.refused += 1

    metrics = Counting()
    app = App(replace(services, rates=Rates(Rate(1, 60)), metrics=metrics), clock=clock)
    for _ in range(3):
        await app.handle(asked())
    assert metrics.refused == 2


async def test_without_limits_nobody_is_refused(app: App) -> None:
    for _ in range(500):
        assert await told(app, asked())


@pytest.fixture
async def together(services: Services, clock: Clock) -> AsyncIterator[tuple[App, App]]:
    """Two bots on one store that counts for both."""

    class Shared(SqlStore):
        is_shared = True

    store = Shared("sqlite://")
    await store.migrate()
    made = replace(services, store=store, rates=Rates(Rate(3, 60), Rate(5, 60)))
    yield App(made, clock=clock), App(made, clock=clock)
    await store.close()


async def test_two_processes_count_a_person_and_a_community_together(together: tuple[App, App]) -> None:
    said = [await told(app, asked()) or "" for app in (*together, *together)]
    assert ["a lot at once" in each for each in said] == [False, False, False, True]
    said = [await told(app, asked(OTHER)) or "" for app in (*together, *together)]
    assert ["a lot at once" in each for each in said] == [False, False, True, True]


async def test_a_store_that_fails_leaves_each_process_to_count_alone(
    together: tuple[App, App], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []

    async def fails(*_: object) -> float:
        tried.append(True)
        raise StoreError("away")

    monkeypatch.setattr(SqlStore, "take", fails)
    one, two = together
    said = [await told(app, asked()) or "" for app in (one, one, one, one, two, two, two, two)]
    assert ["a lot at once" in each for each in said] == [False, False, False, True] * 2
    assert len(tried) == 2
    clock.now += ALONE_SECONDS + 1
    await told(one, asked())
    assert len(tried) == 3


@pytest.mark.slow
async def test_a_crowd_of_strangers_does_not_fill_the_memory(clock: Clock) -> None:
    limiter = Limiter(Rates(Rate(1, 60), Rate(1, 60)), clock)
    numbers = count()
    for _ in range(REMEMBERED_LIMIT + 10):
        number = next(numbers)
        assert await limiter.take(f"p{number}", f"c{number}") is None
    assert len(limiter._people._even_at) == REMEMBERED_LIMIT
    assert await limiter.take(f"p{next(numbers) - 1}", "another") == Refusal(60, first=True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20/minute", Rate(20, 60)),
        (" 5 / Second ", Rate(5, 1)),
        ("1/hour", Rate(1, 3600)),
        ("off", None),
        ("OFF", None),
    ],
)
def test_a_rate_is_read_as_it_is_written(written: str, meant: Rate | None) -> None:
    assert rate(written) == meant
    if meant is not None:
        assert rate(str(meant)) == meant


@pytest.mark.parametrize(
    "written", ["0/minute", "-1/minute", "20", "20/day", "minute", "", "1e9/second", "9999999/hour"]
)
def test_what_is_no_rate_is_refused_with_the_right_form(written: str) -> None:
    with pytest.raises(ValueError, match="20/minute"):
        rate(written)


@pytest.mark.parametrize(
    ("seconds", "told"), [(1, "1 second."), (2, "2 seconds."), (119, "119 seconds."), (120, "2 minutes.")]
)
def test_a_wait_is_told_in_its_number(seconds: int, told: str) -> None:
    assert f"Please ask again in {told}" in too_much(seconds).plain
