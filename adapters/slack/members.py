"""Who somebody is in their workspace: their name, and whether they own or administrate it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from cachetools import TTLCache
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.events import Address
from bot.events import Event, Invocation, Message
from bot.roles import ADMINISTRATES, MODERATES

# How long what Slack said of somebody is taken for true.
MEMBER_SECONDS = 300
# People who are remembered; the oldest is forgotten first, and would just be asked for again.
MEMBERS_LIMIT = 10_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Member:
    """A person's name as others see it, and the groups of `bot.roles` that they are in."""

    name: str
    groups: frozenset[str]


def member(user: Mapping[str, Any], team: str) -> Member:
    """What `users.info` says of a person. Guests, strangers from another workspace and bots are in no group."""
    profile: Mapping[str, Any] = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("name") or user["id"]
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    stranger = user.get("deleted") or user.get("is_bot") or user.get("is_restricted") or user.get("is_stranger")
    if stranger or team not in teams:
        return Member(name, frozenset())
    if user.get("is_owner") or user.get("is_primary_owner"):
        return Member(name, frozenset({ADMINISTRATES}))
    return Member(name, frozenset({MODERATES}) if user.get("is_admin") else frozenset())


class Members:
    """The people of all workspaces, each asked for at most once in MEMBER_SECONDS."""

    def __init__(self) -> None:
        self._known: TTLCache[tuple[str, str], Member] = TTLCache(MEMBERS_LIMIT, MEMBER_SECONDS)

    async def introduced(self, event: Event, address: Address, client: AsyncWebClient) -> Event:
        """The event with its user's name and groups, where they matter. If Slack does not tell, a plain member."""
        if isinstance(event, Message | Invocation):
            return event
        key = (address.team, address.user)
        found = self._known.get(key)
        if found is None:
            try:
                answer = await client.users_info(user=address.user)
                found = self._known[key] = member(answer["user"], address.team)
            except SlackApiError as error:
                log.warning("Slack does not say who somebody is, so they are a member: %s", error.response["error"])
                return event
            except (aiohttp.ClientError, TimeoutError, LookupError) as error:
                log.warning("Slack does not say who somebody is, so they are a member: %s", type(error).__name__)
                return event
        return replace(event, user=replace(event.user, name=found.name, groups=found.groups))

    def forget(self, team: str) -> None:
        """Forget everybody of a workspace."""
        for key in [key for key in self._known if key[0] == team]:
            self._known.pop(key, None)
