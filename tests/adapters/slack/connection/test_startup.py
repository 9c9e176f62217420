"""What the bot says when Slack does not let it in, or not any more."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack.app import check_settings, serve
from adapters.slack.connection.web import SlackError
from adapters.slack.settings import SlackSettings
from bot.app.app import App
from bot.commands.community_settings import Setting
from knowledge.store.protocol import GRACE
from tests.adapters.slack.running import over_http, over_socket_mode, settings
from tests.conftest import NOW
from tests.servers.patience import WAIT_SECONDS
from tests.servers.slack.rules.values import BOT_SCOPES, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("given", "http", "named"),
    [
        ({"app_token": "xapp-1"}, False, "SLACK_BOT_TOKEN"),
        ({"bot_token": "xoxb-1"}, False, "SLACK_APP_TOKEN"),
        ({"bot_token": "xoxb-1"}, True, "SLACK_SIGNING_SECRET"),
        ({"bot_token": "xoxb-1", "signing_secret": " \n\t "}, True, "SLACK_SIGNING_SECRET is blank"),
        ({"signing_secret": "s"}, True, "SLACK_CLIENT_ID"),
        ({"signing_secret": "s", "client_id": "1.2"}, True, "SLACK_CLIENT_SECRET"),
    ],
)
def test_what_is_missing_for_a_mode_is_named(given: dict[str, Any], http: bool, named: str) -> None:
    with pytest.raises(SlackError, match=named):
        check_settings(SlackSettings(_env_file=None, **given), http=http)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"bot_token": "xapp-1"}, "SLACK_BOT_TOKEN: it does not begin with xoxb-"),
        ({"bot_token": "xoxb-unknown"}, r"SLACK_BOT_TOKEN: Slack does not know it \(invalid_auth\)"),
        ({"app_token": "xoxb-1"}, "SLACK_APP_TOKEN: it does not begin with xapp-"),
        ({"app_token": "xapp-unknown"}, r"SLACK_APP_TOKEN: Slack does not know it \(invalid_auth\)"),
        ({"api_url": "http://127.0.0.1:9/api/"}, "Slack does not answer at http://127.0.0.1:9/api/"),
    ],
)
async def test_a_wrong_token_ends_in_a_sentence(
    app: App, slack: SlackServer, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(SlackError, match=words):
        await serve(app, settings(slack, **given))
    assert len(slack.socket.opened) == 0


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("token_revoked", "was revoked"),
        ("account_inactive", "was uninstalled"),
        ("token_expired", "has expired"),
        ("org_login_required", "org_login_required"),
    ],
)
async def test_a_lost_token_ends_in_a_sentence(app: App, slack: SlackServer, error: str, words: str) -> None:
    slack.faults.refuse("auth.test", error)
    with pytest.raises(SlackError, match=words):
        await serve(app, settings(slack))


async def test_an_app_token_without_its_scope_ends_in_a_sentence(app: App, slack: SlackServer) -> None:
    slack.faults.refuse("apps.connections.open", "missing_scope")
    with pytest.raises(SlackError, match="SLACK_APP_TOKEN: it lacks the scope"):
        await serve(app, settings(slack))


async def test_missing_scopes_are_named(app: App, slack: SlackServer) -> None:
    token = slack.world.install(slack.team, set(BOT_SCOPES) - {"users:read", "im:history"})
    with pytest.raises(SlackError, match="lacks the scopes im:history, users:read"):
        await serve(app, settings(slack, bot_token=token))


async def test_scopes_for_passive_answers_are_asked_for_but_not_required(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    await app.services.store.set_place_setting("slack:T", "slack:T/C", Setting.PASSIVE, True, by="x", now=NOW)
    token = slack.world.install(slack.team, set(BOT_SCOPES) - {"groups:history"})
    async with over_socket_mode(app, slack, bot_token=token, passive=True):
        assert "lacks the scopes groups:history" in caplog.text


@pytest.mark.parametrize("left", ["uninstall", "revoke_tokens"])
async def test_being_uninstalled_deletes_what_was_kept_after_a_grace_and_ends_in_a_sentence(
    app: App, slack: SlackServer, kim: User, left: str
) -> None:
    community, store = f"slack:{slack.team.id}", app.services.store
    await store.set_setting(community, "x", True, by="x", now=NOW)
    async with over_socket_mode(app, slack) as task:
        gone = getattr(slack, left)(slack.team)
        await gone.ack()
        with pytest.raises(SlackError, match="SLACK_BOT_TOKEN"):
            await task
    await store.expire(NOW + GRACE - timedelta(seconds=1))
    assert await store.setting(community, "x") is True
    await store.expire(NOW + GRACE)
    assert await store.setting(community, "x") is None


async def test_a_token_that_is_refused_while_it_is_used_ends_in_a_sentence(
    app: App, slack: SlackServer, kim: User
) -> None:
    async with over_socket_mode(app, slack) as task:
        slack.world.refuse_tokens(slack.team, "account_inactive")
        # Slack still sends what was on its way.
        slack.world.install(slack.team)
        slack.dm(kim, "topics")
        with pytest.raises(SlackError, match="uninstalled"):
            await task


async def test_an_app_token_that_is_revoked_while_it_is_used_ends_in_a_sentence(app: App, slack: SlackServer) -> None:
    async with over_socket_mode(app, slack) as task:
        slack.faults.refuse("apps.connections.open", "token_revoked", times=None)
        await (await slack.socket.connected()).disconnect("refresh_requested")
        with pytest.raises(SlackError, match="SLACK_APP_TOKEN"):
            await task


async def test_a_port_that_is_taken_ends_in_a_sentence(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with over_http(app, slack, caplog) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(SlackError, match=f"Cannot listen on port {port}"):
            await serve(app, settings(slack), port=port)


async def test_it_stops_when_it_is_told_to(app: App, slack: SlackServer) -> None:
    async with over_socket_mode(app, slack) as task:
        task.cancel()
        await asyncio.wait({task}, timeout=WAIT_SECONDS)
        assert task.cancelled()
        assert slack.socket.connections == []


async def test_an_answer_that_is_under_way_is_still_given_when_it_stops(
    app: App, slack: SlackServer, kim: User
) -> None:
    told = asyncio.Event()
    slack.faults.hold("chat.postMessage", told)
    async with over_socket_mode(app, slack) as task:
        asked = slack.dm(kim, "topics")
        await asked.ack()
        task.cancel()
        await asyncio.sleep(0)
        told.set()
        assert "What I know about" in (await asked.message()).shown
        await asyncio.wait({task}, timeout=WAIT_SECONDS)
