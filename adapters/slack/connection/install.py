"""The installation of the app by a workspace's admin: OAuth, with states and tokens in the database."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.commands import INSTALL_PATH, REDIRECT_PATH, scopes
from adapters.slack.settings import SlackSettings

# How long an admin may take to consent.
STATE_SECONDS = 600

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InstallationStores:
    """Where tokens and the states that prove who began an installation are kept, and how many workspaces there are."""

    installations: AsyncInstallationStore
    states: AsyncOAuthStateStore
    count: Callable[[], Awaitable[int]]


class _Flow(AsyncOAuthFlow):
    """slack_bolt's flow, which says when there is a new installation; anybody can call its pages."""

    installed: Callable[[Installation], None]

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Keep the installation."""
        await super().store_installation(request, installation)
        log.info("A workspace has installed the app.")
        self.installed(installation)


class Installer:
    """The two pages of the installation; `installed` hears of each workspace that came through them."""

    def __init__(
        self,
        settings: SlackSettings,
        stores: InstallationStores,
        client: AsyncWebClient,
        installed: Callable[[Installation], None],
        *,
        passive: bool,
    ) -> None:
        secret = settings.client_secret.get_secret_value().strip() if settings.client_secret else ""
        self._flow = _Flow(
            client=client,
            logger=client.logger,
            settings=AsyncOAuthSettings(
                client_id=(settings.client_id or "").strip(),
                client_secret=secret,
                scopes=scopes(passive=passive, surface=settings.surface),
                user_scopes=[],
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                authorization_url=settings.authorize_url,
                installation_store=stores.installations,
                installation_store_bot_only=True,
                state_store=stores.states,
                state_expiration_seconds=STATE_SECONDS,
                logger=client.logger,
            ),
        )
        self._flow.installed = installed

    async def install(self, request: web.Request) -> web.Response:
        """Return the page with the button that leads to Slack's consent."""
        return await to_aiohttp_response(await self._flow.handle_installation(await to_bolt_request(request)))

    async def redirect(self, request: web.Request) -> web.Response:
        """Where Slack sends the admin back to: exchanges the code for a token and keeps it."""
        try:
            answer = await self._flow.handle_callback(await to_bolt_request(request))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("An installation failed, Slack did not answer: %s", type(error).__name__)
            return web.Response(status=502, text="Slack did not answer. Please begin the installation again.")
        return await to_aiohttp_response(answer)
