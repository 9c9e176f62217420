"""Joining a workspace: whom to welcome, and what the bot lacks there."""

from collections.abc import Set

from cachetools import TTLCache
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.commands import scopes
from adapters.slack.events import Address, community
from adapters.slack.threads import is_unused
from bot.app.app import App
from bot.chat.events import User
from bot.chat.roles import ADMINISTRATES, MODERATES

# How many owners and admins are remembered as checked; a forgotten one is checked again when they open the bot.
LOOKED_AT_LIMIT = 10_000
LOOKED_AT_SECONDS = 24 * 60 * 60


class Joining:
    """Welcomes each workspace once.

    Slack says who installed the app only with OAuth. If an operator copied the token, the first owner or admin who
    opens the bot, and has never written to it, is welcomed.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._looked_at: TTLCache[str, bool] = TTLCache(LOOKED_AT_LIMIT, LOOKED_AT_SECONDS)

    async def installed(self, installation: Installation) -> None:
        """Welcome the person who installed the app to a workspace; an organization is not a workspace."""
        if installation.team_id is None:
            return
        home = community(installation.team_id)
        granted = frozenset(installation.bot_scopes or ())
        person = f"{home}/{installation.user_id}"
        await self._app.joined(home, installation.team_name or "", missing(granted), person=person)

    async def opened(
        self, client: AsyncWebClient, address: Address, user: User, name: str, granted: Set[str] | None
    ) -> None:
        """Welcome an owner or admin who opens the bot for the first time."""
        moderates = not user.groups.isdisjoint({ADMINISTRATES, MODERATES})
        if address.chat is None or not moderates or user.id in self._looked_at:
            return
        self._looked_at[user.id] = True
        if await is_unused(client, address):
            await self._app.joined(community(address.team), name, missing(granted), person=user.id)


def missing(granted: Set[str] | None) -> tuple[str, ...]:
    """Say in a sentence what a token lacks and what to do; empty if its scopes are unknown."""
    lacking = sorted(set(scopes()) - granted) if granted is not None else []
    if not lacking:
        return ()
    return (
        f"Scopes: I lack {', '.join(lacking)}. Paste the output of “ijm-bot manifest slack” into my app's manifest at "
        "api.slack.com/apps, and install me again.",
    )
