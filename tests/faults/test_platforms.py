"""Both platforms break their connections, or one of them takes its token back: the bot goes on where it can."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app.app import App
from tests.adapters.discord.running import SURE, Chat, served
from tests.adapters.slack.running import over_socket_mode
from tests.faults.load import crowd
from tests.program import ON_DISCORD, Program, begun, environment, on_discord, on_slack
from tests.servers.discord.faults import disconnected
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

TIMES = 3


async def test_both_platforms_drop_their_connections_under_load_and_nobody_is_forgotten(
    app: App, slack: SlackServer, discord: DiscordServer
) -> None:
    # As long as Slack waits (docs.slack.dev/apis/events-api): what a broken connection lost is never acknowledged.
    slack.socket.ack_seconds = 3
    async with over_socket_mode(app, slack), served(app, discord), crowd() as people:
        people.on_slack(slack)
        people.on_discord(discord)
        for number in range(1, TIMES + 1):
            await people.told.until(20)
            # What is under way then is broken too, on both sides of it.
            discord.fail("POST /interactions/*/callback", disconnected(), 2)
            discord.fail("POST /interactions/*/callback", disconnected(applied=True), 2)
            # Only one: what is sent again after two seconds may meet the next round's, and a third one is too many.
            slack.faults.cut("response_url")
            discord.gateway.drop()
            for connection in slack.socket.connections:
                connection.drop()
            await slack.socket.connected(number + 1)
            await discord.gateway.resumed(number)
        await people.told.until(20)
        told = await people.stop()
    assert (told.strange, told.silent) == ([], [])
    # Slack tells somebody that it failed, if the connection broke before the bot could acknowledge.
    assert told.answered + len(told.kept) > told.failed


@pytest.mark.parametrize(
    ("revoked", "words"),
    [
        (lambda slack, _: slack.revoke_tokens(slack.team), "Slack refuses SLACK_BOT_TOKEN"),
        (lambda _, discord: discord.reset_token(), "Discord refuses DISCORD_TOKEN"),
    ],
    ids=["Slack", "Discord"],
)
async def test_one_platform_takes_its_token_back_and_the_other_one_goes_on(
    slack: SlackServer,
    discord: DiscordServer,
    kim: User,
    general: Channel,
    tmp_path: Path,
    revoked: Callable[[SlackServer, DiscordServer], object],
    words: str,
) -> None:
    variables = environment(f"sqlite:///{tmp_path / 'kept.sqlite3'}", **on_slack(slack), **on_discord(discord))
    async with begun(tmp_path, variables | {"SLACK_APP_TOKEN": slack.app.app_token}) as program:
        await program.said("Ready on Slack")
        await program.said(ON_DISCORD)
        assert "2 years" in (await slack.slash(kim, general, "/ijm", SURE).message()).shown
        assert "2 years" in (await Chat(discord).slash("ijm ask", {"question": SURE})).text
        revoked(slack, discord)
        await program.said(rf"{re.escape(words)}.*The rest goes on\.")
        for _ in range(TIMES):
            await _goes_on(slack, discord, kim, general, lost=words)
        await _ends(program, words)


async def _goes_on(slack: SlackServer, discord: DiscordServer, kim: User, general: Channel, lost: str) -> None:
    if "SLACK" in lost:
        assert "2 years" in (await Chat(discord).slash("ijm ask", {"question": SURE})).text
    else:
        assert "2 years" in (await slack.slash(kim, general, "/ijm", SURE).message()).shown


async def _ends(program: Program, words: str) -> None:
    """Asked to, it ends well; what was lost stays said."""
    assert await program.end() == 0
    assert words in program.log
    assert "Traceback" not in program.log
