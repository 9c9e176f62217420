"""How the Discord adapter starts: registration, intents, shards, addresses, and what it says when it cannot."""

import asyncio
import copy
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.discord.app import DiscordError, serve
from adapters.discord.events import DISCORD
from adapters.discord.settings import DiscordSettings
from adapters.monitoring.metrics import PrometheusMetrics
from bot.app.app import App
from bot.commands.context import Services
from bot.commands.declarations import Registry
from bot.operating import serving as serving_module
from bot.operating.serving import Served, serve_all
from tests.adapters.discord.running import SURE, SYNC, Chat, served, serving, settings
from tests.servers.discord.client import pointed_at
from tests.servers.discord.faults import Fault, server_error
from tests.servers.discord.gateway.intents import PRIVILEGED, Intent
from tests.servers.discord.server import DiscordServer
from tests.servers.patience import WAIT_SECONDS

pytestmark = pytest.mark.slow


async def ended(app: App, server: DiscordServer, **more: Any) -> str:
    """What the program says when it cannot go on."""
    async with serving(app, server, **more) as task:
        await asyncio.wait({task}, timeout=WAIT_SECONDS)
        with pytest.raises(DiscordError) as caught:
            task.result()
    return str(caught.value)


async def test_commands_are_registered_once_and_not_again_while_they_are_the_same(app: App) -> None:
    async with DiscordServer() as server:
        for _ in range(2):
            async with served(app, server):
                commands = await server.synced()
        assert [(each["type"], each["name"]) for each in commands] == [
            (1, "ijm"),
            (1, "ijm-mod"),
            (3, "Answer from IJM"),
            (3, "Add to IJM answers"),
        ]
        assert len(server.calls_to(SYNC)) == 1
        assert not server.violations


async def test_commands_that_changed_are_registered_again(app: App, services: Services) -> None:
    async with DiscordServer() as server:
        async with served(app, server):
            before = copy.deepcopy(await server.synced())
        fewer = App(services, Registry([c for c in app.registry.commands if c.name != "fact"]))
        async with served(fewer, server):
            after = await server.synced()
        assert len(server.calls_to(SYNC)) == 2
        assert [each["id"] for each in after] == [each["id"] for each in before]
        assert "fact" not in {option["name"] for option in after[0]["options"]}


async def test_a_server_error_during_registration_is_survived(app: App) -> None:
    async with DiscordServer() as server:
        server.fail("GET /applications/*/commands", server_error(500))
        async with served(app, server):
            assert await server.synced()


async def test_one_process_without_settings_serves_as_many_shards_as_discord_wants(app: App) -> None:
    async with DiscordServer(shards=2) as server:
        world = server.world
        guilds = [world.add_guild(f"on shard {number}", world.owner, shard=(number, 2)) for number in range(2)]
        channels = [world.add_channel(guild, "channel") for guild in guilds]
        async with served(app, server):
            await server.gateway.identified(2)
            chat = Chat(server)
            for channel in channels:
                assert "four" in (await chat.slash("ijm outcomes", user=world.owner, channel=channel)).text
        assert [identify.shard for identify in server.gateway.identifies] == [(0, 2), (1, 2)]


async def test_several_processes_share_the_shards_and_the_one_with_shard_0_registers(
    app: App, services: Services
) -> None:
    async with DiscordServer(shards=7) as server:
        world = server.world
        guilds = [world.add_guild(f"on shard {number}", world.owner, shard=(number, 3)) for number in range(3)]
        channels = [world.add_channel(guild, "channel") for guild in guilds]
        async with served(App(services), server, shard_ids="2", shard_count=3):
            assert server.calls_to("* /applications/*/commands") == []
            async with served(app, server, shard_ids="0, 1", shard_count=3):
                await server.gateway.identified(3)
                assert len(server.calls_to(SYNC)) == 1
                chat = Chat(server)
                for channel in channels:
                    assert "four" in (await chat.slash("ijm outcomes", user=world.owner, channel=channel)).text
        assert sorted(identify.shard for identify in server.gateway.identifies) == [(0, 3), (1, 3), (2, 3)]


@pytest.mark.parametrize("shards", [{}, {"shard_ids": "0", "shard_count": 1}])
async def test_the_gateway_that_is_set_is_used_whatever_discord_names(app: App, shards: dict[str, Any]) -> None:
    async with DiscordServer() as server:
        # What /gateway/bot and READY name is a port on which nobody listens.
        server.gateway.url = "ws://127.0.0.1:9/"
        async with served(app, server, **shards):
            server.gateway.drop()
            await server.gateway.resumed()
            assert "four" in (await Chat(server).slash("ijm outcomes")).text
        assert len(server.gateway.identifies) == 1


async def test_a_wrong_token_ends_with_a_sentence(app: App) -> None:
    async with DiscordServer() as server:
        said = await ended(app, server, token="wrong")
    assert "DISCORD_TOKEN" in said
    assert "Reset Token" in said
    assert "wrong" not in said


async def test_a_token_that_is_reset_meanwhile_ends_with_a_sentence(app: App) -> None:
    async with DiscordServer() as server, serving(app, server) as task:
        await server.gateway.identified()
        server.reset_token()
        await asyncio.wait({task}, timeout=WAIT_SECONDS)
        with pytest.raises(DiscordError, match="DISCORD_TOKEN"):
            task.result()


async def test_an_intent_that_is_not_granted_ends_with_a_sentence(app: App) -> None:
    async with DiscordServer() as server:
        server.gateway.granted = PRIVILEGED & ~Intent.MESSAGE_CONTENT
        said = await ended(app, server, read_messages=True)
    assert "Privileged Gateway Intents" in said
    assert "DISCORD_MESSAGE_CONTENT=false" in said


async def test_without_the_intent_the_bot_can_be_told_to_do_without_it(app: App) -> None:
    async with DiscordServer() as server:
        server.gateway.granted = PRIVILEGED & ~Intent.MESSAGE_CONTENT
        async with serving(app, server, read_messages=True, message_content=False):
            session = await server.gateway.identified()
            assert not session.identify.intents & Intent.MESSAGE_CONTENT
            assert "four" in (await Chat(server).slash("ijm outcomes")).text


@pytest.mark.parametrize(
    ("code", "named"), [(4010, "DISCORD_SHARD_IDS"), (4011, "DISCORD_SHARD_COUNT"), (4013, "4013")]
)
async def test_a_refusal_of_the_gateway_ends_with_a_sentence(app: App, code: int, named: str) -> None:
    async with DiscordServer() as server, serving(app, server) as task:
        await server.gateway.identified()
        server.gateway.close(code)
        await asyncio.wait({task}, timeout=WAIT_SECONDS)
        with pytest.raises(DiscordError, match=named):
            task.result()


async def test_a_discord_that_cannot_be_reached_ends_with_a_sentence(app: App) -> None:
    async with DiscordServer() as server:
        said = await ended(app, server, api_url="http://127.0.0.1:9/api/v10")
    assert "cannot be reached" in said
    assert "DISCORD_API_URL" in said


@pytest.mark.parametrize("status", [200, 403, 404])
@pytest.mark.parametrize("shown", ["<!doctype html><title>Sign in</title>", "It works!", ""])
async def test_an_address_where_something_else_answers_ends_with_a_sentence(app: App, status: int, shown: str) -> None:
    async with DiscordServer() as server:
        server.fail("GET /users/@me", Fault(status, text=shown))
        said = await ended(app, server)
    assert said.startswith("Discord cannot be reached")
    assert "html" not in said


async def test_commands_that_discord_refuses_are_told_and_mentions_go_on(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = {"code": 50035, "message": "Invalid Form Body", "errors": {}}
    async with DiscordServer() as server:
        server.fail(SYNC, Fault(400, refusal))
        async with serving(app, server) as task:
            await server.gateway.identified()
            assert "2 years" in (await Chat(server).mention(SURE)).text
            assert not task.done()
    told = [record.getMessage() for record in caplog.records if "refuses the commands" in record.getMessage()]
    assert len(told) == 1
    assert "50035" in told[0]


@pytest.mark.parametrize("name", ["MESSAGE_CREATE", "INTERACTION_CREATE", "CHANNEL_UPDATE", "GUILD_ROLE_UPDATE"])
@pytest.mark.parametrize("data", [{}, {"id": None, "guild_id": "1"}, {"id": "x", "author": None}, None])
async def test_an_event_that_cannot_be_read_is_passed_over(
    services: Services, caplog: pytest.LogCaptureFixture, name: str, data: Any
) -> None:
    metrics = PrometheusMetrics()
    async with DiscordServer() as server, served(App(replace(services, metrics=metrics)), server):
        session = await server.gateway.identified()
        caplog.clear()
        session.add(name, data)
        assert "2 years" in (await Chat(server).mention(SURE)).text
        assert len(server.gateway.identifies) == 1
    counted = metrics.registry.get_sample_value(
        "ijm_platform_errors_total", {"platform": "discord", "error": "unreadable"}
    )
    told = [record for record in caplog.records if "cannot be read" in record.getMessage()]
    assert len(told) == (counted or 0)
    assert told or not name.endswith("_CREATE")
    assert not any(record.exc_info for record in caplog.records)


async def test_a_discord_that_is_away_at_first_is_served_later(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "FIRST_PAUSE", 0.01)
    links = app.services.links
    async with DiscordServer() as server:
        server.fail("GET /users/@me", Fault(404, text="<html>"), times=3)
        with pointed_at(server):
            platform = Served(DISCORD, partial(serve, app, settings(server), read_messages=False))
            task = asyncio.create_task(serve_all([platform], links, app.services.metrics))
            await asyncio.sleep(0)
            assert links.states == {"discord": False}
            await server.gateway.identified()
            assert (await Chat(server).slash("ijm outcomes")).text
            assert links.states == {"discord": True}
            task.cancel()
            await asyncio.wait({task}, timeout=WAIT_SECONDS)


@pytest.mark.parametrize(
    ("given", "named"),
    [({"shard_ids": "0"}, "DISCORD_SHARD_COUNT"), ({"shard_ids": "0,2", "shard_count": 2}, "counts from 0")],
)
def test_settings_that_do_not_fit_each_other_are_refused(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        DiscordSettings(_env_file=None, **given)


async def test_without_a_token_it_ends_with_a_sentence(app: App) -> None:
    async with DiscordServer() as server:
        assert "DISCORD_TOKEN is not set" in await ended(app, server, token=None)
        assert server.calls == []


@pytest.mark.parametrize(
    "given", [{"shard_ids": "one"}, {"shard_ids": "-1"}, {"shard_ids": ","}, {"shard_count": "0"}, {"shard_count": "x"}]
)
def test_settings_that_are_no_numbers_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        DiscordSettings(_env_file=None, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("given", "shards"), [("0", [0]), ("0,2", [0, 2]), (" 1 , 2 ", [1, 2])])
def test_the_shards_of_a_process_are_read_from_the_environment(
    given: str, shards: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_SHARD_IDS", given)
    monkeypatch.setenv("DISCORD_SHARD_COUNT", "3")
    assert DiscordSettings(_env_file=None).shard_ids == shards
