"""The database goes away and comes back: members get an answer or one clear sentence, and nothing is lost."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app.app import App
from bot.app.upkeep import keep_counting
from bot.commands.community_settings import Setting
from bot.commands.context import Library
from bot.operating.bootstrap import services as services_on
from knowledge.store.sql.store import SqlStore
from tests.adapters.discord.running import COVER, DANGER, SURE, Chat, served
from tests.adapters.slack.running import over_socket_mode
from tests.conftest import NOW
from tests.faults.load import AWAY_WORDS, crowd
from tests.servers.discord.server import DiscordServer
from tests.servers.postgres import Interruptible
from tests.servers.postgres_door import door_to
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

OUTAGE = timedelta(seconds=30)
# How long the store waits for a server that says nothing: longer than one that works takes on a busy machine.
PATIENCE = 2.0


class Clock:
    """The time of the bot, which a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """What time it is."""
        return self.now


@asynccontextmanager
async def bot_on(url: str, library: Library, clock: Clock | None = None) -> AsyncIterator[App]:
    """The bot on a database."""
    store = SqlStore(url, patience=PATIENCE)
    await store.migrate()
    try:
        yield App(replace(services_on(library, store), now=clock or Clock()))
    finally:
        await store.close()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="door-") as name:
        yield Path(name)


async def test_the_database_is_gone_for_half_a_minute_and_comes_back(
    postgres: Interruptible,
    postgres_url: str,
    library: Library,
    slack: SlackServer,
    discord: DiscordServer,
    kim: User,
    general: Channel,
) -> None:
    clock = Clock()
    async with (
        bot_on(postgres_url, library, clock) as app,
        over_socket_mode(app, slack),
        served(app, discord),
    ):
        chat, store = Chat(discord), app.services.store
        quiet = discord.world.add_guild("Quiet", discord.world.owner)
        quiet_channel = discord.world.add_channel(quiet, "general")
        discord.gateway.join(quiet)
        before = await chat.slash("ijm ask", {"question": SURE})
        await slack.slash(kim, general, "/ijm", SURE).message()
        form = await slack.slash(kim, general, "/ijm", "suggest").view()

        postgres.stop()
        # Who was here before is answered from what is known of them, by commands, mentions and buttons.
        assert "2 years" in (await slack.slash(kim, general, "/ijm", SURE).message()).shown
        assert "2 years" in (await chat.mention(SURE)).text
        assert "APA" in (await chat.press(before, "Cite this")).text
        # What needs the database says so, and gives back what was typed.
        assert AWAY_WORDS in (await chat.press(before, "👍")).text
        assert AWAY_WORDS in (await chat.slash("ijm-mod settings", {"stale": 3}, chat.head)).text
        given_back = (await slack.submit_view(kim, form, {"question": "How do I begin a chapter?"}).message()).shown
        assert AWAY_WORDS in given_back
        assert "How do I begin a chapter?" in given_back
        # Of a community of which nothing is known, it could be that it changed the entry.
        elsewhere = {"user": discord.world.owner, "channel": quiet_channel}
        assert AWAY_WORDS in (await chat.slash("ijm ask", {"question": SURE}, **elsewhere)).text
        # Help is always there, and completion does not break.
        assert "Polaris" in (await chat.slash("ijm referral", **elsewhere)).text
        assert "911" in (await chat.slash("ijm ask", {"question": DANGER}, **elsewhere)).text
        assert (await chat.mention(DANGER)).text == COVER
        typing = await discord.autocomplete(chat.head, discord.world.channel, "ijm-mod history", "entry", "a")
        assert await typing.choices() == []

        clock.now += OUTAGE
        postgres.start()
        assert "Counted" in (await chat.press(before, "👍")).text
        assert "older than 3 years" in (await chat.slash("ijm-mod settings", {"stale": 3}, chat.head)).text
        assert "I kept this" in (await slack.slash(kim, general, "/ijm", "suggest A chapter?").message()).shown
        assert "2 years" in (await chat.slash("ijm ask", {"question": SURE}, **elsewhere)).text
        # The counts of the questions in the outage were kept, and are written now.
        async with _counting(app):
            pass
        counts = await store.usage(f"discord:guild/{discord.world.guild.id}", NOW)
        assert [(count.what, count.count) for count in counts] == [("answer", 2)]


@asynccontextmanager
async def _counting(app: App) -> AsyncIterator[None]:
    """What writes the counts down, told to stop."""
    task = asyncio.create_task(keep_counting(app.services.usage, app.services.store))
    await asyncio.sleep(0)
    yield
    task.cancel()
    await asyncio.wait({task})


async def test_what_was_overheard_gets_no_sentence_about_the_outage(
    postgres: Interruptible, postgres_url: str, library: Library, discord: DiscordServer
) -> None:
    async with bot_on(postgres_url, library) as app, served(app, discord, read_messages=True):
        chat = Chat(discord)
        community, place = f"discord:guild/{chat.world.guild.id}", f"discord:channel/{chat.world.channel.id}"
        await app.services.store.set_place_setting(community, place, Setting.PASSIVE, True, by="u", now=NOW)
        said = await discord.say(chat.world.member, chat.world.channel, SURE)
        assert "2 years" in (await discord.posted(chat.world.channel, after=said)).text
        postgres.stop()
        try:
            said = await discord.say(chat.world.member, chat.world.channel, SURE)
            await chat.settled()
            assert discord.posts(chat.world.channel, after=said) == []
        finally:
            postgres.start()


async def test_a_server_that_says_nothing_any_more_is_not_waited_for_long(
    postgres: Interruptible,
    postgres_url: str,
    library: Library,
    slack: SlackServer,
    kim: User,
    general: Channel,
    short_folder: Path,
) -> None:
    name = postgres_url.partition("?")[0]
    async with (
        door_to(postgres.server, short_folder) as door,
        bot_on(f"{name}?host={short_folder}", library) as app,
        over_socket_mode(app, slack),
    ):
        await slack.slash(kim, general, "/ijm", SURE).message()
        door.open.clear()
        suggested = slack.slash(kim, general, "/ijm", "suggest A chapter?")
        assert AWAY_WORDS in (await suggested.message()).shown
        asked = slack.dm(kim, SURE)
        assert "2 years" in (await asked.message()).shown
        assert [(await each.ack()).ok for each in (suggested, asked)] == [True, True]
        door.open.set()
        assert "I kept this" in (await slack.slash(kim, general, "/ijm", "suggest A chapter?").message()).shown


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_database_that_is_restarted_under_load_loses_nothing_that_was_acknowledged(
    postgres: Interruptible,
    postgres_url: str,
    library: Library,
    slack: SlackServer,
    discord: DiscordServer,
    how: signal.Signals,
) -> None:
    async with (
        bot_on(postgres_url, library) as app,
        over_socket_mode(app, slack),
        served(app, discord),
        crowd() as people,
    ):
        people.on_slack(slack)
        people.on_discord(discord)
        for _ in range(3):
            await people.told.until(20)
            postgres.stop(how)
            postgres.start()
        await people.told.until(20)
        told = await people.stop()
        assert told.strange == []
        assert told.silent == []
        assert told.failed == 0
        assert told.answered > 0
        store = app.services.store
        communities = (f"slack:{slack.team.id}", f"discord:guild/{discord.world.guild.id}")
        kept = {each.text for community in communities for each in await store.suggestions(community)}
        assert set(told.kept) <= kept
