"""Scheduled facts on the real Slack SDKs, against a local Slack: they arrive, once, or the schedule stops."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.app.app import App
from bot.app.posting import post_due
from bot.commands.context import Services
from knowledge.store.schedules import PostState, Schedule
from tests.adapters.slack.running import label_of, over_socket_mode
from tests.bot.schedules.scheduled import Clock, Watch
from tests.servers.slack.rules.values import Channel, Message, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

POST = "chat.postMessage"


class Scene(Watch):
    """A bot that serves Slack, and an admin who types in a channel."""

    def __init__(self, app: App, clock: Clock, slack: SlackServer, ada: User, general: Channel) -> None:
        super().__init__(app, clock, f"slack:{slack.team.id}")
        self.slack, self.ada, self.general = slack, ada, general

    async def typed(self, line: str) -> Message:
        """The answer to a moderator's line."""
        return await self.slack.slash(self.ada, self.general, "/ijm-mod", line).message()

    async def pressed(self, where: Message, label: str) -> Message:
        return await self.slack.press(self.ada, where, label_of(where, label)).message()

    async def start(self, line: str = "daily 9:00 Europe/Berlin") -> Schedule:
        """A schedule that a moderator has started with a line and a button."""
        started = await self.pressed(await self.typed(f"schedule {line}"), "Start it")
        assert "Started." in started.shown
        return await self.newest()

    def said_in(self, channel: Channel) -> list[Message]:
        return [each for each in self.slack.world.said_in(channel) if each.ephemeral_to is None]


@pytest.fixture
async def scene(services: Services, slack: SlackServer, ada: User, general: Channel) -> AsyncIterator[Scene]:
    clock = Clock()
    app = App(replace(services, now=clock))
    async with over_socket_mode(app, slack):
        yield Scene(app, clock, slack, ada, general)


async def test_a_due_post_reaches_the_channel_with_its_source_and_buttons_and_notifies_nobody(
    scene: Scene, kim: User
) -> None:
    schedule = await scene.start()
    assert await scene.at_due() == 1
    (post,) = scene.said_in(scene.general)
    assert "Source: International Justice Mission, Student Research Questions and Answers" in post.shown
    assert post.text
    assert post.notified == frozenset()
    assert await scene.states(schedule) == [PostState.POSTED]
    another = await scene.slack.press(kim, post, label_of(post, "Another one")).message()
    assert another.ephemeral_to == kim.id


async def test_a_channel_is_named_as_slack_names_it_and_shown_so(scene: Scene, kim: User) -> None:
    facts = scene.slack.world.add_channel(scene.slack.team, "facts", scene.ada, kim)
    schedule = await scene.start(f"mon, thu 4:30 pm eastern <#{facts.id}|facts>")
    assert schedule.place == f"{scene.community}/{facts.id}"
    assert f"<#{facts.id}>" in str((await scene.typed("schedule")).blocks)
    assert await scene.at_due() == 1
    assert len(scene.said_in(facts)) == 1
    assert scene.said_in(scene.general) == []


async def test_a_form_makes_a_schedule_for_the_channel(scene: Scene) -> None:
    listed = await scene.typed("schedule")
    view = await scene.slack.press(scene.ada, listed, label_of(listed, "New schedule for this place")).view()
    sent = scene.slack.submit_view(scene.ada, view, {"zone": "tokyo", "days": "sat", "time": "8"})
    assert "Saturday at 08:00, Asia/Tokyo" in (await sent.message()).shown


async def test_a_person_is_no_channel(scene: Scene, kim: User) -> None:
    refused = await scene.typed(f"schedule channel:<@{kim.id}> zone:utc")
    assert "I don't know this channel." in refused.shown


async def test_a_rate_limit_is_waited_for(scene: Scene) -> None:
    await scene.start()
    scene.slack.faults.rate_limit(POST, retry_after=0)
    assert await scene.at_due() == 1
    assert len(scene.said_in(scene.general)) == 1


@pytest.mark.parametrize("word", ["crash", "fatal_error", "internal_error"])
async def test_what_may_have_arrived_is_not_sent_again_and_moderators_read_it(scene: Scene, word: str) -> None:
    schedule = await scene.start()
    if word == "crash":
        scene.slack.faults.crash(POST)
    else:
        scene.slack.faults.refuse(POST, word)
    assert await scene.at_due() == 0
    assert len(scene.slack.calls(POST)) == 1
    for _ in range(3):
        scene.clock.forward(minutes=1)
        assert await post_due(scene.app) == 0
    assert len(scene.slack.calls(POST)) == 1
    assert await scene.states(schedule) == [PostState.UNSURE]
    assert "may or may not be there" in (await scene.typed("schedule")).shown


async def test_what_slack_surely_did_not_take_is_sent_again(scene: Scene) -> None:
    schedule = await scene.start()
    scene.slack.faults.refuse(POST, "ekm_access_denied")
    assert await scene.at_due() == 0
    scene.clock.forward(seconds=30)
    assert await post_due(scene.app) == 1
    assert len(scene.said_in(scene.general)) == 1
    assert await scene.states(schedule) == [PostState.POSTED]


@pytest.mark.parametrize("word", ["channel_not_found", "is_archived", "restricted_action"])
async def test_a_channel_that_is_gone_or_forbids_it_stops_the_schedule_and_tells_the_moderators(
    scene: Scene, word: str
) -> None:
    staff = scene.slack.world.add_channel(scene.slack.team, "staff", scene.ada)
    await scene.typed(f"settings notices:<#{staff.id}|staff>")
    schedule = await scene.start()
    scene.slack.faults.refuse(POST, word)
    assert await scene.at_due() == 0
    assert word in str((await scene.now(schedule)).paused)
    (notice,) = scene.said_in(staff)
    assert "A schedule for facts has stopped." in notice.shown
    assert "stopped: Slack does not let me write there" in (await scene.typed("schedule")).shown
    assert "A schedule has stopped" in (await scene.typed("review")).shown


async def test_a_channel_without_the_bot_stops_the_schedule_until_it_is_invited(scene: Scene) -> None:
    away = scene.slack.world.add_channel(scene.slack.team, "away", scene.ada)
    schedule = await scene.start(f"<#{away.id}|away> daily 9:00 utc")
    scene.slack.world.channels[away.id] = replace(away, members=frozenset({scene.ada.id}))
    assert await scene.at_due() == 0
    assert "invite me to the channel" in str((await scene.now(schedule)).paused)


async def test_a_channel_that_the_bot_is_not_in_is_told_before_anything_starts(scene: Scene) -> None:
    slack = scene.slack
    away = slack.world.add_channel(slack.team, "away", scene.ada, with_bot=False)
    line = f"schedule channel:<#{away.id}|away> days:daily time:09:00 zone:Europe/Berlin"
    told = await slack.slash(scene.ada, scene.general, "/ijm-mod", line).message()
    assert "I am not in #away. Invite me to it" in told.shown
    assert "Start it" not in told.shown
