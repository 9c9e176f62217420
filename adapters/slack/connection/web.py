"""Slack's Web API: the client, whom a token speaks for, and what is wrong with a token."""

import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from cachetools import TTLCache
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from adapters.shared.proxies import proxy_for
from bot.operating.adapter import CannotReachError, CannotServeError

# Tries after the first one. Slack says how long to wait before each, so many of them lose nothing.
RATE_LIMIT_RETRIES = 10
CONNECTION_RETRIES = 2
# The log hears of a rate limit at most so often.
TOLD_SECONDS = 60
# What the SDK takes for a call where it makes the connection itself.
CALL_SECONDS = 30

# What Slack says of a token that is of no use (docs.slack.dev/reference/methods/auth.test), and what it means.
WORTHLESS: Mapping[str, str] = {
    "invalid_auth": "does not know it",
    "not_authed": "sees no token in it",
    "account_inactive": "says that the app was uninstalled, or its workspace deleted",
    "token_revoked": "says that it was revoked",
    "token_expired": "says that it has expired",
    "not_allowed_token_type": "says that it is of another kind",
    "team_access_not_granted": "does not let it into this workspace",
}
_OF_BOT = (
    "Slack refuses SLACK_BOT_TOKEN: {why}. Copy the Bot User OAuth Token, which begins with xoxb-, from "
    "api.slack.com/apps: your app, OAuth & Permissions; install the app to the workspace first."
)
_OF_APP = (
    "Slack refuses SLACK_APP_TOKEN: {why}. Make an app-level token with the scope connections:write, which begins "
    "with xapp-, at api.slack.com/apps: your app, Basic Information, App-Level Tokens."
)


log = logging.getLogger(__name__)


class SlackError(CannotServeError):
    """Slack cannot be served."""


class Unreachable(SlackError, CannotReachError):  # noqa: N818 (nothing is wrong with the token)
    """Slack does not answer, so nothing is known of the token."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a bot token speaks for, and what it may do; `scopes` is None if Slack does not say.

    With `organization` it speaks for all workspaces of a company that installed the app for all. `team_name` is what
    people call the workspace.
    """

    token: str
    team: str
    enterprise: str | None
    user: str
    bot: str
    scopes: frozenset[str] | None
    organization: bool = False
    team_name: str = ""


class SlowMode(AsyncRateLimitErrorRetryHandler):
    """Handle a 429: wait as long as Slack says, then send. The log mentions it once in a while."""

    def __init__(self, tries: int = RATE_LIMIT_RETRIES) -> None:
        super().__init__(max_retry_count=tries)
        self._told: TTLCache[str, bool] = TTLCache(1, TOLD_SECONDS)

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait."""
        if not self._told:
            self._told["slow"] = True
            log.warning("Slack asks for a pause (429); what is to be sent waits as long as Slack says.")
        await super().prepare_for_next_attempt_async(state=state, request=request, response=response, error=error)


def retry_handlers() -> list[AsyncRetryHandler]:
    """Return what to do about 429, server errors and broken connections: try again."""
    return [
        SlowMode(),
        AsyncServerErrorRetryHandler(max_retry_count=CONNECTION_RETRIES),
        AsyncConnectionErrorRetryHandler(max_retry_count=CONNECTION_RETRIES),
    ]


def web_client(url: str) -> AsyncWebClient:
    """Return a client without a token, that tries again where that may help."""
    # Without a logger of its own the SDK would print requests, with what is in them, when the root logger debugs.
    logger = logging.getLogger("adapters.slack.sdk")
    logger.setLevel(logging.ERROR)
    return directed(AsyncWebClient(base_url=url, retry_handlers=retry_handlers(), logger=logger))


def directed(client: AsyncWebClient) -> AsyncWebClient:
    """Return a client that takes the proxy for its address: the SDK takes HTTPS_PROXY and knows no NO_PROXY."""
    client.proxy = proxy_for(client.base_url)
    return client


@asynccontextmanager
async def kept_client(url: str) -> AsyncIterator[AsyncWebClient]:
    """Return the same client with connections that are kept: the SDK would make a new one for each call."""
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = web_client(url)
        client.session = session
        yield client


async def identify(client: AsyncWebClient, token: str) -> Identity:
    """Who a bot token speaks for. Raises SlackError if it is worthless, or if Slack cannot be reached."""
    if not token.startswith("xoxb-"):
        raise SlackError(_OF_BOT.format(why="it does not begin with xoxb-"))
    try:
        found = await client.auth_test(token=token)
    except SlackApiError as error:
        raise _refused(error, _OF_BOT) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise unreachable(client, error) from error
    if not found.get("bot_id"):
        raise SlackError(_OF_BOT.format(why="it is a person's, not a bot's"))
    headers = {name.lower(): value for name, value in found.headers.items()}
    listed = headers.get("x-oauth-scopes")
    scopes = frozenset(filter(None, (scope.strip() for scope in listed.split(",")))) if listed is not None else None
    return Identity(
        token=token,
        team=found["team_id"],
        enterprise=found.get("enterprise_id"),
        user=found["user_id"],
        bot=found["bot_id"],
        scopes=scopes,
        organization=bool(found.get("is_enterprise_install")),
        team_name=found.get("team") or "",
    )


async def check_app_token(client: AsyncWebClient, token: str) -> None:
    """Raise SlackError if an app-level token opens no Socket Mode connection. The SDK itself would try for ever."""
    if not token.startswith("xapp-"):
        raise SlackError(_OF_APP.format(why="it does not begin with xapp-"))
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        raise _refused(error, _OF_APP) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise unreachable(client, error) from error


def check_scopes(identity: Identity, needed: Iterable[str]) -> None:
    """Raise SlackError with the scopes that a bot token lacks."""
    missing = sorted(set(needed) - identity.scopes) if identity.scopes is not None else []
    if missing:
        raise SlackError(
            f"SLACK_BOT_TOKEN lacks the scope{'s' if len(missing) > 1 else ''} {', '.join(missing)}. Paste the output "
            "of `ijm-bot manifest slack` into your app's manifest at api.slack.com/apps, and install the app to the "
            "workspace again (OAuth & Permissions)."
        )


def error_of(error: SlackApiError) -> str:
    """Slack's own word for what is wrong, such as `not_in_channel`."""
    try:
        return str(error.response["error"])
    except (LookupError, TypeError):
        return "an answer that is no JSON"


def lost(word: str) -> SlackError:
    """Return what to say when the operator's bot token becomes worthless while it is used."""
    return SlackError(_OF_BOT.format(why=f"Slack {WORTHLESS.get(word, 'has taken it back')} ({word})"))


def lost_app(word: str) -> SlackError:
    """Return what to say when the app-level token becomes worthless while it is used."""
    return SlackError(_OF_APP.format(why=f"Slack {WORTHLESS.get(word, 'has taken it back')} ({word})"))


def _refused(error: SlackApiError, sentence: str) -> SlackError:
    word = error_of(error)
    if word == "missing_scope":
        return SlackError(sentence.format(why=f"it lacks the scope {error.response.get('needed')}"))
    if word in WORTHLESS:
        return SlackError(sentence.format(why=f"Slack {WORTHLESS[word]} ({word})"))
    return SlackError(f"Slack does not let the bot in: {word}. See https://docs.slack.dev/reference/methods/auth.test")


def unreachable(client: AsyncWebClient, error: Exception) -> Unreachable:
    """Slack did not answer a client, and what to look at."""
    return Unreachable(
        f"Slack does not answer at {client.base_url} ({type(error).__name__}). Check the network, the proxy and "
        "SLACK_API_URL."
    )
