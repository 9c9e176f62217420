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
from bot.chat.events import ASKING, Event, Invocation, Message, User
from bot.chat.roles import ADMINISTRATES, MODERATES

# How long Slack's information about somebody is used.
MEMBER_SECONDS = 300
# How many people are remembered; the oldest is forgotten first and looked up again.
MEMBERS_LIMIT = 10_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Member:
    """A person's display name and groups; `belongs` says that they are not a guest."""

    name: str
    groups: frozenset[str]
    belongs: bool = True


def member(user: Mapping[str, Any], team: str) -> Member:
    """Read a person from `users.info`. Guests, people from other workspaces and bots are in no group."""
    profile: Mapping[str, Any] = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("name") or user["id"]
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    stranger = user.get("deleted") or user.get("is_bot") or user.get("is_restricted") or user.get("is_stranger")
    if stranger or team not in teams:
        return Member(name, frozenset(), belongs=False)
    if user.get("is_owner") or user.get("is_primary_owner"):
        return Member(name, frozenset({ADMINISTRATES}))
    return Member(name, frozenset({MODERATES}) if user.get("is_admin") else frozenset())


class Members:
    """The people of all workspaces, each looked up at most once in MEMBER_SECONDS."""

    def __init__(self) -> None:
        self._known: TTLCache[tuple[str, str], Member] = TTLCache(MEMBERS_LIMIT, MEMBER_SECONDS)
        self._groups: TTLCache[str, dict[str, frozenset[str]]] = TTLCache(MEMBERS_LIMIT, MEMBER_SECONDS)

    async def introduced(self, event: Event, address: Address, client: AsyncWebClient) -> User:
        """Return the event's user with name and groups, where they matter; a plain member if Slack does not say."""
        if isinstance(event, Message) or (isinstance(event, Invocation) and event.head == ASKING):
            return event.user
        key = (address.team, address.user)
        found = self._known.get(key)
        if found is None:
            try:
                answer = await client.users_info(user=address.user)
                found = member(answer["user"], address.team)
                if found.belongs:
                    found = replace(found, groups=found.groups | await self._groups_of(address, client))
                self._known[key] = found
            except SlackApiError as error:
                log.warning("Slack does not say who somebody is, so they are a member: %s", error.response["error"])
                return event.user
            except (aiohttp.ClientError, TimeoutError, LookupError) as error:
                log.warning("Slack does not say who somebody is, so they are a member: %s", type(error).__name__)
                return event.user
        return User(event.user.id, found.name, found.groups)

    async def _groups_of(self, address: Address, client: AsyncWebClient) -> frozenset[str]:
        """Return the user groups that a person is in; none if Slack does not say (a free plan has none)."""
        groups = self._groups.get(address.team)
        if groups is None:
            try:
                answer = await client.usergroups_list(include_users=True)
                listed: list[Mapping[str, Any]] = answer["usergroups"]
                home = f"slack:{address.team}"
                groups = {f"{home}/{group['id']}": frozenset(group.get("users") or ()) for group in listed}
            except SlackApiError as error:
                log.warning("Slack does not say who is in which user group: %s", error.response["error"])
                groups = {}
            self._groups[address.team] = groups
        return frozenset(group for group, users in groups.items() if address.user in users)

    def forget(self, team: str) -> None:
        """Forget everybody of a workspace."""
        self._groups.pop(team, None)
        for key in [key for key in self._known if key[0] == team]:
            self._known.pop(key, None)
