"""What the doctor finds on a local Discord."""

import base64
import copy
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.discord.doctor import checks
from adapters.discord.registering.commands import payload
from adapters.discord.settings import DiscordSettings
from bot.app.registry import default_registry
from bot.operating.doctor import Finding, Status, examine
from tests.adapters.discord.running import settings
from tests.servers.discord.faults import server_error
from tests.servers.discord.gateway.intents import PRIVILEGED, Intent
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import EVERYTHING, ORDINARY

pytestmark = pytest.mark.slow

REGISTRY = default_registry()


async def examined(
    given: DiscordSettings, *, passive: bool | None = False, skew: timedelta = timedelta()
) -> Sequence[Finding]:
    async def is_passive() -> bool | None:
        return passive

    return await examine(checks(given, REGISTRY, is_passive, lambda: datetime.now(UTC) + skew))


def of(found: Sequence[Finding], name: str) -> Finding:
    """The last finding of that name."""
    return [finding for finding in found if finding.name == f"Discord {name}"][-1]


def like_a_token(application: int) -> str:
    return f"{base64.b64encode(str(application).encode()).decode().rstrip('=')}.abcdef.{'x' * 27}"


def given_token(server: DiscordServer, **more: Any) -> DiscordSettings:
    """Settings with a token that looks as Discord's do, and that this server takes."""
    server.state.token = like_a_token(int(server.world.bot.id))
    return settings(server, **more)


async def test_all_is_well_where_all_is_well() -> None:
    async with DiscordServer() as server:
        server.state.commands[None] = [each | {"id": "1"} for each in copy.deepcopy(payload(REGISTRY))]
        found = await examined(given_token(server))
        assert {finding.status for finding in found} == {Status.OK}, found
        assert not [call for call in server.calls if call.method != "GET"]
        assert not server.unexpected
    assert [finding.name.removeprefix("Discord ") for finding in found] == [
        "token", "clock", "token", "intents", "commands", "permissions", "scopes",
    ]  # fmt: skip


async def test_a_token_that_is_refused_is_a_problem_and_not_shown() -> None:
    async with DiscordServer() as server:
        wrong = like_a_token(1)
        found = await examined(settings(server, token=wrong))
    assert of(found, "token").status is Status.PROBLEM
    assert "Reset Token" in of(found, "token").fix
    assert wrong not in str(found)
    assert "Discord commands" not in {finding.name for finding in found}


@pytest.mark.parametrize(
    ("token", "status", "said"),
    [
        ("Bot a.b.c", Status.PROBLEM, "a word before the token"),
        ("0123456789abcdef0123456789abcdef", Status.WARNING, "two dots"),
        (like_a_token(5), Status.PROBLEM, "another app than DISCORD_APPLICATION_ID"),
        (like_a_token(7), Status.OK, "looks like a token"),
    ],
)
async def test_the_shape_of_a_token_is_looked_at_without_a_network(token: str, status: Status, said: str) -> None:
    given = DiscordSettings(_env_file=None, token=token, application_id=7, api_url="http://127.0.0.1:9/api/v10")
    shape, reached = await examined(given)
    assert (shape.status, said in shape.text) == (status, True)
    assert reached.status is Status.UNKNOWN
    assert "cannot be reached" in reached.text


async def test_a_discord_that_is_ill_is_neither_well_nor_a_problem() -> None:
    async with DiscordServer() as server:
        server.fail("GET /applications/@me", server_error(503))
        found = await examined(given_token(server))
    assert found[-1].status is Status.UNKNOWN
    assert "503" in found[-1].text
    assert Status.PROBLEM not in {finding.status for finding in found}


async def test_commands_that_differ_are_named() -> None:
    async with DiscordServer() as server:
        registered = [each | {"id": "1"} for each in copy.deepcopy(payload(REGISTRY))]
        registered[0]["description"] = "Something else"
        server.state.commands[None] = [*registered, {"id": "2", "name": "old", "type": 1, "description": "x"}]
        commands = of(await examined(given_token(server)), "commands")
    assert commands.status is Status.WARNING
    assert "ijm, old." in commands.text


@pytest.mark.parametrize(
    ("passive", "allowed", "status"),
    [(True, True, Status.PROBLEM), (False, True, Status.OK), (None, True, Status.UNKNOWN), (True, False, Status.OK)],
)
async def test_the_message_content_intent_is_missed_only_where_it_is_needed(
    passive: bool | None, allowed: bool, status: Status
) -> None:
    async with DiscordServer() as server:
        server.gateway.granted = PRIVILEGED & ~Intent.MESSAGE_CONTENT
        intents = of(await examined(given_token(server, message_content=allowed), passive=passive), "intents")
    assert intents.status is status
    assert ("Privileged Gateway Intents" in intents.fix) == (status is Status.PROBLEM)


async def test_permissions_that_are_lacking_are_counted_and_an_administrator_lacks_none() -> None:
    async with DiscordServer() as server:
        world = server.world
        bare = world.add_guild("bare", world.owner)
        world.roles[bare.id] = replace(world.roles[bare.id], permissions=int(ORDINARY) & ~(1 << 14))
        ruled = world.add_guild("ruled", world.owner)
        world.roles[ruled.id] = replace(world.roles[ruled.id], permissions=EVERYTHING)
        permissions = of(await examined(given_token(server)), "permissions")
    assert permissions.status is Status.WARNING
    assert permissions.text == "Of 3 servers, it lacks: Embed Links in 1."


@pytest.mark.parametrize("skew", [timedelta(minutes=3), timedelta(minutes=-3)])
async def test_a_clock_that_is_off_is_a_problem(skew: timedelta) -> None:
    async with DiscordServer() as server:
        clock = of(await examined(given_token(server), skew=skew), "clock")
    assert clock.status is Status.PROBLEM
    assert ("fast" if skew > timedelta() else "slow") in clock.text
    assert "NTP" in clock.fix


async def test_a_server_that_did_not_grant_the_scope_of_commands_is_counted() -> None:
    async with DiscordServer() as server:
        world = server.world
        bare = world.add_guild("bare", world.owner)
        assert of(await examined(given_token(server)), "scopes").status is Status.OK
        world.guilds[bare.id] = replace(bare, commands=False)
        scopes = of(await examined(given_token(server)), "scopes")
    assert scopes.status is Status.WARNING
    assert "Of 2 servers, 1 did not grant the scope applications.commands" in scopes.text
    assert "ijm-bot invite" in scopes.fix
