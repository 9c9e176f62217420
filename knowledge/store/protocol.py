"""What the bot remembers about its communities, in the domain's words; storage is up to the implementation."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from knowledge.pack.overlay import Draft, Overlay, Revision
from knowledge.store.agreements import Asker, Loan, Proposal
from knowledge.store.limits import Limit
from knowledge.store.schedules import Post, Schedule

# What a setting can hold: anything that JSON can say.
Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

# How long a vote stays tied to the keyed hash of who gave it (the promise of `/ijm privacy`).
BALLOT_LIFE = timedelta(days=90)
# How long a question that was not understood waits for a moderator (the promise of `/ijm privacy`).
MISS_LIFE = timedelta(days=90)
# How long what a moderator typed is kept until it is saved or thrown away.
TYPED_LIFE = timedelta(days=7)
# How long a community's data outlives the bot's leaving, should that have been a mistake.
GRACE = timedelta(days=30)
# How long the daily counts are kept: more than the twelve weeks that are shown, so that a year can be looked back on.
USAGE_LIFE = timedelta(days=400)
# How long it can be looked up what became of a schedule's posts.
POST_LIFE = timedelta(days=90)
# Slack repeats an event for minutes, with delayed events for a day (docs.slack.dev/apis/events-api).
SEEN_LIFE = timedelta(days=2)
# The community of an event that happened in none.
NO_COMMUNITY = ""


# What of one kind a community may have kept at once: what moderators typed and did not save, and of it one person;
# suggestions, of which moderators see so many; questions without an answer, of which the rarest make room.
DRAFTS_LIMIT, PERSONAL_DRAFTS_LIMIT = 500, 100
SUGGESTIONS_LIMIT = 500
MISSES_LIMIT = 5_000
# Characters of one draft: a file of a megabyte, written in hexadecimal, and what stands beside it.
DRAFT_LENGTH = 2_200_000


class QuotaReached(Exception):  # noqa: N818 (nothing is broken)
    """A quota is reached; the message says which, and what makes room."""


class Reason(StrEnum):
    """Why a call of the database failed, in an operator's categories."""

    FULL = "full"  # There is no room left.
    IO = "io"  # The file cannot be read or written: a quota, a limit or a broken disk.
    LOCKED = "locked"  # Another process held it for too long.
    AWAY = "away"  # It does not answer.
    OTHER = "other"


class StoreError(Exception):
    """The store cannot be used; the message says what to change, and never holds a password. `reason` is counted."""

    def __init__(self, message: str, reason: Reason = Reason.OTHER) -> None:
        super().__init__(message)
        self.reason = reason


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


@dataclass(frozen=True, slots=True)
class Outline:
    """What every event in a community needs to know: the number of its overlay, and its settings by name.

    `left_at` is when the bot left the community (UTC), should it not be known to be back.
    """

    number: int
    settings: Mapping[str, Json]
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that no entry answered, without the asker's name: how often it came, first and last (UTC)."""

    id: str
    text: str
    count: int
    first: datetime
    last: datetime
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a member thinks the bot should know, without their name."""

    id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Typed:
    """What a moderator typed into a form and has not saved yet: the form's values, and what belongs to them."""

    id: str
    by: str
    values: Mapping[str, Json]
    at: datetime


@dataclass(frozen=True, slots=True)
class UsageCount:
    """How often something was counted on one day (UTC, ISO date); `entry_id` is empty if it concerns no entry."""

    day: str
    what: str
    entry_id: str
    count: int


class Store(Protocol):
    """The bot's memory. What is written in one community is never seen from another.

    Every `now` is an aware datetime (a naive one raises ValueError). A method returns when its change is kept for
    good. Any method raises StoreError when the database does not do what it is asked.
    """

    async def migrate(self) -> None:
        """Bring the database to the newest form. To be called at start; processes that start together take turns."""

    async def ping(self) -> None:
        """Return if the database answers."""

    @property
    def errors(self) -> Mapping[str, int]:
        """Return how many calls failed since the start, for each `Reason`."""

    async def close(self) -> None:
        """Close the database. No method may be called afterwards."""

    async def add_feedback(
        self, community: str, entry_id: str, revision: int, *, helpful: bool, voter: str, now: datetime
    ) -> bool:
        """Count a vote on a revision of an entry; a second vote of the same voter replaces the first.

        Return whether this changed anything: not if the voter has voted so already.

        The voter's id is not kept, only a keyed hash that cannot be compared between entries; see BALLOT_LIFE.
        """

    async def feedback(self, community: str, since: datetime | None = None) -> Mapping[str, Feedback]:
        """Return the votes on each entry that has any, by its id; with `since`, those given or changed from then on.

        That is known of the votes of the time BALLOT_LIFE.
        """

    async def setting(self, community: str, name: str) -> Json:
        """Return the value of a community's setting, or None if it has none."""

    async def settings(self, community: str) -> tuple[Setting, ...]:
        """Return all settings of a community, by name, with who set them and when."""

    async def set_setting(self, community: str, name: str, value: Json, *, by: str, now: datetime) -> None:
        """Set a community's setting; None puts it back to its default. Raises ValueError or TypeError if not JSON."""

    async def place_setting(self, community: str, place: str, name: str) -> Json:
        """Return the value of a place's setting, or None if it has none."""

    async def set_place_setting(
        self, community: str, place: str, name: str, value: Json, *, by: str, now: datetime
    ) -> None:
        """Set a place's setting; None puts it back to its default. Raises ValueError or TypeError if not JSON."""

    async def anywhere(self, name: str) -> bool:
        """Return whether a place in any community has this setting switched on; which one is not told."""

    async def first_time(
        self,
        key: str,
        now: datetime,
        *,
        community: str = NO_COMMUNITY,
        life: timedelta = SEEN_LIFE,
        also: Sequence[str] = (),
    ) -> bool:
        """Return whether this is the first call with that key in a community; of many at once, one gets True.

        The key is forgotten after `life`, and is then new again. `also` are further keys of the same thing: all of
        them have to be new, and none is afterwards.
        """

    async def not_yet(self, key: str, *, community: str = NO_COMMUNITY) -> None:
        """Take back what `first_time` wrote, because nothing came of it: the key is new again."""

    @property
    def is_shared(self) -> bool:
        """Whether several processes may serve from it, so that their limits are counted in it."""

    async def take(self, limits: Sequence[Limit], now: datetime) -> float:
        """Count one against each limit and return 0; or count nothing, and return the seconds until it is allowed.

        The keys are not kept, only keyed digests; see `end_limits`.
        """

    async def end_limits(self, now: datetime) -> None:
        """Delete what no longer counts against a limit."""

    async def outline(self, community: str) -> Outline:
        """Return the number of a community's overlay (0 if it never changed anything) and its settings, at once."""

    async def overlay(self, community: str) -> Overlay:
        """Return a community's changes as they stand at one moment."""

    async def revise(self, community: str, drafts: Sequence[Draft], *, by: str, now: datetime) -> tuple[Revision, ...]:
        """Keep changes as the next revisions of their entries, all or none.

        Raises Conflict if the newest revision of an entry is not the one that its draft expects; ValueError if one
        entry has two drafts.
        """

    async def history(self, community: str, entry_id: str) -> tuple[Revision, ...]:
        """All revisions of an entry, the newest first."""

    async def embeddings(self, community: str, model: str) -> Mapping[str, bytes]:
        """Return the vectors that this model gave a community's texts, by the digests of the texts."""

    async def keep_embeddings(
        self, community: str, model: str, vectors: Mapping[str, bytes], *, number: int, only: Collection[str]
    ) -> bool:
        """Keep further vectors of a model, by the digests of their texts, and no others than `only` and the model's.

        `number` is that of the overlay whose texts they are. False if the community has another one by now, or is
        gone: nothing is kept then.
        """

    async def add_miss(self, community: str, key: str, text: str, *, now: datetime, offered: bool = False) -> str:
        """Count a question that no entry answered, or that entries were only `offered` for; its id.

        Texts with one key are one; the first text stays.
        """

    async def declined(self, community: str, miss_id: str) -> None:
        """Note that no entry that was offered for a question was meant: it is unanswered."""

    async def picked(self, community: str, miss_id: str) -> None:
        """Take back one count of a question whose asker has picked an entry that was offered."""

    async def misses(self, community: str, most: int = 500) -> tuple[Miss, ...]:
        """Return the questions that no entry answered, the most frequent first, then the newest; at most this many."""

    async def remove_misses(self, community: str, ids: Sequence[str]) -> None:
        """Take questions out of the queue; ids that are not there do not matter."""

    async def add_suggestion(self, community: str, text: str, *, now: datetime) -> None:
        """Keep what a member suggests; the same text twice is one."""

    async def suggestions(self, community: str, most: int = 500) -> tuple[Suggestion, ...]:
        """Return what members suggested, the oldest first; at most this many."""

    async def remove_suggestions(self, community: str, ids: Sequence[str]) -> None:
        """Take suggestions out of the queue; ids that are not there do not matter."""

    async def add_asker(
        self, community: str, question_id: str, person: str, *, name: str, notify: bool, now: datetime
    ) -> None:
        """Keep who agreed to be named with a question (an empty name: they did not), or wants to hear of its answer."""

    async def askers(self, community: str, questions: Sequence[str]) -> tuple[Asker, ...]:
        """Who agreed to that of some questions, in the order in which they did."""

    async def propose(self, community: str, draft: Draft, *, by: str, now: datetime, misses: Sequence[str] = ()) -> str:
        """Keep a change, with the questions that it answers, until a second moderator has decided; its id."""

    async def proposals(self, community: str) -> tuple[Proposal, ...]:
        """Return the changes that wait for a second moderator, the oldest first."""

    async def drop_proposal(self, community: str, proposal_id: str) -> bool:
        """Take a change out of those that wait; False if it was gone."""

    async def lend(self, community: str, code: str, entry_id: str, *, by: str, now: datetime) -> None:
        """Let whoever has the code whose digest this is copy an entry, for LOAN_LIFE."""

    async def loans(self, community: str, now: datetime) -> tuple[Loan, ...]:
        """Return what a community lends now, the oldest first."""

    async def loan(self, code: str, now: datetime) -> Loan | None:
        """Return what is lent under the code with this digest, by whichever community; None if nothing is."""

    async def end_loan(self, community: str, code: str) -> None:
        """Lend something no longer; copies stay."""

    async def keep_typed(
        self, community: str, values: Mapping[str, Json], *, by: str, now: datetime, typed_id: str | None = None
    ) -> str:
        """Keep what a moderator typed, under a new id or in the place of what they typed before; the id.

        The id has at most 20 characters, letters and digits. What another person typed is never replaced: a new id
        is given then.
        """

    async def typed(self, community: str, typed_id: str) -> Typed | None:
        """Return what was typed, or None if it is gone."""

    async def typed_by(self, community: str, by: str) -> tuple[Typed, ...]:
        """All that a person typed and has not saved yet, the newest first."""

    async def typed_since(self, community: str, since: datetime) -> tuple[Typed, ...]:
        """Return what anybody typed after a moment and has not saved yet, the newest first; nothing that is large."""

    async def drop_typed(self, community: str, typed_id: str) -> None:
        """Discard what was typed, once it is saved or not wanted."""

    async def mark(self, community: str, key: str, *, by: str, now: datetime) -> None:
        """Remember that a moderator has dealt with something of the review queue that is not stored itself."""

    async def marks(self, community: str) -> frozenset[str]:
        """Return the keys of all that was dealt with."""

    async def count(self, community: str, what: str, entry_id: str = "", *, now: datetime, amount: int = 1) -> None:
        """Count something, `amount` times, on the day of `now` (UTC)."""

    async def usage(self, community: str, since: datetime) -> tuple[UsageCount, ...]:
        """Return what was counted since that day, by day, what and entry."""

    async def schedules(self, community: str) -> tuple[Schedule, ...]:
        """Return a community's schedules, the oldest first."""

    async def schedule(self, community: str, schedule_id: str) -> Schedule | None:
        """One schedule, or None if it is gone."""

    async def keep_schedule(self, schedule: Schedule) -> bool:
        """Keep a schedule in the place of the one that its author saw (by `number`), or as a new one if that is 0.

        False if it was changed or deleted meanwhile; nothing is kept then. What is kept has the next number.
        """

    async def drop_schedule(self, community: str, schedule_id: str) -> None:
        """Delete a schedule with its posts; one that is under way and not sent yet is not sent."""

    async def due_schedules(self, prefix: str, now: datetime, most: int = 100) -> tuple[Schedule, ...]:
        """Schedules of communities whose ids begin so and that were not left, that are due; any of them, if more.

        They come in an order by chance, so that processes that ask at the same time get others.
        """

    async def claim_post(self, schedule: Schedule, post: Post) -> bool:
        """Keep a schedule as `keep_schedule` does and a new post of it, both or neither.

        Of several that claim from the same number, one gets True.
        """

    async def abandoned_posts(self, prefix: str, now: datetime, most: int = 100) -> tuple[Post, ...]:
        """Return posts whose lease is over, which nobody finished in time, in communities whose ids begin so."""

    async def move_post(self, before: Post, after: Post) -> bool:
        """Bring a post from one state to the next; False if it is not in the state and lease of `before` any more.

        To SENDING only while its schedule is there and not paused.
        """

    async def posts(self, community: str, schedule_id: str, most: int = 5) -> tuple[Post, ...]:
        """Return the last posts of a schedule, the newest first."""

    async def left(self, community: str, now: datetime) -> None:
        """Note that the bot left a community: `expire` deletes what is kept of it after GRACE."""

    async def returned(self, community: str) -> None:
        """Note that the bot is in a community after all, so that nothing is deleted; it may never have left."""

    async def communities(self, prefix: str, *, left: bool = False) -> tuple[str, ...]:
        """Return the ids, with this prefix, of communities in the store: those that were `left`, or the others."""

    async def expire(self, now: datetime) -> None:
        """Delete what is no longer needed.

        That is: who voted (the counts stay), and old keys of `first_time`. Misses and suggestions go after MISS_LIFE,
        counted from when they came last. What was typed goes after TYPED_LIFE, counts after USAGE_LIFE, and posts that
        came to an end after POST_LIFE. Of communities that were left more than GRACE ago, everything goes.
        """

    async def forget_person(self, community: str, user: str) -> int:
        """Delete a person's traces in a community: their votes' hashes, what they typed, and their name.
        `overlay.NOBODY` replaces their signature on revisions, settings and schedules. Return how many traces there
        were.
        """

    async def forget_community(self, community: str) -> None:
        """Delete all that is kept of a community, at once."""
