"""Workspaces that install the bot by OAuth, and leave again."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import aiohttp
import pytest

from adapters.slack.commands import scopes
from adapters.slack.connection.install import STATE_SECONDS, InstallationStores
from adapters.slack.joining import missing
from bot.app.app import App
from knowledge.pack.model import Entry, Source
from knowledge.pack.overlay import Change, Draft
from knowledge.store.protocol import GRACE
from knowledge.store.sql.installations import slack_stores
from knowledge.store.sql.store import SqlStore
from tests.adapters.slack.running import SURE, over_http
from tests.conftest import NOW
from tests.servers.pulse import SECONDS, Pulse
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, Team, User
from tests.servers.slack.server import SlackServer

# The largest body that is read (aiohttp's `client_max_size`).
BODY = 1_000_000
# slack_sdk 3.47 authenticates oauth.v2.access with what aiohttp 3.14 has deprecated.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")]


@dataclass(frozen=True, slots=True)
class Browser:
    """An admin's browser, at the bot's pages and Slack's."""

    session: aiohttp.ClientSession
    slack: SlackServer
    url: str

    async def begin(self, team: Team) -> tuple[str, str]:
        """Open the installation and consent; the address that Slack sends back to, and the bot's cookie."""
        async with self.session.get(f"{self.url}/slack/install?team={team.id}") as page:
            assert page.status == 200
            assert self.slack.authorize_url in (await page.text())
            cookie = page.headers["Set-Cookie"].partition(";")[0]
        asked = {"client_id": self.slack.app.client_id, "scope": ",".join(scopes()), "team": team.id}
        asked["state"] = cookie.partition("=")[2]
        async with self.session.get(self.slack.authorize_url, params=asked, allow_redirects=False) as page:
            return page.headers["Location"].replace("http://bot", self.url), cookie

    async def end(self, back: str, cookie: str) -> int:
        """Come back to the bot. The cookie is for https only, so it is carried by hand."""
        async with self.session.get(back, headers={"Cookie": cookie}) as page:
            return page.status

    async def install(self, team: Team) -> None:
        assert await self.end(*await self.begin(team)) == 200


@pytest.fixture
async def browser(app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Browser]:
    """The bot without a token of its own."""
    store = app.services.store
    assert isinstance(store, SqlStore)
    object.__setattr__(slack.world.app, "redirect_urls", ("http://bot/slack/oauth_redirect",))
    installations, states = await slack_stores(store.database, slack.app.client_id, STATE_SECONDS)
    stores = InstallationStores(installations, states, installations.async_count)
    given = {"bot_token": None, "client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    async with (
        over_http(app, slack, caplog, stores=stores, **given) as url,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield Browser(session, slack, url)


def people(slack: SlackServer, team: Team) -> tuple[User, Channel]:
    owner = slack.world.add_user(team, "owner", is_owner=True)
    return owner, slack.world.add_channel(team, "general", owner, with_bot=team.id in slack.world.bots)


async def both_installed(browser: Browser, slack: SlackServer) -> tuple[Team, User, Channel]:
    """A second workspace with its owner and channel, after both have installed the bot."""
    library = slack.world.add_team("Library", installed=False)
    slack.world.add_user(library, "owner", is_owner=True)
    await browser.install(library)
    await browser.install(slack.team)
    # Whoever installed it is welcomed.
    await slack.world.changes.wait(2, where=lambda one: one.did is Did.POSTED)
    return library, *people(slack, library)


async def test_several_workspaces_install_the_bot_and_each_is_answered(
    browser: Browser, slack: SlackServer, kim: User, general: Channel
) -> None:
    library, owner, books = await both_installed(browser, slack)
    for user, channel in ((owner, books), (kim, general)):
        asked = slack.mention(user, channel, SURE)
        assert "aftercare" in (await asked.message()).shown
    tokens = [call.token for call in slack.calls("chat.postMessage")[2:]]
    assert tokens == [slack.world.token(library), slack.world.token(slack.team)]
    assert slack.world.scopes(library.id) == set(scopes())


async def test_a_card_has_the_name_of_the_workspace_that_it_is_made_in(
    browser: Browser, slack: SlackServer, kim: User, general: Channel
) -> None:
    library, owner, books = await both_installed(browser, slack)
    for user, channel, team in ((owner, books, library), (kim, general, slack.team)):
        await slack.slash(user, channel, "/ijm", "fact card:wide").message()
        assert list(slack.world.files.values())[-1]["alt_txt"].endswith(f" {team.name}.")


async def test_a_workspace_that_did_not_install_the_bot_is_told_so(
    browser: Browser, slack: SlackServer, kim: User, general: Channel
) -> None:
    assert browser.url
    told = await slack.slash(kim, general, "/ijm", SURE).message()
    assert "no longer installed in this workspace" in told.text


async def test_an_installation_ends_where_it_began_and_only_once(
    browser: Browser, slack: SlackServer, kim: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "adapters.slack.connection.install")
    back, cookie = await browser.begin(slack.team)
    assert await browser.end(back, "slack-app-oauth-state=another") == 400
    assert await browser.end(back, cookie) == 200
    assert await browser.end(back, cookie) == 401
    assert await browser.end(f"{browser.url}/slack/oauth_redirect?error=access_denied", "") == 200
    assert await browser.end(f"{browser.url}/slack/oauth_redirect", "") == 400
    assert await browser.end(f"{browser.url}/slack/oauth_redirect?error=%3Cb%3Ex%0Ay", "") == 200
    assert len(slack.calls("oauth.v2.access")) == 1
    assert [each.getMessage() for each in caplog.records].count("A workspace has installed the app.") == 1
    assert "<b>x" not in caplog.text


@pytest.mark.parametrize("left", ["uninstall", "revoke_tokens"])
async def test_a_workspace_that_leaves_is_forgotten_and_the_others_stay(
    app: App, browser: Browser, slack: SlackServer, kim: User, general: Channel, left: str
) -> None:
    library, owner, books = await both_installed(browser, slack)
    store = app.services.store
    for team in (library, slack.team):
        await store.set_setting(f"slack:{team.id}", "x", True, by="x", now=NOW)

    await getattr(slack, left)(library).ack()
    told = slack.slash(owner, books, "/ijm", SURE)
    assert "aftercare" in (await slack.slash(kim, general, "/ijm", SURE).message()).shown
    assert await store.setting(f"slack:{slack.team.id}", "x") is True
    while "no longer installed" not in (await told.message()).text:
        told = slack.slash(owner, books, "/ijm", SURE)
    assert (await store.outline(f"slack:{library.id}")).left_at is not None
    assert (await store.outline(f"slack:{slack.team.id}")).left_at is None
    await store.expire(NOW + GRACE)
    assert await store.setting(f"slack:{library.id}", "x") is None
    assert await store.setting(f"slack:{slack.team.id}", "x") is True

    await browser.install(library)
    # All of it was deleted, so it is welcomed as on the first day.
    await slack.world.changes.wait(3, where=lambda one: one.did is Did.POSTED)
    assert "aftercare" in (await slack.slash(owner, books, "/ijm", SURE).message()).shown


async def test_whoever_installs_the_bot_is_welcomed_once(browser: Browser, slack: SlackServer) -> None:
    library = slack.world.add_team("Library", installed=False)
    owner = slack.world.add_user(library, "owner", is_owner=True)
    await browser.install(library)
    (welcome,) = await slack.world.changes.wait(where=lambda one: one.did is Did.POSTED)
    assert welcome.message is not None
    assert welcome.message.channel == slack.world.im(owner, slack.world.bots[library.id]).id
    assert "Thanks for adding me to Library" in welcome.message.shown
    assert "something is missing" not in welcome.message.shown
    await browser.install(library)
    await slack.dm(owner, SURE).message()
    assert len(slack.calls("chat.postMessage")) == 2


def test_what_a_token_lacks_is_named() -> None:
    assert missing(None) == missing(frozenset(scopes())) == ()
    (told,) = missing(frozenset(scopes()) - {"files:read", "im:write"})
    assert "I lack files:read, im:write." in told


async def test_in_a_shared_channel_each_bot_says_what_its_own_workspace_knows(
    app: App, browser: Browser, slack: SlackServer, kim: User, general: Channel
) -> None:
    library, owner, books = await both_installed(browser, slack)
    home = f"slack:{library.id}"
    parking = Entry(
        "parking", "What does parking at the library cost?", ("parking fee",), "Nine dollars, in 2026.", "about", (),
        Source("Library leaflet", ""), 2026,
    )  # fmt: skip
    await app.services.store.revise(home, [Draft(parking.id, Change.ADDED, parking)], by=f"{home}/{owner.id}", now=NOW)
    for who, where in ((owner, general), (kim, books)):
        slack.join(who, where)
    for who in (owner, kim):
        assert "Nine dollars" in (await slack.mention(who, books, parking.question).message()).shown
        assert "Nine dollars" not in (await slack.mention(who, general, parking.question).message()).shown
    tokens = [call.token for call in slack.calls("chat.postMessage")[2:]]
    assert tokens == [slack.world.token(library), slack.world.token(slack.team)] * 2


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
@pytest.mark.parametrize("unit", ["[", '{"a":', '"', "a=1&", "%", "1- ", "\\ud83d", "é"])
async def test_no_request_of_a_stranger_keeps_the_event_loop_from_others(
    browser: Browser, slack: SlackServer, unit: str
) -> None:
    assert slack.http is not None
    signed, forged = slack.http.signing, replace(slack.http.signing, signature="v0=0123")
    text = unit * (BODY // len(unit.encode()))
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "ts": "1.1",
        "text": text[:300_000],
    }
    callback = {"type": "event_callback", "team_id": slack.team.id, "event_id": "Ev1", "event": event}
    form, plain = "application/x-www-form-urlencoded", "application/json"
    shortcut = {"type": "message_action", "team": {"id": slack.team.id}, "message": {"text": text[:100_000]}}
    command = {"command": "/ijm", "team_id": slack.team.id, "text": text[:100_000]}
    junk = [(text, plain), (text, form), (f"payload={text[:900_000]}", form)]
    # Slack signs what people write, and never junk.
    sent = [
        (text, plain),
        (json.dumps(callback), plain),
        (urlencode(command), form),
        (urlencode({"payload": json.dumps(shortcut)}), form),
    ]
    for signing, bodies in ((forged, junk), (signed, sent)):
        slack.http.signing = signing
        for body, kind in bodies:
            async with Pulse() as pulse:
                await slack.http.post(body, kind)
            assert pulse.worst < SECONDS, (body[:60], kind)
    for path in ("install", "oauth_redirect"):
        async with Pulse() as pulse:
            await browser.end(
                f"{browser.url}/slack/{path}?code={quote(text[:1_000])}&state={quote(text[:1_000])}", "a" * 6_000
            )
        assert pulse.worst < SECONDS, path
