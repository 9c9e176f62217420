"""The process ends in the middle of its work: asked to, it finishes that; killed, it loses nothing it kept.

Whoever was told to wait when the process is killed gets no answer: what somebody asked is never written down.
"""

import signal
from pathlib import Path

import pytest

from knowledge.store.sql.store import SqlStore
from tests.faults.load import Told, crowd
from tests.program import ON_DISCORD, ON_SLACK, begun, environment, free_port, on_discord, on_slack
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

KILLS = 1


async def suggestions(url: str, slack: SlackServer, discord: DiscordServer) -> set[str]:
    """All that members suggested, as the database has it."""
    store = SqlStore(url)
    communities = (f"slack:{slack.team.id}", f"discord:guild/{discord.world.guild.id}")
    kept = {each.text for community in communities for each in await store.suggestions(community, 100_000)}
    await store.close()
    return kept


def lost(told: Told, kept: set[str]) -> dict[str, object]:
    """What was acknowledged and is not there, or not answered; and what should not have been said."""
    found = {"kept": set(told.kept) - kept, "silent": told.silent, "strange": told.strange}
    return {name: value for name, value in found.items() if value}


async def test_asked_to_end_under_load_it_finishes_what_it_took(
    slack: SlackServer, discord: DiscordServer, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    variables = environment(url, **on_slack(slack), **on_discord(discord))
    async with begun(tmp_path, variables, "--slack-http", "0") as program, crowd() as people:
        slack.serve_over_http(f"{(await program.said(ON_SLACK))[1]}/slack/events")
        await program.said(ON_DISCORD)
        people.on_slack(slack)
        people.on_discord(discord)
        await people.told.until(40)
        assert people.told.failed == 0
        assert await program.end(signal.SIGTERM) == 0
        people.ended(discord)
        told = await people.stop()
        assert told.cut == 0
        assert "Stopped." in program.log
        assert "Traceback" not in program.log
    assert lost(told, await suggestions(url, slack, discord)) == {}


async def test_killed_under_load_it_loses_nothing_that_it_said_it_kept(
    slack: SlackServer, discord: DiscordServer, tmp_path: Path
) -> None:
    url, port = f"sqlite:///{tmp_path / 'kept.sqlite3'}", str(free_port())
    variables = environment(url, **on_slack(slack), **on_discord(discord))
    slack.serve_over_http(f"http://127.0.0.1:{port}/slack/events")
    async with crowd() as people:
        for begin in range(KILLS + 1):
            async with begun(tmp_path, variables, "--slack-http", port) as program:
                await program.said(ON_SLACK)
                await program.said(ON_DISCORD)
                if begin == 0:
                    people.on_slack(slack)
                    people.on_discord(discord)
                await people.told.until(40)
                assert "Traceback" not in program.log
                if begin == KILLS:
                    told = await people.stop()
                else:
                    await program.end(signal.SIGKILL)
                    people.killed(discord)
    assert lost(told, await suggestions(url, slack, discord)) == {}
    assert told.failed > 0
