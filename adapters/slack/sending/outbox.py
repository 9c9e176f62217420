"""Posts that are no replies: scheduled facts, and notices to moderators."""

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.commands import PASSIVE_EVENTS, scopes_of
from adapters.slack.connection.web import SlowMode, directed, error_of
from adapters.slack.connection.workspaces import Workspaces
from adapters.slack.events import SLACK, Address
from adapters.slack.sending.fallback import Fallbacks
from adapters.slack.sending.replying import send
from bot.chat.markup import Referent
from bot.chat.outbox import Outbox, Unpostable, Unreached
from bot.chat.replies import Reply

# docs.slack.dev/reference/methods/chat.postMessage: errors that another try would not fix.
_CLOSED = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "is_archived",
        "missing_scope",
        "no_permission",
        "not_in_channel",
        "restricted_action",
        "token_revoked",
    }
)
# How often to retry when Slack asks for a pause; a scheduled post is tried again later anyway.
POST_TRIES = 3
# The same page: after these, and after any server error, the message may be there anyway.
_HALFWAY = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_BROKE = 500


class SlackOutbox(Outbox):
    """Posts with the token of the place's workspace."""

    platform = SLACK

    def __init__(self, workspaces: Workspaces, client: AsyncWebClient, fallbacks: Fallbacks) -> None:
        self._workspaces = workspaces
        self._client = client
        self._fallbacks = fallbacks
        self._patient: list[AsyncRetryHandler] = [SlowMode(POST_TRIES)]

    async def check(self, community: str, place: str) -> None:
        """Check that the place is a channel of a served workspace, without asking Slack."""
        await self._token(community, place)

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Post to a channel of that workspace. Slack takes no key and shows twice what is sent twice. So nothing is
        sent again, except after a 429, which says that it was not accepted.
        """
        token = await self._token(community, place)
        await self._send(token, community, place.removeprefix(f"{community}/"), reply)

    async def examine(self, community: str, place: str) -> None:
        """Ask Slack about the channel; without the scopes for that, assume that it is fine."""
        token, channel = await self._token(community, place), place.removeprefix(f"{community}/")
        try:
            found = (await self._client.conversations_info(token=token, channel=channel))["channel"]
        except SlackApiError as error:
            if error_of(error) in _CLOSED - {"missing_scope"}:
                raise Unpostable("I cannot see this channel. Invite me to it: /invite") from error
            return
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreached(f"Slack was not reached: {type(error).__name__}") from error
        name = found.get("name") or channel
        if found.get("is_archived"):
            raise Unpostable(f"#{name} is archived. Choose another channel.")
        if not found.get("is_member"):
            raise Unpostable(f"I am not in #{name}. Invite me to it: /invite")

    async def tell(self, community: str, person: str, reply: Reply) -> None:
        """Write a direct message to somebody of that workspace."""
        team, user = community.removeprefix(SLACK.prefix), person.removeprefix(f"{community}/")
        token = await self._workspaces.token_of(team)
        if user == person:
            raise Unpostable("This person is not of this workspace.")
        if token is None:
            raise Unreached("This workspace has not installed the app, or is not served by this process.")
        await self._send(token, community, user, reply)

    async def _send(self, token: str, community: str, channel: str, reply: Reply) -> None:
        team = community.removeprefix(SLACK.prefix)
        client = directed(
            AsyncWebClient(
                token=token,
                base_url=self._client.base_url,
                session=self._client.session,
                logger=self._client.logger,
                retry_handlers=self._patient,
            )
        )
        try:
            await send(client, Address(team, "", channel), reply, self._fallbacks)
        except SlackApiError as error:
            word = error_of(error)
            if word in _CLOSED:
                raise Unpostable(f"Slack does not let me write there ({word}); invite me to the channel.") from error
            halfway = word in _HALFWAY or _status(error) >= _BROKE
            raise Unreached(f"Slack refused a post: {word}", maybe=halfway) from error
        except aiohttp.ClientConnectorError as error:
            raise Unreached(f"Slack was not reached: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreached(f"Slack was lost: {type(error).__name__}", maybe=True) from error

    async def deaf(self, community: str, place: str) -> str:
        """Look at the scopes of the workspace's token."""
        scopes = await self._workspaces.scopes_of(community.removeprefix(SLACK.prefix))
        lacking = scopes_of(PASSIVE_EVENTS) - scopes if scopes is not None else frozenset()
        if not lacking:
            return ""
        return (
            f"Slack does not give me the messages of channels: I lack the scopes {', '.join(sorted(lacking))}. Ask my "
            "operator for the manifest of `ijm-bot manifest slack --passive`, and install me again"
        )

    async def _token(self, community: str, place: str) -> str:
        team = community.removeprefix(SLACK.prefix)
        if not community.startswith(SLACK.prefix) or SLACK.referent(community, place) is not Referent.CHANNEL:
            raise Unpostable("This is no channel of this workspace.")
        token = await self._workspaces.token_of(team)
        if token is None:
            raise Unreached("This workspace has not installed the app, or is not served by this process.")
        return token


def _status(error: SlackApiError) -> int:
    status = getattr(error.response, "status_code", None)
    return status if isinstance(status, int) else 0
