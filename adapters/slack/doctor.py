"""What the doctor checks on Slack: the tokens, the scopes, the app's manifest."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.commands import OPTIONAL, PASSIVE_EVENTS, Surface, drift, manifest, scopes, scopes_of
from adapters.slack.connection.web import (
    Identity,
    SlackError,
    Unreachable,
    check_app_token,
    identify,
    unreachable,
    web_client,
)
from adapters.slack.settings import SlackSettings, plain
from bot.chat.incoming import ParseError, parse_yaml
from bot.commands.declarations import Registry
from bot.operating.doctor import Check, Finding, Passive, clock, ok, problem, unknown, unreached, warning

_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
_CLIENT_ID = re.compile(r"(?<!\d)\d++\.\d++")
_AGAIN = (
    "Paste the output of `ijm-bot manifest slack` into the app's manifest at api.slack.com/apps, and install the app "
    "to the workspace again (OAuth & Permissions)."
)


def checks(
    settings: SlackSettings,
    registry: Registry,
    passive: Passive,
    now: Callable[[], datetime],
    manifest_file: Path | None = None,
) -> tuple[Check, ...]:
    """Return all checks. `manifest_file` is the app's manifest as Slack shows it, which no token can read."""

    async def shapes() -> Sequence[Finding]:
        return _shapes(settings)

    async def asked() -> Sequence[Finding]:
        return await _asked(settings, passive, now)

    async def compared() -> Sequence[Finding]:
        return [_compared(registry, manifest_file)]

    return (Check("Slack settings", shapes), Check("Slack", asked), Check("Slack manifest", compared))


def _shapes(settings: SlackSettings) -> list[Finding]:
    """Check the settings without asking Slack."""
    name, found = "Slack settings", []
    signing, client = plain(settings.signing_secret), settings.client_id
    begins = {"SLACK_BOT_TOKEN": (settings.bot_token, "xoxb-"), "SLACK_APP_TOKEN": (settings.app_token, "xapp-")}
    if plain(settings.bot_token).startswith("xapp-") and plain(settings.app_token).startswith("xoxb-"):
        text = "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped."
        found.append(problem(name, text, "Swap them: the bot's token begins with xoxb-, the app's with xapp-."))
    else:
        for variable, (token, begin) in begins.items():
            if token is not None and not plain(token).startswith(begin):
                text = f"{variable} does not begin with {begin}."
                found.append(problem(name, text, "Copy it again from api.slack.com/apps; see docs/slack.md."))
    if settings.bot_token is None and not settings.installable:
        text = "Neither SLACK_BOT_TOKEN nor SLACK_CLIENT_ID with SLACK_CLIENT_SECRET is set."
        found.append(problem(name, text, "Copy the Bot User OAuth Token: your app, OAuth & Permissions."))
    if settings.app_token is None and settings.signing_secret is None:
        text = "Neither SLACK_APP_TOKEN (for Socket Mode) nor SLACK_SIGNING_SECRET (for HTTP) is set."
        found.append(problem(name, text, "Set the one for the way that you serve Slack; see docs/slack.md."))
    if signing and not _SIGNING_SECRET.fullmatch(signing):
        text = "SLACK_SIGNING_SECRET does not look like one, which has 32 digits and letters from a to f."
        found.append(warning(name, text, "Copy it from api.slack.com/apps: your app, Basic Information."))
    if client is not None and not _CLIENT_ID.fullmatch(client.strip()):
        text = "SLACK_CLIENT_ID does not look like one, which is two numbers with a dot between."
        found.append(warning(name, text, "Copy it from api.slack.com/apps: your app, Basic Information."))
    if (client is None) != (settings.client_secret is None):
        text = "Of SLACK_CLIENT_ID and SLACK_CLIENT_SECRET only one is set."
        found.append(problem(name, text, "Set both, so that workspaces can install the app; or none."))
    return found or [ok(name, "They look right.")]


async def _asked(settings: SlackSettings, passive: Passive, now: Callable[[], datetime]) -> list[Finding]:
    """Check the tokens with Slack."""
    web, found = web_client(settings.web_api), []
    try:
        found.append(await _clock(web, now))
        if settings.bot_token is not None:
            found += await _bot_token(web, plain(settings.bot_token), passive)
        if settings.app_token is not None:
            found.append(await _app_token(web, plain(settings.app_token)))
    except Unreachable as error:
        fix = "Check the network, the proxy and SLACK_API_URL."
        found.append(unreached("Slack", f"Slack (at {web.base_url})", error, fix))
    return found


async def _clock(web: AsyncWebClient, now: Callable[[], datetime]) -> Finding:
    try:
        headers: Mapping[str, str] = (await web.api_test()).headers
    except SlackApiError as error:
        headers = error.response.headers
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise unreachable(web, error) from error
    return clock("Slack clock", headers.get("Date"), now())


async def _bot_token(web: AsyncWebClient, token: str, passive: Passive) -> list[Finding]:
    name = "Slack bot token"
    try:
        own = await identify(web, token)
    except Unreachable:
        raise
    except SlackError as error:
        text, _, fix = str(error).partition(". ")
        return [problem(name, f"{text}.", fix)]
    return [ok(name, f"Slack accepts it; it belongs to workspace {own.team}."), *await _scopes(own, passive)]


async def _scopes(own: Identity, passive: Passive) -> list[Finding]:
    name, granted = "Slack scopes", own.scopes
    if granted is None:
        return [unknown(name, "Slack does not say which scopes SLACK_BOT_TOKEN has.")]
    found, hears = [], scopes_of(PASSIVE_EVENTS)
    lacking = sorted(set(scopes()) - OPTIONAL - granted)
    if lacking:
        found.append(problem(name, f"SLACK_BOT_TOKEN lacks {', '.join(lacking)}.", _AGAIN))
    without = sorted(OPTIONAL - granted)
    if without:
        text = f"SLACK_BOT_TOKEN lacks {', '.join(without)}, so files and user groups do not work."
        found.append(warning(name, text, _AGAIN))
    unheard = ", ".join(sorted(hears - granted))
    wanted = await passive() if unheard else False
    if wanted is None:
        text = f"SLACK_BOT_TOKEN lacks {unheard}; the database does not tell whether passive answering needs them."
        found.append(unknown(name, text))
    elif wanted:
        text = f"Some channel has passive answering on, but SLACK_BOT_TOKEN lacks {unheard}."
        found.append(problem(name, text, _AGAIN.replace("manifest slack", "manifest slack --passive")))
    surplus = sorted(granted - set(scopes(surface=Surface.AGENT)) - hears)
    if surplus:
        found.append(
            warning(name, f"SLACK_BOT_TOKEN has scopes that the bot never uses: {', '.join(surplus)}.", _AGAIN)
        )
    return found or [ok(name, "SLACK_BOT_TOKEN has the scopes that the bot uses.")]


async def _app_token(web: AsyncWebClient, token: str) -> Finding:
    name = "Slack app token"
    try:
        await check_app_token(web, token)
    except Unreachable:
        raise
    except SlackError as error:
        text, _, fix = str(error).partition(". ")
        return problem(name, f"{text}.", fix)
    return ok(name, "Slack opens a connection for it.")


def _compared(registry: Registry, file: Path | None) -> Finding:
    name = "Slack manifest"
    if file is None:
        fix = "Save it from api.slack.com/apps (your app, App Manifest), and add --slack-manifest FILE."
        return unknown(name, "Slack shows an app's manifest to no bot token, so it was not compared.", fix)
    try:
        theirs = parse_yaml(file.read_text(encoding="utf-8"))
        differing = drift(_like(theirs, registry), theirs)
    except (OSError, UnicodeDecodeError, ParseError, AttributeError, TypeError):
        return problem(name, f"{file} is no manifest.", "It is JSON or YAML, as Slack shows it under App Manifest.")
    if not differing:
        return ok(name, "The app is set up the way this version needs it.")
    return warning(name, f"The app is set up differently: {'; '.join(differing)}.", _AGAIN)


def _like(theirs: Mapping[str, Any], registry: Registry) -> Mapping[str, Any]:
    """Return our manifest for the same request URL, surface, and passive answers. Raises AttributeError or TypeError if
    theirs is not a manifest.
    """
    settings = theirs.get("settings") or {}
    subscribed = settings.get("event_subscriptions") or {}
    url = str(subscribed.get("request_url") or "").removesuffix("/slack/events")
    passive = bool(set(subscribed.get("bot_events") or ()) & set(PASSIVE_EVENTS))
    features = theirs.get("features") or {}
    surface = next((each for each in Surface if f"{each}_view" in features), Surface.PLAIN)
    return manifest(registry, url or None, passive=passive, surface=surface)
