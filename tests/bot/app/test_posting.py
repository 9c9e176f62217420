"""What is posted by itself: when, what, once; and what happens when the bot, its store or the platform is away."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from adapters.monitoring.metrics import PrometheusMetrics
from bot.app.posting import LATE, keep_posting, post_due
from bot.chat.outbox import Unpostable, Unreached
from bot.commands.context import Services
from bot.schedules.delivery import ENDS, LEASE, POST_SECONDS, TARDY, TARDY_AFTER
from bot.schedules.recurrence import resolved
from knowledge.pack.model import has_figures
from knowledge.store.protocol import StoreError
from knowledge.store.schedules import PostState
from tests.bot.schedules.scheduled import ELSEWHERE, FACTS, HOME, NOW, Scene
from tests.people import chosen, moderated
from tests.servers.patience import WAIT_SECONDS

pytestmark = pytest.mark.slow

SECONDS = timedelta(seconds=1)
LOST = Unreached("the connection broke", maybe=True)


@pytest.fixture
def scene(services: Services) -> Scene:
    return Scene(services)


# When


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("America/New_York", time(2, 30)),
        ("Europe/Berlin", time(2, 30)),
        ("Australia/Lord_Howe", time(2, 10)),
        ("Africa/Casablanca", time(2, 30)),
    ],
)
async def test_over_a_year_of_daylight_saving_changes_each_sunday_has_its_post_once(
    scene: Scene, zone: str, at: time
) -> None:
    # In all four zones, clocks change on Sundays, and at this time.
    schedule = await scene.start(days="sunday", zone=zone, time=f"{at:%H:%M}", older=True)
    moments = []
    for _ in range(52):
        moments.append((await scene.now(schedule)).next_at)
        assert await scene.at_due() == 1
        assert await post_due(scene.app) == 0
    first = resolved(date(2026, 11, 22), at, ZoneInfo(zone))
    begin = date(2026, 11, 22) if first is not None and first > NOW else date(2026, 11, 29)
    days = [begin + timedelta(weeks=number) for number in range(52)]
    assert moments == [resolved(day, at, ZoneInfo(zone)) for day in days]
    shown = [moment.astimezone(ZoneInfo(zone)) for moment in moments if moment]
    offsets = {local.utcoffset() for local in shown}
    assert len(offsets) == 2, "there was no change of clocks in this year"
    assert [local.date() for local in shown] == days
    assert len(scene.platform.taken) == 52


async def test_what_becomes_of_posts_is_counted(services: Services) -> None:
    metrics = PrometheusMetrics()
    scene = Scene(replace(services, metrics=metrics))
    await scene.start()
    assert await scene.at_due() == 1
    assert await scene.at_due(LATE) == 0
    assert await scene.at_due(TARDY_AFTER * 2) == 1
    states = (*ENDS, TARDY)
    counts = {state: metrics.registry.get_sample_value("ijm_posts_total", {"state": state}) for state in states}
    assert counts == dict.fromkeys(states, 0.0) | {PostState.POSTED: 1.0, PostState.MISSED: 1.0, TARDY: 1.0}


async def test_quiet_days_have_no_post_and_the_day_after_has(scene: Scene) -> None:
    schedule = await scene.start(quiet="2026-11-20 to 2026-11-25")
    assert (await scene.now(schedule)).next_at == datetime(2026, 11, 26, 14, tzinfo=UTC)
    scene.clock.now = datetime(2026, 11, 25, 23, tzinfo=UTC)
    assert await post_due(scene.app) == 0


async def test_a_post_less_than_six_hours_late_is_posted_once_and_later_it_is_skipped_and_noted(scene: Scene) -> None:
    schedule = await scene.start()
    assert await scene.at_due(LATE - SECONDS) == 1
    assert await scene.at_due(LATE) == 0
    assert await scene.states(schedule) == [PostState.MISSED, PostState.POSTED]
    assert "missed" in (await moderated(scene.app, "schedule")).plain
    page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
    assert "Mon 23 Nov 2026, 09:00 (UTC−05:00): missed" in page.plain
    assert len(scene.platform.taken) == 1


async def test_after_a_week_away_the_missed_posts_are_one_note_and_the_last_one_is_posted_if_it_can_be(
    scene: Scene,
) -> None:
    schedule = await scene.start()
    due = (await scene.now(schedule)).next_at
    assert due is not None
    scene.clock.now = due + timedelta(days=7, hours=1)
    assert await post_due(scene.app) == 0
    assert await post_due(scene.app) == 1
    last, missed = await scene.posts(schedule)
    assert (last.state, last.due) == (PostState.POSTED, due + timedelta(days=7))
    assert (missed.state, missed.due) == (PostState.MISSED, due + timedelta(days=6))
    assert missed.note == "7 posts, since 2026-11-22"
    assert (await scene.now(schedule)).next_at == due + timedelta(days=8)


# What


async def test_no_fact_comes_twice_until_all_fresh_ones_were_posted_and_no_stale_figure_at_all(scene: Scene) -> None:
    await scene.start()
    sentences = {fact.text for entry in scene.app.services.pack.entries for fact in entry.facts}
    fresh = {text for text in sentences if not has_figures(text)}
    for _ in range(2 * len(fresh)):
        await scene.at_due()
    posted = scene.platform.texts
    assert set(posted[: len(fresh)]) == fresh
    assert set(posted[len(fresh) :]) == fresh
    assert set(Counter(posted).values()) == {2}
    assert posted[len(fresh) - 1] != posted[len(fresh)]
    assert posted[: len(fresh)] != posted[len(fresh) :], "each round has an order of its own"
    assert all(not has_figures(text) for text in posted)


async def test_older_figures_are_posted_where_a_moderator_wants_it_and_each_says_its_year(scene: Scene) -> None:
    await scene.start(topic="results", older=True)
    facts = {fact.text: fact.year for entry in scene.app.services.pack.in_topic("results") for fact in entry.facts}
    for _ in range(len(facts)):
        assert await scene.at_due() == 1
    assert set(scene.platform.texts) == set(facts)
    for place, reply in scene.platform.taken:
        assert place == FACTS
        assert f"Year: {facts[scene.platform.texts[0]]}" in reply.plain
        assert "2012" in reply.plain
        assert [button.label for button in reply.buttons] == ["Another one", "Make a card", "Read more", "Cite this"]


async def test_what_a_moderator_let_stand_is_fresh_until_the_year_ends(scene: Scene) -> None:
    entry = scene.app.services.pack.entry("results-2012")
    assert entry is not None
    review = await chosen(scene.app, await moderated(scene.app, "review"), "Begin")
    while entry.question not in review.plain:
        review = await chosen(scene.app, review, "Next")
    await chosen(scene.app, review, "It still stands")
    schedule = await scene.start(topic="results", days="daily")
    for _ in range(3):
        assert await scene.at_due() == 1
    assert set(scene.platform.texts) == {fact.text for fact in entry.facts}
    scene.clock.now = datetime(2026, 12, 31, 20, tzinfo=UTC)
    await post_due(scene.app)
    assert await scene.at_due() == 0
    assert (await scene.states(schedule))[0] is PostState.DRY
    assert "no fact was fresh" in (await moderated(scene.app, "schedule")).plain
    assert (await scene.now(schedule)).next_at == datetime(2027, 1, 2, 14, tzinfo=UTC)


async def test_with_the_review_age_switched_off_every_fact_is_fresh(scene: Scene) -> None:
    await moderated(scene.app, "settings", stale=0)
    await scene.start(topic="results")
    assert await scene.at_due() == 1


async def test_a_post_on_an_awareness_day_names_it_with_its_source_beside_a_fact(scene: Scene) -> None:
    await scene.start(awareness="only", zone="UTC")
    named = []
    for _ in range(7):
        assert await scene.at_due() == 1
        named.append((f"{scene.clock.now:%m-%d}", scene.platform.taken[-1][1].plain))
    assert [day for day, _ in named] == ["11-25", "12-02", "01-01", "01-11", "03-25", "07-30", "08-23"]
    assert "International Day for the Abolition of Slavery (United Nations)" in named[1][1]
    assert "General Assembly resolution 317 (IV)" in named[1][1]
    assert "Prevention Month" in named[2][1]
    assert "Prevention Month" not in named[3][1], "a month is named once"
    assert all(
        "Source: International Justice Mission, Student Research Questions and Answers" in text for _, text in named
    )


async def test_a_schedule_names_awareness_days_or_posts_on_them_too_or_does_neither(scene: Scene) -> None:
    off = await scene.start(days="wed", zone="UTC")
    also = await scene.start(days="mon", zone="UTC", awareness="also", channel=ELSEWHERE)
    name = await scene.start(days="thu", zone="UTC", awareness="name")
    for schedule, day in ((off, 25), (also, 23), (name, 26)):
        assert (await scene.now(schedule)).next_at == datetime(2026, 11, day, 9, tzinfo=UTC)
    scene.clock.now = datetime(2026, 11, 24, tzinfo=UTC)
    await post_due(scene.app)
    scene.clock.now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert await post_due(scene.app) == 2
    texts = {place: reply.plain for place, reply in scene.platform.taken}
    assert "Violence against Women" in texts[ELSEWHERE]
    assert "Violence against Women" not in texts[FACTS]


# Once


async def test_of_several_processes_one_posts(services: Services) -> None:
    scene = Scene(services, processes=4)
    for number in range(10):
        await scene.start(channel=f"{HOME}/C{number}")
    scene.clock.forward(hours=3)
    assert sum(await asyncio.gather(*(post_due(app) for app in scene.apps))) == 10
    assert len({place for place, _ in scene.platform.taken}) == 10
    assert len(scene.platform.taken) == 10


async def killed(scene: Scene, *, sent: bool) -> None:
    """Let a process claim a post and die: before it sends it, or just after, before it can say so."""
    if sent:
        scene.platform.trouble, scene.platform.arriving = [asyncio.CancelledError()], True
    else:
        move = scene.store.move_post

        async def die(*_: object) -> bool:
            raise asyncio.CancelledError

        scene.store.move_post = die  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await scene.at_due()
    scene.platform.arriving = False
    if not sent:
        scene.store.move_post = move  # type: ignore[method-assign]


async def test_a_process_killed_before_it_sent_is_relieved_after_its_lease(scene: Scene) -> None:
    schedule = await scene.start()
    await killed(scene, sent=False)
    assert await scene.states(schedule) == [PostState.CLAIMED]
    assert await post_due(scene.app) == 0
    scene.clock.now += LEASE
    assert await post_due(scene.app) == 1
    assert await scene.states(schedule) == [PostState.POSTED]
    assert len(scene.platform.taken) == 1


async def test_a_process_killed_after_it_sent_is_relieved_with_the_same_key_where_the_platform_knows_keys(
    scene: Scene,
) -> None:
    scene.platform.remembers = timedelta(minutes=2)
    schedule = await scene.start()
    await killed(scene, sent=True)
    scene.clock.now += LEASE
    assert await post_due(scene.app) == 1
    assert len(scene.platform.taken) == 1
    assert len(set(scene.platform.keys)) == 1
    assert await scene.states(schedule) == [PostState.POSTED]


@pytest.mark.parametrize("there", [True, False])
async def test_when_the_platform_has_forgotten_the_key_it_is_looked_whether_the_post_is_there(
    scene: Scene, there: bool
) -> None:
    scene.platform.remembers, scene.platform.sees = timedelta(minutes=2), True
    schedule = await scene.start()
    await killed(scene, sent=True)
    if not there:
        scene.platform.taken.clear()
        scene.platform.keys.clear()
    scene.clock.forward(hours=1)
    assert await post_due(scene.app) == 1
    assert len(scene.platform.taken) == 1
    assert len(scene.platform.keys) == 1
    assert await scene.states(schedule) == [PostState.POSTED]


async def test_where_nothing_can_be_known_a_post_is_not_sent_twice_and_moderators_read_it(scene: Scene) -> None:
    schedule = await scene.start()
    await killed(scene, sent=True)
    scene.clock.now += LEASE
    assert await post_due(scene.app) == 0
    assert len(scene.platform.taken) == 1
    assert await scene.states(schedule) == [PostState.UNSURE]
    assert "may or may not be there" in (await moderated(scene.app, "schedule")).plain


async def test_a_process_that_wakes_up_late_finds_that_another_has_its_post(services: Services) -> None:
    scene = Scene(services, processes=2)
    schedule = await scene.start()
    reached, go = asyncio.Event(), asyncio.Event()
    move = scene.store.move_post

    async def asleep(before: object, after: object) -> bool:
        reached.set()
        await go.wait()
        return await move(before, after)  # type: ignore[arg-type]

    scene.store.move_post = asleep  # type: ignore[method-assign]
    slow = asyncio.create_task(scene.at_due())
    await reached.wait()
    scene.store.move_post = move  # type: ignore[method-assign]
    scene.clock.now += LEASE
    assert await post_due(scene.apps[1]) == 1
    go.set()
    assert await slow == 0
    assert len(scene.platform.taken) == 1
    assert await scene.states(schedule) == [PostState.POSTED]


async def test_a_machine_that_slept_between_announcing_and_sending_sends_nothing(scene: Scene) -> None:
    await scene.start()
    move = scene.store.move_post

    async def sleepy(before: object, after: object) -> bool:
        moved = await move(before, after)  # type: ignore[arg-type]
        scene.clock.forward(hours=1)
        return moved

    scene.store.move_post = sleepy  # type: ignore[method-assign]
    assert await scene.at_due() == 0
    assert scene.platform.taken == []


# The platform is away


async def test_a_platform_that_surely_did_not_take_it_is_asked_again_ever_more_rarely_until_it_is_too_late(
    scene: Scene,
) -> None:
    schedule = await scene.start()
    scene.platform.trouble = [Unreached("away")] * 100
    assert await scene.at_due() == 0
    tries = [scene.clock.now]
    while (post := (await scene.posts(schedule))[0]).until is not None:
        scene.clock.now = post.until
        assert await post_due(scene.app) == 0
        tries.append(scene.clock.now)
    pauses = [after - before for before, after in pairwise(tries)]
    assert pauses[:3] == [30 * SECONDS, 60 * SECONDS, 120 * SECONDS]
    assert max(pauses) == timedelta(minutes=30)
    assert LATE <= tries[-1] - tries[0] <= LATE + max(pauses)
    (missed,) = await scene.posts(schedule)
    assert (missed.state, missed.note) == (PostState.MISSED, "away")


async def test_a_platform_that_is_back_gets_the_post(scene: Scene) -> None:
    schedule = await scene.start()
    scene.platform.trouble = [Unreached("away")] * 2
    assert await scene.at_due() == 0
    scene.clock.forward(seconds=30)
    assert await post_due(scene.app) == 0
    scene.clock.forward(seconds=60)
    assert await post_due(scene.app) == 1
    assert await scene.states(schedule) == [PostState.POSTED]


async def test_a_connection_that_broke_is_tried_again_with_the_same_key_while_the_platform_knows_it(
    scene: Scene,
) -> None:
    scene.platform.remembers = timedelta(minutes=2)
    scene.platform.trouble, scene.platform.arriving = [LOST], True
    schedule = await scene.start()
    assert await scene.at_due() == 0
    scene.clock.forward(seconds=30)
    assert await post_due(scene.app) == 1
    assert len(scene.platform.taken) == 1
    assert await scene.states(schedule) == [PostState.POSTED]


@pytest.mark.parametrize(
    ("second", "state"),
    [(Unreached("refused for now"), PostState.POSTED), (Unpostable("The channel is gone."), PostState.UNSURE)],
    ids=["refused", "gone"],
)
async def test_that_a_second_try_surely_failed_says_nothing_of_the_first(
    scene: Scene, second: Exception, state: PostState
) -> None:
    scene.platform.remembers, scene.platform.sees = timedelta(minutes=2), True
    scene.platform.trouble, scene.platform.arriving = [LOST], True
    schedule = await scene.start()
    assert await scene.at_due() == 0
    scene.platform.trouble, scene.platform.arriving = [second], False
    scene.clock.forward(seconds=30)
    assert await post_due(scene.app) == 0
    used = (await scene.now(schedule)).used
    scene.clock.forward(hours=1)
    await post_due(scene.app)
    assert len(scene.platform.taken) == 1
    assert await scene.states(schedule) == [state]
    assert (await scene.now(schedule)).used == used != ()


async def test_a_platform_that_never_answers_holds_up_nobody(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    assert LEASE.total_seconds() > POST_SECONDS
    monkeypatch.setattr("bot.schedules.delivery.POST_SECONDS", 0.01)
    schedule = await scene.start()
    monkeypatch.setattr(scene.platform, "post", hang)
    assert await scene.at_due() == 0
    (post,) = await scene.posts(schedule)
    assert (post.state, post.note) == (PostState.SENDING, "the platform did not answer in time")


async def test_what_another_process_serves_is_left_to_it(services: Services) -> None:
    scene = Scene(services)
    schedule = await scene.start()
    scene.platform.closed = Unreached("another shard")
    assert await scene.at_due() == 0
    assert await scene.posts(schedule) == ()
    scene.platform.closed = None
    assert await post_due(scene.app) == 1


# The place is gone


async def test_a_place_that_takes_no_posts_pauses_the_schedule_and_tells_the_moderators(scene: Scene) -> None:
    await moderated(scene.app, "settings", notices=ELSEWHERE)
    schedule = await scene.start()
    scene.platform.trouble = [Unpostable("The channel is gone.")]
    assert await scene.at_due() == 0
    stopped = await scene.now(schedule)
    assert (stopped.paused, stopped.next_at, stopped.used) == ("The channel is gone.", None, ())
    assert await scene.states(schedule) == [PostState.REFUSED]
    ((place, told),) = scene.platform.taken
    assert place == ELSEWHERE
    assert "stopped. The channel is gone." in told.plain
    assert "stopped: The channel is gone." in (await moderated(scene.app, "schedule")).plain
    review = await moderated(scene.app, "review")
    assert "A schedule has stopped" in review.plain
    page = await chosen(scene.app, await chosen(scene.app, review, "Begin"), "Open the schedule")
    scene.clock.forward(days=30)
    assert await post_due(scene.app) == 0
    scene.platform.closed = Unpostable("Still gone.")
    assert "It cannot start: Still gone." in (await chosen(scene.app, page, "Start again")).plain
    scene.platform.closed = None
    assert "Started again" in (await chosen(scene.app, page, "Start again")).plain
    assert "has stopped" not in (await moderated(scene.app, "review")).plain
    assert await scene.at_due() == 1


async def test_a_place_seen_to_be_closed_beforehand_pauses_it_too_and_moderators_without_a_channel_read_it(
    scene: Scene,
) -> None:
    schedule = await scene.start()
    scene.platform.closed = Unpostable("I may not write in #facts.")
    assert await scene.at_due() == 0
    assert (await scene.now(schedule)).paused == "I may not write in #facts."
    assert scene.platform.taken == []
    assert "I may not write in #facts" in (await moderated(scene.app, "schedule")).plain


async def test_a_notice_that_cannot_be_posted_stops_nothing(scene: Scene) -> None:
    await moderated(scene.app, "settings", notices=ELSEWHERE)
    schedule = await scene.start()
    scene.platform.trouble = [Unpostable("gone"), Unpostable("gone, too")]
    assert await scene.at_due() == 0
    assert (await scene.now(schedule)).paused == "gone"


# Changes meanwhile


async def test_a_schedule_paused_or_deleted_while_a_post_is_under_way_is_not_posted(scene: Scene) -> None:
    for change in ("Pause", "Delete"):
        schedule = await scene.start()
        await killed(scene, sent=False)
        page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
        reply = await chosen(scene.app, page, change)
        if change == "Delete":
            await chosen(scene.app, reply, "Delete it")
        scene.clock.now += LEASE
        assert await post_due(scene.app) == 0
        if change == "Pause":
            assert await scene.states(schedule) == [PostState.MISSED]
            await scene.store.drop_schedule(HOME, schedule.id)
    assert scene.platform.taken == []


async def test_a_fact_that_was_removed_meanwhile_is_not_posted(scene: Scene) -> None:
    schedule = await scene.start()
    await killed(scene, sent=False)
    (post,) = await scene.posts(schedule)
    assert await scene.store.move_post(post, replace(post, fact="gone"))
    scene.clock.now += LEASE
    assert await post_due(scene.app) == 0
    (ended,) = await scene.posts(schedule)
    assert (ended.state, ended.note) == (PostState.DRY, "the fact was changed meanwhile")


async def test_nothing_is_posted_where_the_bot_is_no_more(scene: Scene) -> None:
    await scene.start()
    await scene.app.left(HOME)
    assert await scene.at_due() == 0
    await scene.app.returned(HOME)
    assert await post_due(scene.app) == 1


# The store is away, or something breaks


async def test_a_store_that_is_away_is_asked_again_and_a_post_that_breaks_stops_no_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.start()
    await scene.start(channel=ELSEWHERE)
    due, times = scene.store.due_schedules, 0

    async def away(*given: object) -> object:
        nonlocal times
        times += 1
        if times == 1:
            raise StoreError("the server is not there")
        return await due(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(scene.store, "due_schedules", away)
    scene.platform.trouble = [RuntimeError("a bug")]
    scene.clock.forward(hours=3)
    posting = asyncio.create_task(keep_posting(scene.app, every=0))
    async with asyncio.timeout(WAIT_SECONDS):
        while not scene.platform.taken:  # noqa: ASYNC110 (the platform sets no event)
            await asyncio.sleep(0)
    posting.cancel()
    with caplog.at_level(logging.WARNING):
        assert "the server is not there" in caplog.text
        assert "in a scheduled post" in caplog.text
