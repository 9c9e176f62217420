"""How moderators see, start, change, pause and delete schedules, and what members can see of awareness days."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.posting import post_due
from bot.chat.events import Complete, Invocation, Place, Press, Submit, Typed, Value
from bot.chat.outbox import Unpostable
from bot.chat.replies import Reply
from bot.commands.context import Services
from bot.schedules.preview import SCHEDULES_LIMIT
from bot.schedules.zones import read_zone
from knowledge.store.protocol import TYPED_LIFE
from knowledge.store.schedules import PostState
from tests.bot.schedules.scheduled import ELSEWHERE, FACTS, HOME, ZONE, Scene
from tests.people import (
    CHANNEL,
    DIRECT,
    MEMBER,
    MODERATOR,
    PLATFORM,
    chosen,
    done,
    form_of,
    moderated,
    sent,
    values_in,
)

OTHER_MODERATOR = replace(MODERATOR, id="test:user/9")


@pytest.fixture
def scene(services: Services) -> Scene:
    return Scene(services)


async def preview(scene: Scene, **given: Value) -> Reply:
    return await moderated(scene.app, "schedule", **({"channel": FACTS, "zone": ZONE} | given))


async def line(scene: Scene, words: str) -> Reply:
    return await done(scene.app, Typed(MODERATOR, CHANNEL, f"schedule {words}", "ijm-mod", private=True))


async def test_nothing_is_posted_before_a_moderator_starts_it(scene: Scene) -> None:
    assert "No schedules yet" in (await moderated(scene.app, "schedule")).plain
    shown = await preview(scene, days="mon, thu", time="4:30 pm")
    assert "not started yet" in shown.plain
    assert "Monday and Thursday at 16:30, America/New_York (now UTC−05:00)" in shown.plain
    assert "1. Mon 23 Nov 2026, 16:30 (UTC−05:00): " in shown.plain
    assert "5. Mon 7 Dec 2026, 16:30 (UTC−05:00): " in shown.plain
    assert await scene.store.schedules(HOME) == ()
    assert "Discarded" in (await chosen(scene.app, shown, "Discard")).plain
    started = await chosen(scene.app, await preview(scene), "Start it")
    assert "Started." in started.plain
    (kept,) = await scene.store.schedules(HOME)
    assert (kept.place, kept.made_by) == (FACTS, MODERATOR.id)


async def test_the_preview_is_what_is_then_posted(scene: Scene) -> None:
    shown = await preview(scene, days="daily", time="09:00", awareness="name")
    await chosen(scene.app, shown, "Start it")
    lines = [words for words in shown.plain.splitlines() if " 2026, 09:00 (UTC−05:00): " in words]
    for number, words in enumerate(lines, start=1):
        assert await scene.at_due() == 1
        text = scene.platform.texts[-1]
        said = words.split(": ", 1)[1]
        name, _, fact = said.rpartition("Violence against Women. ")
        assert words.startswith(f"{number}. ")
        assert fact.rstrip("…") in text
        assert not name or "Violence against Women (United Nations)" in text
    assert len(lines) == 5


async def test_where_no_fact_is_fresh_it_is_said_before_with_the_ways_out(scene: Scene) -> None:
    shown = await preview(scene, topic="results")
    for words in (
        "No fact of the topic “Evidence and results” is fresh",
        "5 years",
        "It still stands",
        "Another topic",
    ):
        assert words in shown.plain
    assert "Start it" not in [button.label for button in shown.buttons]
    older = await chosen(scene.app, shown, "Include older figures")
    assert "11 to post, with 11 whose figures are older than 5 years" in older.plain
    assert "Started" in (await chosen(scene.app, older, "Start it")).plain
    again = await preview(scene, older=True)
    assert "65 to post, with 18" in again.plain
    assert "47 to post, without 18" in (await chosen(scene.app, again, "Leave older figures out")).plain


async def test_a_schedule_that_was_pressed_into_being_without_a_fresh_fact_is_not_started(scene: Scene) -> None:
    shown = await preview(scene)
    start = next(button for button in shown.buttons if button.label == "Start it")
    form = await chosen(scene.app, shown, "Change it")
    await sent(scene.app, form, topic="results")
    late = await done(scene.app, Press(MODERATOR, CHANNEL, start.action, start.value))
    assert "is fresh" in late.plain
    assert await scene.store.schedules(HOME) == ()


async def test_all_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(scene: Scene) -> None:
    scene.platform.closed = Unpostable("I may not write in #facts: give me Send Messages there.")
    wrong = {"days": "someday", "time": "25:00", "quiet": "christmas", "topic": "cats"}
    shown = await moderated(scene.app, "schedule", channel=FACTS, **wrong)
    for words in ("someday", "25:00", "christmas", "“topic” is one of", "in which time zone", "#facts: give me"):
        assert words in shown.plain
    assert "Start it" not in [button.label for button in shown.buttons]
    form = await chosen(scene.app, shown, "Change it")
    assert values_in(form_of(form)) == {**wrong, "zone": ""}
    scene.platform.closed = None
    right = await sent(scene.app, form, days="fri", time="9", quiet="", topic="all", zone="berlin")
    assert "Friday at 09:00, Europe/Berlin" in right.plain


async def test_a_form_begins_a_schedule_for_the_place_where_it_is_opened(scene: Scene) -> None:
    form = await chosen(scene.app, await moderated(scene.app, "schedule"), "New schedule")
    assert values_in(form_of(form))["days"] == "daily"
    shown = await sent(scene.app, form, zone="Asia/Manila", quiet="2026-12-24 to 2027-01-02\n2027-07-04")
    assert CHANNEL.id in shown.plain
    assert "Quiet days: 2026-12-24 to 2027-01-02, 2027-07-04" in shown.plain
    await chosen(scene.app, shown, "Start it")
    following = await chosen(scene.app, await moderated(scene.app, "schedule"), "New schedule")
    assert values_in(form_of(following))["zone"] == "Asia/Manila", "the zone of the last one is likely"


async def test_a_form_that_lay_too_long_begins_a_new_schedule(scene: Scene) -> None:
    form = await chosen(scene.app, await moderated(scene.app, "schedule"), "New schedule")
    await scene.store.expire(scene.clock.now + TYPED_LIFE + timedelta(days=1))
    assert "at 10:15, UTC" in (await sent(scene.app, form, zone="utc", time="10:15")).plain


@pytest.mark.parametrize(
    "words",
    [
        f"channel:{FACTS} days:mon,thu time:16:30 zone:America/New_York",
        f'channel:{FACTS} days:"mon, thu" time:"4:30 pm" zone:"new york"',
        f"{FACTS} mon, thu 4:30 pm America/New_York",
        f"mondays and thursdays at 4:30pm est {FACTS}",
        f"{FACTS} days:mon,thu time:4:30 pm zone:eastern",
    ],
)
async def test_a_line_says_a_schedule_in_any_order(scene: Scene, words: str) -> None:
    shown = await line(scene, words)
    assert f"Where: {FACTS}" in shown.plain
    assert "Monday and Thursday at 16:30, America/New_York" in shown.plain


async def test_a_line_that_says_something_else_is_told(scene: Scene) -> None:
    assert "someday" in (await line(scene, "someday 9:00 utc")).plain
    assert "what “#general” means" in (await line(scene, "#general days:mon zone:utc")).plain
    assert "don't know this channel" in (await line(scene, "test:user/7/C2 zone:utc")).plain


async def test_a_schedule_is_changed_with_what_it_was_in_the_form(scene: Scene) -> None:
    schedule = await scene.start(quiet="2026-12-24", awareness="also", topic="problem", days="weekdays")
    page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
    form = await chosen(scene.app, page, "Change it")
    assert values_in(form_of(form)) == {
        "days": "weekdays", "time": "09:00", "zone": ZONE, "topic": "problem", "quiet": "2026-12-24",
    }  # fmt: skip
    shown = await sent(scene.app, form, days="sat")
    assert "get a post even on other weekdays" in shown.plain
    assert (await scene.now(schedule)).number == 1
    shown = await chosen(scene.app, shown, "Name awareness days")
    shown = await chosen(scene.app, shown, "Post here instead")
    assert "Saved." in (await chosen(scene.app, shown, "Save")).plain
    kept = await scene.now(schedule)
    assert (kept.place, kept.plan["weekdays"], kept.plan["follow"]) == (CHANNEL.id, [5], "name")
    assert kept.next_at is not None
    assert kept.next_at.weekday() == 5


async def test_two_who_change_one_schedule_are_told_and_a_post_meanwhile_is_no_change(scene: Scene) -> None:
    schedule = await scene.start()
    forms = [
        await chosen(scene.app, await moderated(scene.app, "schedule", user), "1.", user)
        for user in (MODERATOR, OTHER_MODERATOR)
    ]
    mine, theirs = [await chosen(scene.app, page, "Change it") for page in forms]
    assert await scene.at_due() == 1
    assert "Saved." in (await chosen(scene.app, await sent(scene.app, theirs, time="10:00"), "Save")).plain
    conflict = await chosen(scene.app, await sent(scene.app, mine, time="11:00"), "Save")
    assert "Another moderator changed this schedule" in conflict.plain
    assert (await scene.now(schedule)).plan["at"] == "10:00"
    assert "at 10:00" in (await chosen(scene.app, conflict, "Show it")).plain
    assert "Saved." in (await chosen(scene.app, conflict, "Save mine")).plain
    assert (await scene.now(schedule)).plan["at"] == "11:00"


async def test_saving_twice_starts_one(scene: Scene) -> None:
    shown = await preview(scene)
    await chosen(scene.app, shown, "Start it")
    assert "already" in (await chosen(scene.app, shown, "Start it")).plain
    assert len(await scene.store.schedules(HOME)) == 1


async def test_pausing_posts_nothing_and_starting_again_posts_no_missed_one(scene: Scene) -> None:
    schedule = await scene.start()
    page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
    paused = await chosen(scene.app, page, "Pause")
    assert "It is paused." in paused.plain
    assert "(paused)" in (await moderated(scene.app, "schedule")).plain
    assert "has stopped" not in (await moderated(scene.app, "review")).plain
    scene.clock.forward(days=2, hours=3)
    assert await post_due(scene.app) == 0
    assert "Started again." in (await chosen(scene.app, paused, "Start again")).plain
    assert await post_due(scene.app) == 0
    assert await scene.at_due() == 1
    assert await scene.states(schedule) == [PostState.POSTED]


async def test_a_paused_schedule_stays_paused_when_it_is_changed_and_a_stopped_one_starts(scene: Scene) -> None:
    schedule = await scene.start()
    for paused, after in (("", ""), ("The channel is gone.", None)):
        assert await scene.store.keep_schedule(replace(await scene.now(schedule), paused=paused, next_at=None))
        page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
        await chosen(scene.app, await sent(scene.app, await chosen(scene.app, page, "Change it"), time="8"), "Save")
        kept = await scene.now(schedule)
        assert kept.paused == after
        assert (kept.next_at is None) is (after is not None)


async def test_one_can_be_posted_now_and_the_next_is_another_at_its_time(scene: Scene) -> None:
    schedule = await scene.start()
    page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
    assert "Posted." in (await chosen(scene.app, page, "Post one now")).plain
    assert await scene.at_due() == 1
    assert len(set(scene.platform.texts)) == 2
    scene.platform.trouble = [Unpostable("The channel is gone.")]
    assert "not posted. The channel is gone." in (await chosen(scene.app, page, "Post one now")).plain
    assert (await scene.now(schedule)).paused == "The channel is gone."
    assert "is paused" in (await chosen(scene.app, page, "Post one now")).plain


async def test_a_deleted_schedule_is_gone_after_a_second_word(scene: Scene) -> None:
    schedule = await scene.start()
    page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
    asked = await chosen(scene.app, page, "Delete")
    assert "What was posted stays" in asked.plain
    assert "every day" in (await chosen(scene.app, asked, "Keep it")).plain
    assert "Deleted." in (await chosen(scene.app, asked, "Delete it")).plain
    assert await scene.store.schedule(HOME, schedule.id) is None
    for label in ("Pause", "Change it", "Post one now", "Delete"):
        assert "no longer exists" in (await chosen(scene.app, page, label)).plain


async def test_only_moderators_and_only_in_a_community(scene: Scene) -> None:
    await scene.start()
    refused = await done(scene.app, Invocation(MEMBER, CHANNEL, "schedule", {}, "ijm-mod"))
    assert "or you can't use it" in refused.plain
    page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
    for button in page.buttons:
        assert "for moderators" in (await done(scene.app, Press(MEMBER, CHANNEL, button.action, button.value))).plain
    draft = Submit(MEMBER, CHANNEL, "schedule:x", {"days": "daily"})
    assert "have permission to do this" in (await done(scene.app, draft)).plain
    own = Place("test:dm/3", MODERATOR.id, direct=True)
    assert "belong to a server" in (await moderated(scene.app, "schedule", place=own)).plain
    assert "in which channel" in (await moderated(scene.app, "schedule", place=DIRECT, zone="utc")).plain


async def test_another_community_sees_and_touches_none_of_it(scene: Scene) -> None:
    schedule = await scene.start()
    elsewhere = Place("test:channel/2", "test:community/2", platform=PLATFORM)
    assert "No schedules yet" in (await moderated(scene.app, "schedule", place=elsewhere)).plain
    page = await chosen(scene.app, await moderated(scene.app, "schedule"), "1.")
    for button in page.buttons[:-1]:
        reply = await done(scene.app, Press(MODERATOR, elsewhere, button.action, button.value))
        assert "no longer exists" in reply.plain
    await done(scene.app, Press(MODERATOR, elsewhere, "schedule-drop", schedule.id))
    assert await scene.now(schedule) == schedule
    foreign = await moderated(scene.app, "schedule", channel="test:community/2/C1", zone="utc")
    assert "don't know this channel" in foreign.plain


async def test_there_is_a_limit_to_schedules(scene: Scene) -> None:
    schedule = await scene.start()
    for number in range(SCHEDULES_LIMIT - 1):
        assert await scene.store.keep_schedule(replace(schedule, id=f"s{number}", number=0))
    assert f"There are already {SCHEDULES_LIMIT}" in (await preview(scene)).plain
    listed = await moderated(scene.app, "schedule")
    assert listed.menu is not None
    assert len(listed.menu.rows) == SCHEDULES_LIMIT


async def test_a_schedule_without_a_day_left_cannot_start(scene: Scene) -> None:
    years = ", ".join(f"{year}-01-01 to {year}-12-31" for year in range(2026, 2031))
    shown = await preview(scene, quiet=years)
    assert "No day is left" in shown.plain
    assert "Start it" not in [button.label for button in shown.buttons]


async def test_options_complete(scene: Scene) -> None:
    async def choices(option: str, text: str) -> list[str]:
        event = Complete(MODERATOR, CHANNEL, "schedule", option, text, "ijm-mod")
        return [value for _, value in await scene.app.complete(event)]

    await scene.start(zone="Asia/Kolkata")
    assert (await choices("zone", ""))[0] == "Asia/Kolkata"
    assert "Australia/Lord_Howe" in await choices("zone", "lord")
    for text in ("", "a", "america/"):
        found = await choices("zone", text)
        assert 0 < len(found) <= 25
        assert all(read_zone(zone) == zone for zone in found)
    assert (await choices("days", "mon, "))[0] == "mon, Tuesday"
    assert "results" in await choices("topic", "evid")


async def test_who_started_a_schedule_may_be_forgotten_and_it_goes_on(scene: Scene) -> None:
    schedule = await scene.start(channel=ELSEWHERE)
    await scene.store.forget_person(HOME, MODERATOR.id)
    assert (await scene.now(schedule)).made_by == "deleted"
    assert await scene.at_due() == 1
