"""Which token speaks for which workspace: the operator's own, and those that installed the app by OAuth."""

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from adapters.slack.connection.web import Identity


class Workspaces(AsyncAuthorize):
    """Finds the token for each payload. Without an installation store there is only the operator's `own`."""

    def __init__(self, own: Identity | None, installations: AsyncInstallationStore | None) -> None:
        self._own = own
        self._installations = installations

    @property
    def alone(self) -> bool:
        """Whether the operator's own token is the only one, so that nothing works without it."""
        return self._installations is None

    @property
    def home(self) -> str | None:
        """The only workspace that there is; None if there may be several.

        People from elsewhere, in a channel shared with their workspace, come with their own in what they press.
        """
        return self._own.team if self._own is not None and self.alone and not self._own.organization else None

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """Return the token, or None for a workspace that has not installed the app."""
        if self._installations is None or (self._own is not None and team_id == self._own.team):
            return self._owned()
        bot = await self._installations.async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=context.is_enterprise_install
        )
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            team=bot.team_name,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
        )

    async def token_of(self, team: str) -> str | None:
        """Return the token of a workspace, or None if it has not installed the app by itself."""
        if self._own is not None and team == self._own.team:
            return self._own.token
        if self._installations is None:
            return None
        bot = await self._installations.async_find_bot(enterprise_id=None, team_id=team, is_enterprise_install=False)
        return None if bot is None else bot.bot_token

    async def scopes_of(self, team: str) -> frozenset[str] | None:
        """Return what the token of a workspace may do; None if that is not known."""
        if self._own is not None and team == self._own.team:
            return self._own.scopes
        if self._installations is None:
            return None
        bot = await self._installations.async_find_bot(enterprise_id=None, team_id=team, is_enterprise_install=False)
        return frozenset(bot.bot_scopes) if bot is not None and bot.bot_scopes else None

    async def leave(self, team: str, enterprise: str | None) -> None:
        """Forget a workspace's tokens."""
        if self._own is not None and self._own.team == team:
            self._own = None
        if self._installations is not None:
            await self._installations.async_delete_all(enterprise_id=enterprise, team_id=team)

    def _owned(self) -> AuthorizeResult | None:
        if self._own is None:
            return None
        return AuthorizeResult(
            enterprise_id=self._own.enterprise,
            team_id=self._own.team,
            # An organization's token belongs to no single workspace.
            team=None if self._own.organization else self._own.team_name,
            bot_id=self._own.bot,
            bot_user_id=self._own.user,
            bot_token=self._own.token,
        )
