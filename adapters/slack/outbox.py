"""Posting where nobody asked just then: scheduled facts, notices to moderators."""

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.events import Address
from adapters.slack.replying import send
from adapters.slack.web import error_of, retry_handlers
from adapters.slack.workspaces import Workspaces
from bot.outbox import Outbox, Unpostable, Unreached
from bot.replies import Reply

# What all ids of this platform begin with.
PREFIX = "slack:"
# docs.slack.dev/reference/methods/chat.postMessage: what another try would not mend.
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


class SlackOutbox(Outbox):
    """Posts with the token of the workspace that is meant."""

    def __init__(self, workspaces: Workspaces, client: AsyncWebClient) -> None:
        self._workspaces = workspaces
        self._client = client

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Post to a channel of that workspace. Slack takes no key: what is sent twice, it shows twice."""
        team, channel = community.removeprefix(PREFIX), place.removeprefix(f"{community}/")
        if not community.startswith(PREFIX) or channel == place:
            raise Unpostable("This is no channel of this workspace.")
        token = await self._workspaces.token_of(team)
        if token is None:
            raise Unreached("This workspace has not installed the app, or is not served by this process.")
        client = AsyncWebClient(
            token=token,
            base_url=self._client.base_url,
            session=self._client.session,
            logger=self._client.logger,
            retry_handlers=retry_handlers(),
        )
        try:
            await send(client, Address(team, "", channel), reply)
        except SlackApiError as error:
            word = error_of(error)
            if word in _CLOSED:
                raise Unpostable(f"Slack does not let me write there ({word}); invite me to the channel.") from error
            raise Unreached(f"Slack refused a post: {word}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreached(f"Slack was not reached: {type(error).__name__}", maybe=True) from error
