"""What the bot remembers of its communities, in the domain's words; how it is kept is the implementation's affair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

# What a setting can hold: anything that JSON can say.
Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

# How long a vote stays tied to the keyed hash of who gave it (the promise of `/ijm privacy`).
BALLOT_LIFE = timedelta(days=90)
# Slack repeats an event for minutes, with delayed events for a day (docs.slack.dev/apis/events-api).
SEEN_LIFE = timedelta(days=2)
# The community of an event that happened in none.
NO_COMMUNITY = ""


class StoreError(Exception):
    """The store cannot be used; the message says what to change, and never holds a password."""


@dataclass(frozen=True, slots=True)
class Votes:
    """How many found one revision of an entry helpful, and how many did not."""

    revision: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What members think of one entry: the votes of each of its revisions, the oldest first."""

    revisions: tuple[Votes, ...]

    @property
    def helpful(self) -> int:
        """How often it was found helpful, in all its revisions."""
        return sum(votes.helpful for votes in self.revisions)

    @property
    def unhelpful(self) -> int:
        """How often it was found unhelpful, in all its revisions."""
        return sum(votes.unhelpful for votes in self.revisions)


@dataclass(frozen=True, slots=True)
class Setting:
    """A named value, the id of who set it last, and when (UTC)."""

    name: str
    value: Json
    by: str
    at: datetime


class Store(Protocol):
    """The bot's memory. What is written in one community is never seen from another.

    Every `now` is an aware datetime (a naive one raises ValueError). A method returns when its change is kept for
    good. Any method raises StoreError when the database does not do what it is asked.
    """

    async def migrate(self) -> None:
        """Bring the database to the newest form. To be called at start; processes that start together take turns."""

    async def ping(self) -> None:
        """Return if the database answers."""

    async def close(self) -> None:
        """Let go of the database. Nothing may be asked afterwards."""

    async def add_feedback(
        self, community: str, entry_id: str, revision: int, *, helpful: bool, voter: str, now: datetime
    ) -> None:
        """Count a vote on a revision of an entry; a second vote of the same voter replaces the first.

        The voter's id is not kept, only a keyed hash that cannot be compared between entries; see BALLOT_LIFE.
        """

    async def feedback(self, community: str) -> Mapping[str, Feedback]:
        """The votes on each entry that has any, by the entry's id."""

    async def setting(self, community: str, name: str) -> Json:
        """The value of a community's setting, or None if it has none."""

    async def settings(self, community: str) -> tuple[Setting, ...]:
        """All that was ever set in a community, by name, with who set it and when."""

    async def set_setting(self, community: str, name: str, value: Json, *, by: str, now: datetime) -> None:
        """Set a community's setting; None puts it back to its default. Raises ValueError or TypeError if not JSON."""

    async def place_setting(self, community: str, place: str, name: str) -> Json:
        """The value of a place's setting, or None if it has none."""

    async def place_settings(self, community: str, place: str) -> tuple[Setting, ...]:
        """All that was ever set in a place, by name, with who set it and when."""

    async def set_place_setting(
        self, community: str, place: str, name: str, value: Json, *, by: str, now: datetime
    ) -> None:
        """Set a place's setting; None puts it back to its default. Raises ValueError or TypeError if not JSON."""

    async def places_with(self, community: str, name: str) -> Mapping[str, Json]:
        """The places where a setting has a value (a false one too), with that value."""

    async def anywhere(self, name: str) -> bool:
        """Whether a place in any community has this setting switched on; which one is not told."""

    async def first_time(
        self, key: str, now: datetime, *, community: str = NO_COMMUNITY, life: timedelta = SEEN_LIFE
    ) -> bool:
        """Whether this is the first call with that key in that community; of many at once, exactly one gets True.

        The key is forgotten after `life`, and is then new again.
        """

    async def expire(self, now: datetime) -> None:
        """Throw away what has outlived its use: who voted (the counts stay), and old keys of `first_time`."""

    async def forget_community(self, community: str) -> None:
        """Delete all that is kept of a community."""
