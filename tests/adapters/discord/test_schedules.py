"""Scheduled facts on the real discord.py, against a local Discord: they arrive, once, or the schedule stops."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.outbox import DiscordOutbox
from bot.app.app import App
from bot.app.posting import post_due
from bot.chat.outbox import Unpostable
from bot.chat.replies import Reply, text
from bot.commands.context import Services
from knowledge.store.schedules import PostState, Schedule
from tests.adapters.discord.running import MESSAGES, Chat, labels, served, serving
from tests.bot.schedules.scheduled import Clock, Watch
from tests.servers.discord.faults import Fault, disconnected, server_error
from tests.servers.discord.posts import Post
from tests.servers.discord.rules.payloads import channel_json
from tests.servers.discord.rules.values import Value
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Overwrite, Permission

pytestmark = pytest.mark.slow

TRIES = 5
FORBIDDEN = Fault(403, {"message": "Missing Permissions", "code": 50013})


class Scene(Watch):
    """A bot that serves Discord."""

    def __init__(self, app: App, chat: Chat, clock: Clock) -> None:
        super().__init__(app, clock, f"discord:guild/{chat.world.guild.id}")
        self.chat = chat

    async def start(self, **options: Value) -> Schedule:
        """A schedule that a moderator has started with slash command and button."""
        given = {"channel": self.chat.world.channel, "days": "daily", "time": "09:00", "zone": "Europe/Berlin"}
        preview = await self.chat.slash("ijm-mod schedule", given | options, self.chat.head)
        assert preview.ephemeral
        started = await self.chat.press(preview, "Start it", self.chat.head)
        assert "Started." in started.text
        return await self.newest()

    @property
    def said(self) -> list[Post]:
        return self.chat.server.posts(self.chat.world.channel)


@pytest.fixture
async def scene(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    # The local Discord says by the real clock when a message was written: what is due today lies behind it.
    clock = Clock(datetime.now(UTC) - timedelta(days=1))
    monkeypatch.setattr("adapters.discord.outbox.LATER_PAUSES", (0.01,) * (TRIES - 1))
    app = App(replace(services, now=clock))
    async with DiscordServer() as server:
        chat = Chat(server)
        async with serving(app, server):
            await server.synced()
            yield Scene(app, chat, clock)
        assert not server.violations
        assert not server.unexpected


async def test_a_due_post_reaches_the_channel_with_its_source_and_buttons_and_pings_nobody(scene: Scene) -> None:
    schedule = await scene.start()
    assert await scene.at_due() == 1
    (post,) = scene.said
    assert "Source: International Justice Mission, Student Research Questions and Answers" in post.text
    assert labels(post) == ["Another one", "Make a card", "Read more", "Cite this"]
    assert post.pings == set()
    assert await scene.states(schedule) == [PostState.POSTED]
    another = await scene.chat.press(post, "Another one")
    assert another.viewer_id == scene.chat.world.member.id
    call = scene.chat.server.calls_to(MESSAGES)[-1]
    assert call.json["enforce_nonce"] is True
    assert call.json["allowed_mentions"] == {"parse": []}


async def test_the_schedule_shows_its_channel_as_discord_does(scene: Scene) -> None:
    await scene.start()
    listed = await scene.chat.slash("ijm-mod schedule", user=scene.chat.head)
    assert f"<#{scene.chat.world.channel.id}>" in listed.text


async def test_a_schedule_can_be_for_a_thread(scene: Scene) -> None:
    thread = scene.chat.world.thread
    await scene.start(channel=thread)
    assert await scene.at_due() == 1
    assert len(scene.chat.server.posts(thread)) == 1


async def test_zone_and_days_are_completed(scene: Scene) -> None:
    used = await scene.chat.server.autocomplete(
        scene.chat.head, scene.chat.world.channel, "ijm-mod schedule", "zone", "berl"
    )
    assert (await used.choices())[0][1] == "Europe/Berlin"


async def test_the_form_makes_a_schedule_for_the_channel(scene: Scene) -> None:
    listed = await scene.chat.slash("ijm-mod schedule", user=scene.chat.head)
    opened = await scene.chat.pressed(listed, "New schedule for this place", scene.chat.head)
    sent = await scene.chat.server.submit_modal(opened, {"zone": "tokyo", "days": "sat", "time": "8"})
    assert "Saturday at 08:00, Asia/Tokyo" in (await sent.answered()).text


async def test_the_channel_of_a_schedule_is_chosen_from_a_list(scene: Scene) -> None:
    given = {"days": "daily", "time": "09:00", "zone": "Europe/Berlin"}
    preview = await scene.chat.slash("ijm-mod schedule", given, scene.chat.head)
    opened = await scene.chat.pressed(preview, "Another channel", scene.chat.head)
    (field,) = [label["component"] for label in (await opened.modal())["components"]]
    (default,) = field["default_values"]
    assert (str(default["id"]), default["type"]) == (scene.chat.world.channel.id, "channel")
    elsewhere = scene.chat.world.thread
    chosen = await (await scene.chat.server.submit_modal(opened, {"channel": [elsewhere]})).answered()
    assert f"<#{elsewhere.id}>" in chosen.text


async def test_the_person_whose_traces_go_is_chosen_from_a_list(scene: Scene) -> None:
    member, owner = scene.chat.world.member, scene.chat.world.owner
    opened = await scene.chat.server.slash(owner, scene.chat.world.channel, "ijm-mod forget")
    asked = await (await scene.chat.server.submit_modal(opened, {"person": [member]})).answered()
    assert f"Delete the traces of <@{member.id}>" in asked.text


@pytest.mark.parametrize("fault", [disconnected(applied=True), server_error(502, applied=True)], ids=["cut", "502"])
async def test_an_answer_that_is_lost_makes_no_second_message(scene: Scene, fault: object) -> None:
    schedule = await scene.start()
    scene.chat.server.fail(MESSAGES, fault)  # type: ignore[arg-type]
    assert await scene.at_due() == 1
    assert len(scene.said) == 1
    assert await scene.states(schedule) == [PostState.POSTED]


@pytest.mark.parametrize("applied", [True, False], ids=["it is there", "it is not there"])
async def test_after_a_long_outage_the_bot_looks_whether_its_post_is_there(scene: Scene, applied: bool) -> None:
    schedule = await scene.start()
    scene.chat.server.fail(MESSAGES, disconnected(applied=applied), TRIES)
    assert await scene.at_due() == 0
    assert await scene.states(schedule) == [PostState.SENDING]
    shown = await scene.chat.slash("ijm fact")
    assert shown.text
    scene.clock.forward(hours=1)
    before = len(scene.chat.server.calls_to(MESSAGES))
    assert await post_due(scene.app) == 1
    assert len(scene.chat.server.calls_to(MESSAGES)) == before + (0 if applied else 1)
    assert len([post for post in scene.said if post.id != shown.id]) == 1
    assert await scene.states(schedule) == [PostState.POSTED]


async def test_a_channel_that_is_gone_stops_the_schedule_and_the_list_says_so(scene: Scene) -> None:
    world = scene.chat.world
    schedule = await scene.start()
    scene.chat.server.gateway.dispatch("CHANNEL_DELETE", channel_json(world.channel), world.guild.id)
    await scene.chat.settled()
    assert await scene.at_due() == 0
    assert (
        await scene.now(schedule)
    ).paused == "The channel is gone, hidden from me, or takes no messages (a category, a forum)."
    assert scene.said == []
    listed = await scene.chat.slash("ijm-mod schedule", user=scene.chat.head, channel=world.thread)
    assert "stopped: The channel is gone" in listed.text


async def test_a_channel_that_forbids_it_stops_the_schedule_and_tells_the_moderators(scene: Scene) -> None:
    world = scene.chat.world
    told = world.thread
    await scene.chat.slash("ijm-mod settings", {"notices": told}, scene.chat.head)
    schedule = await scene.start()
    scene.chat.server.fail(MESSAGES, FORBIDDEN)
    assert await scene.at_due() == 0
    assert "Discord does not let me write in #general" in str((await scene.now(schedule)).paused)
    (notice,) = scene.chat.server.posts(told)
    assert "A schedule for facts has stopped." in notice.text
    assert notice.pings == set()
    page = await scene.chat.slash("ijm-mod review", user=scene.chat.head)
    assert "A schedule has stopped" in page.text


async def test_where_the_bot_may_not_write_a_schedule_cannot_start(
    services: Services,
) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        server.world.restrict(server.world.channel, Overwrite(server.world.guild.id, deny=Permission.SEND_MESSAGES))
        async with serving(App(services), server):
            await server.synced()
            given = {"channel": server.world.channel, "zone": "utc"}
            preview = await chat.slash("ijm-mod schedule", given, chat.head)
            assert "I may not write in #general: give me Send Messages there." in preview.text
            assert "Start it" not in labels(preview)


@pytest.mark.parametrize(("locked", "told"), [(False, ""), (True, "was closed by a moderator")])
async def test_an_archived_thread_is_opened_by_the_post_and_one_that_was_closed_is_told(
    app: App, locked: bool, told: str
) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        thread = replace(chat.world.thread, archived=True, locked=locked)
        chat.world.channels[thread.id] = thread
        home, place = f"discord:guild/{chat.world.guild.id}", f"discord:channel/{thread.id}"
        async with served(app, server) as client:
            await client.wait_until_ready()
            outbox = DiscordOutbox(client)
            if told:
                with pytest.raises(Unpostable, match=told):
                    await outbox.check(home, place)
            else:
                await outbox.check(home, place)
                await outbox.post(home, place, Reply((text("A fact."),)), key="k")
                assert "A fact." in (await server.posted(thread)).text
            with pytest.raises(Unpostable, match="is gone"):
                await outbox.check(home, "discord:channel/1")
