"""The connection to Slack: checks the tokens, then serves over Socket Mode or HTTP until it is told to stop."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.commands import OPTIONAL, PASSIVE_EVENTS, scopes, scopes_of
from adapters.slack.connection.doorkeeper import Doorkeeper, networks
from adapters.slack.connection.http import listening
from adapters.slack.connection.install import InstallationStores, Installer
from adapters.slack.connection.signatures import Signatures
from adapters.slack.connection.socket_mode import socket_mode
from adapters.slack.connection.web import Identity, SlackError, check_scopes, directed, identify, kept_client
from adapters.slack.connection.workspaces import Workspaces
from adapters.slack.conversations import Conversations
from adapters.slack.events import SLACK
from adapters.slack.sending.fallback import Fallbacks
from adapters.slack.sending.outbox import SlackOutbox
from adapters.slack.settings import SlackSettings, plain
from bot.app.app import App

_NOT_INSTALLED = "I'm no longer installed in this workspace. Please ask an admin to install me again."

log = logging.getLogger(__name__)


async def serve(
    app: App,
    settings: SlackSettings,
    *,
    port: int | None = None,
    stores: InstallationStores | None = None,
    passive: bool = False,
) -> None:
    """Serve Slack until cancelled: over HTTP on a `port`, or else over Socket Mode.

    `stores` keep the workspaces that install the app by OAuth; `passive` says that some channel wants answers to what
    is not addressed to the bot. Raises SlackError if a setting is missing, or a token is refused.
    """
    check_settings(settings, http=port is not None)
    with app.services.links.served(SLACK.name):
        async with kept_client(settings.web_api) as web:
            await _served(app, web, settings, port, stores, passive=passive)


async def _served(
    app: App,
    web: AsyncWebClient,
    settings: SlackSettings,
    port: int | None,
    stores: InstallationStores | None,
    *,
    passive: bool,
) -> None:
    links = app.services.links
    own = await _own(web, settings, passive=passive)
    workspaces = Workspaces(own, stores.installations if stores else None)
    links.counted(SLACK.name, partial(_workspaces, own, stores))
    fallbacks = Fallbacks()
    conversations = Conversations(app, workspaces, fallbacks)
    bolt = _bolt(web, workspaces, conversations)
    if port is None:
        connection = socket_mode(web, bolt, conversations, plain(settings.app_token), links, app.services.metrics)
    else:
        installer = None
        if stores and settings.installable:
            installer = Installer(settings, stores, web, conversations.installed, passive=passive)
        keeper = Doorkeeper(networks(settings.proxies))
        signatures = Signatures(plain(settings.signing_secret), app.services.metrics)
        connection = listening(bolt, app.services.store, signatures, settings.http_host, port, installer, keeper)
    app.services.outboxes.connect(SLACK.prefix, SlackOutbox(workspaces, web, fallbacks))
    try:
        async with connection:
            links.connected(SLACK.name)
            try:
                await conversations.lost
            finally:
                conversations.acknowledge()
    finally:
        app.services.outboxes.disconnect(SLACK.prefix)
        links.connected(SLACK.name, up=False)
        await conversations.close()


async def _workspaces(own: Identity | None, stores: InstallationStores | None) -> int:
    """Count the operator's own workspace, and those that installed the app."""
    return (own is not None) + (await stores.count() if stores else 0)


def check_settings(settings: SlackSettings, *, http: bool) -> None:
    """Raise SlackError with what is missing for the mode."""
    if http and settings.signing_secret is None:
        raise SlackError(
            "SLACK_SIGNING_SECRET is not set. Copy it from api.slack.com/apps: your app, Basic Information."
        )
    if http and not plain(settings.signing_secret):
        raise SlackError("SLACK_SIGNING_SECRET is blank. Copy it from api.slack.com/apps: your app, Basic Information.")
    if http and settings.bot_token is None and not settings.installable:
        raise SlackError(
            "Set SLACK_BOT_TOKEN for one workspace, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET so that workspaces can "
            "install the app themselves (api.slack.com/apps: your app, Basic Information)."
        )
    if not http and settings.bot_token is None:
        raise SlackError(
            "SLACK_BOT_TOKEN is not set. Copy the Bot User OAuth Token from api.slack.com/apps: your app, "
            "OAuth & Permissions."
        )
    if not http and settings.app_token is None:
        raise SlackError(
            "SLACK_APP_TOKEN is not set. Make an app-level token with the scope connections:write at "
            "api.slack.com/apps: your app, Basic Information, App-Level Tokens; or serve Slack over HTTP with "
            "--slack-http PORT."
        )


async def _own(web: AsyncWebClient, settings: SlackSettings, *, passive: bool) -> Identity | None:
    """Who the operator's token speaks for, when it may do all that it has to."""
    if settings.bot_token is None:
        return None
    own = await identify(web, plain(settings.bot_token))
    check_scopes(own, set(scopes()) - OPTIONAL)
    without = OPTIONAL - (own.scopes or OPTIONAL)
    if without:
        log.warning(
            "SLACK_BOT_TOKEN lacks the scopes %s, so files, user groups, or reactions do not work: use "
            "`ijm-bot manifest slack`, and install the app again.",
            ", ".join(sorted(without)),
        )
    lacking = set(scopes_of(PASSIVE_EVENTS)) - (own.scopes or frozenset())
    if passive and own.scopes is not None and lacking:
        log.warning(
            "Some channel wants answers to what is not addressed to the bot, but SLACK_BOT_TOKEN lacks the scopes %s: "
            "use `ijm-bot manifest slack --passive`, and install the app again.",
            ", ".join(sorted(lacking)),
        )
    return own


def _bolt(web: AsyncWebClient, workspaces: Workspaces, conversations: Conversations) -> AsyncApp:
    """Bolt with one middleware that takes everything: Bolt answers 404, or nothing, to what no listener takes."""
    # Bolt's warnings repeat what was written, and wonder about settings that it reads by itself.
    logger = logging.getLogger("adapters.slack.bolt")
    logger.setLevel(logging.ERROR)
    bolt = AsyncApp(
        logger=logger,
        name="ijm-answers",
        client=web,
        authorize=workspaces,  # type: ignore[arg-type] # Bolt takes its own class too, which it does not say
        # Only HTTP has signatures, and they are checked there before anything is parsed.
        request_verification_enabled=False,
        user_facing_authorize_error_message=_NOT_INSTALLED,
    )
    bolt.use(_Everything(conversations))
    return bolt


class _Everything(AsyncMiddleware):
    """Takes whatever comes. Of a plain function Bolt would work out the arguments each time."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 (Bolt's name)
    ) -> BoltResponse:
        """Answer it; no other middleware follows."""
        return await self._conversations.receive(req.body, req.context, directed(req.context.client))
