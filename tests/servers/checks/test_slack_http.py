"""Signed HTTP of the local Slack with slack-bolt's own server: what it takes, what it refuses, and OAuth."""

import asyncio
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.patience import WAIT_SECONDS
from tests.servers.slack.example import bolt, over_http
from tests.servers.slack.rules.values import BOT_SCOPES, Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


async def test_a_request_url_is_verified(slack: SlackServer) -> None:
    async with over_http(slack, bolt(slack)):
        ack = await slack.verify_url("a challenge")
        assert (ack.status, ack.body) == (200, {"challenge": "a challenge"})


@pytest.mark.parametrize("change", [{"signature": "v0=0123"}, {"secret": "another"}, {"age": 301}, {"age": -301}])
async def test_a_badly_signed_request_is_refused(
    slack: SlackServer, member: User, general: Channel, change: dict[str, Any]
) -> None:
    async with over_http(slack, bolt(slack)):
        assert slack.http is not None
        good = slack.http.signing
        slack.http.signing = replace(good, **change)
        refused = (slack.slash(member, general, "/ijm"), slack.dm(member, "hello"), slack.shortcut(member, "answer"))
        assert [(await one.ack()).status for one in refused] == [401, 401, 401]
        assert (await slack.verify_url()).status == 401
        slack.http.signing = replace(good, age=299)
        assert (await slack.slash(member, general, "/ijm").ack()).ok
        await slack.requests.wait(where=lambda request: request.method == "response_url")


async def test_a_retry_says_so_in_its_headers(slack: SlackServer, member: User) -> None:
    tried: list[tuple[Any, Any]] = []
    app = AsyncApp(
        client=AsyncWebClient(slack.bot_token, base_url=slack.web_api_url), signing_secret=slack.app.signing_secret
    )

    async def busy(req: Any, next: Any) -> None:  # noqa: A002 - bolt names its arguments
        tried.append((req.headers.get("x-slack-retry-num"), req.headers.get("x-slack-retry-reason")))
        assert slack.http is not None
        # How long the next try is waited for.
        slack.http.ack_seconds = 0.5 if len(tried) == 1 else WAIT_SECONDS
        if len(tried) == 1:
            raise RuntimeError("out of order")
        if len(tried) == 2:
            await asyncio.Event().wait()
        await next()

    app.use(busy)

    @app.event("message")
    async def message(say: Any) -> None:
        await say("At last")

    async with over_http(slack, app):
        asked = slack.dm(member, "hello")
        assert (await asked.ack(0)).status == 500
        assert (await asked.ack(2)).ok
        assert tried[:3] == [(None, None), (["1"], ["http_error"]), (["2"], ["http_timeout"])]
        assert (await asked.message()).text == "At last"


async def test_a_request_url_that_is_not_there_gets_no_event(slack: SlackServer, member: User) -> None:
    async with over_http(slack, bolt(slack)):
        pass
    asked = slack.dm(member, "hello")
    failures = [attempt.failure for attempt in await asked.attempts.wait(3)]
    assert failures == ["connection_failed"] * 3


@pytest.fixture
def oauth(slack: SlackServer, tmp_path: Any) -> AsyncApp:
    settings = AsyncOAuthSettings(
        client_id=slack.app.client_id,
        client_secret=slack.app.client_secret,
        scopes=list(BOT_SCOPES),
        authorization_url=slack.authorize_url,
        installation_store=FileInstallationStore(base_dir=str(tmp_path / "installations")),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path / "states")),
    )
    client = AsyncWebClient(base_url=slack.web_api_url)
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret, oauth_settings=settings)

    @app.command("/ijm")
    async def command(ack: Any, context: Any) -> None:
        await ack(f"in {context.team_id}")

    lost = app._async_tokens_revocation_listeners
    assert lost is not None
    app.event("tokens_revoked")(lost.handle_tokens_revoked_events)
    app.event("app_uninstalled")(lost.handle_app_uninstalled_events)
    return app


# slack_sdk 3.47 authenticates oauth.v2.access with what aiohttp 3.14 has deprecated.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_an_app_is_installed_with_oauth_and_uninstalled(slack: SlackServer, oauth: AsyncApp) -> None:
    library = slack.world.add_team("Library", installed=False)
    owner = slack.world.add_user(library, "owner", is_owner=True)
    async with over_http(slack, oauth) as url, aiohttp.ClientSession() as browser:
        home = url.removesuffix("/slack/events")
        assert oauth.oauth_flow is not None
        oauth.oauth_flow.settings.redirect_uri = f"{home}/slack/oauth_redirect"
        async with browser.get(f"{home}/slack/install?team={library.id}", allow_redirects=False) as page:
            cookie = page.headers["Set-Cookie"].partition(";")[0]
        asked = {"client_id": slack.app.client_id, "scope": ",".join(BOT_SCOPES), "state": cookie.partition("=")[2]}
        asked |= {"redirect_uri": f"{home}/slack/oauth_redirect", "team": library.id}
        async with browser.get(slack.authorize_url, params=asked, allow_redirects=False) as page:
            back = page.headers["Location"]
        # The cookie is for https only, so it is carried by hand.
        async with browser.get(back, headers={"Cookie": cookie}) as page:
            assert page.status == 200
        general = slack.world.add_channel(library, "general", owner)
        assert (await slack.slash(owner, general, "/ijm").message()).text == f"in {library.id}"

        gone = slack.uninstall(library)
        assert (await gone.ack()).ok
        (revoked,) = slack.deliveries.since(
            where=lambda one: one.payload.get("event", {}).get("type") == "tokens_revoked"
        )
        assert (await revoked.ack()).ok
        client = AsyncWebClient(slack.world.token(library), base_url=slack.web_api_url)
        with pytest.raises(Exception, match="account_inactive"):
            await client.auth_test()
        # bolt answers for itself when a workspace has no token any more.
        refused = await slack.slash(owner, general, "/ijm").message()
        assert refused.text.startswith(":warning: We apologize")
