"""What people do with the bot: each interaction, what the bot made of it, and the rules of answering it."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tests.servers.discord.posts import Post
from tests.servers.discord.requests import Call, Refused, Upload, invalid_form, unknown
from tests.servers.discord.waiting import Changes
from tests.servers.discord.world import Channel, User
from tests.servers.patience import WAIT_SECONDS

Json = dict[str, Any]

# How long Discord takes requests with the token (interactions/receiving-and-responding.mdx:432).
TOKEN_SECONDS = 900.0


class Kind(IntEnum):
    """The types of interactions."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CallbackType(IntEnum):
    """The types of first responses."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


_MESSAGES = {CallbackType.MESSAGE, CallbackType.DEFERRED_MESSAGE}
_UPDATES = {CallbackType.UPDATE, CallbackType.DEFERRED_UPDATE}
# What may answer what; a modal that a component opened may also update the component's message.
ALLOWED = {
    Kind.COMMAND: _MESSAGES | {CallbackType.MODAL},
    Kind.COMPONENT: _MESSAGES | _UPDATES | {CallbackType.MODAL},
    Kind.AUTOCOMPLETE: {CallbackType.CHOICES},
    Kind.MODAL_SUBMIT: _MESSAGES,
}


@dataclass(frozen=True, slots=True)
class Response:
    """The first response to an interaction: its type, data and files, and how many seconds after it came."""

    type: CallbackType
    data: Json
    files: tuple[Upload, ...]
    elapsed: float


@dataclass(slots=True, eq=False)
class Interaction:
    """Something that a person did with the bot, and what came of it.

    `source` is the message of a pressed component; `opened_by` the interaction that led to a submitted modal;
    `original` the message that the first response made or changes; `refused` what Discord did not accept.
    """

    payload: Json
    kind: Kind
    user: User
    channel: Channel
    started: float
    changes: Changes
    source: Post | None = None
    opened_by: "Interaction | None" = None
    response: Response | None = None
    original: Post | None = None
    followups: list[Post] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    # How many states of the source there were before.
    seen: int = 0

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.payload["id"])

    @property
    def token(self) -> str:
        """The token by which it is answered."""
        return str(self.payload["token"])

    async def responded(self, seconds: float = WAIT_SECONDS) -> Response:
        """The first response, as soon as it is there."""
        return await self.changes.until(lambda: self.response, self._lack("response"), seconds)

    async def answered(self, seconds: float = WAIT_SECONDS) -> Post:
        """The message that the person at last sees: a deferred one when it is filled, an updated one when it changed.

        Raises AssertionError if the answer is a modal or choices.
        """
        response = await self.responded(seconds)
        assert response.type in _MESSAGES | _UPDATES, f"answered with {response.type.name}"
        return await self.changes.until(self._answer, self._lack("answer"), seconds)

    async def followed_up(self, count: int = 1, seconds: float = WAIT_SECONDS) -> Post:
        """The follow-up of that number, as soon as it is there."""
        await self.changes.until(lambda: len(self.followups) >= count, self._lack(f"follow-up {count}"), seconds)
        return self.followups[count - 1]

    async def edited(self, count: int = 1, seconds: float = WAIT_SECONDS) -> Post:
        """The original message, as soon as it was edited so often."""
        await self.changes.until(lambda: self._edits() >= count, self._lack(f"edit {count}"), seconds)
        assert self.original is not None
        return self.original

    async def choices(self, seconds: float = WAIT_SECONDS) -> list[tuple[str, Any]]:
        """The names and values that autocomplete offers."""
        response = await self.responded(seconds)
        assert response.type is CallbackType.CHOICES, f"answered with {response.type.name}"
        return [(choice["name"], choice["value"]) for choice in response.data["choices"]]

    async def modal(self, seconds: float = WAIT_SECONDS) -> Json:
        """The modal that opens."""
        response = await self.responded(seconds)
        assert response.type is CallbackType.MODAL, f"answered with {response.type.name}"
        return response.data

    @property
    def metadata(self) -> Json:
        """What a message says of the interaction that it answers."""
        data: Json = {
            "id": self.id,
            "type": int(self.kind),
            "user": (self.payload.get("member") or self.payload)["user"],
            "authorizing_integration_owners": self.payload["authorizing_integration_owners"],
        }
        if self.kind is Kind.COMPONENT and self.source is not None:
            data["interacted_message_id"] = self.source.id
        if self.kind is Kind.COMMAND and "target_id" in self.payload["data"]:
            data["target_message_id"] = self.payload["data"]["target_id"]
        if self.opened_by is not None:
            data["triggering_interaction_metadata"] = self.opened_by.metadata
        return data

    def _edits(self) -> int:
        if self.original is None:
            return 0
        return len(self.original.versions) - (self.seen if self.original is self.source else 1)

    def _answer(self) -> Post | None:
        if self.response is not None and self.response.type in _UPDATES:
            changed = self.original is not None and self._edits() > 0
            return self.original if changed else next(iter(self.followups), None)
        return self.original if self.original is not None and not self.original.loading else None

    def _lack(self, what: str) -> Any:
        refused = "".join(f"; refused: {each}" for each in self.refused)
        return lambda: f"{what} to the {self.kind.name.lower()} {self.payload['data']}{refused}"


class Interactions:
    """All interactions, and whether a request about one is in order."""

    def __init__(self, response_seconds: float = WAIT_SECONDS, token_seconds: float = TOKEN_SECONDS) -> None:
        self.response_seconds = response_seconds
        self.token_seconds = token_seconds
        self._by_token: dict[str, Interaction] = {}

    def add(self, interaction: Interaction) -> None:
        """Remember one."""
        self._by_token[interaction.token] = interaction

    def to_respond(self, interaction_id: str, call: Call) -> tuple[Interaction, Response]:
        """The interaction that a first response answers, and that response. Raises Refused if it may not."""
        found = self._by_token.get(call.params["token"])
        if found is None or found.id != interaction_id:
            raise unknown("interaction", 10062)
        try:
            return found, self._accepted(found, call)
        except Refused as refused:
            found.refused.append(refused)
            raise

    def to_follow_up(self, call: Call) -> Interaction:
        """The interaction whose token a webhook's request carries. Raises Refused if it may not."""
        found = self._by_token.get(call.params["token"])
        if found is None or call.time - found.started > self.token_seconds:
            raise Refused(401, 50027, "Invalid Webhook Token")
        if found.response is None or found.kind is Kind.AUTOCOMPLETE:
            refused = unknown("Webhook", 10015)
            found.refused.append(refused)
            raise refused
        return found

    def _accepted(self, interaction: Interaction, call: Call) -> Response:
        if interaction.response is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        elapsed = call.time - interaction.started
        if elapsed > self.response_seconds:
            raise unknown("interaction", 10062)
        body = call.json if isinstance(call.json, dict) else {}
        allowed = ALLOWED[interaction.kind]
        if interaction.kind is Kind.MODAL_SUBMIT and interaction.source is not None:
            allowed = allowed | _UPDATES
        if body.get("type") not in allowed:
            known: Sequence[int] = sorted(int(each) for each in allowed)
            raise invalid_form(("type", "BASE_TYPE_CHOICES", f"Value must be one of {known}."))
        return Response(CallbackType(body["type"]), body.get("data") or {}, call.files, elapsed)


def token_for(interaction_id: str) -> str:
    """A token such as Discord makes."""
    return (
        base64.urlsafe_b64encode(f"interaction:{interaction_id}:{secrets.token_hex(48)}".encode()).decode().rstrip("=")
    )
