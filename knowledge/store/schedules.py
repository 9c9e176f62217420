"""What is posted without anybody asking: schedules, and what became of each of their posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class PostState(StrEnum):
    """How far a post has come. A process that has it holds it by a lease; without one, this is its end.

    CLAIMED: nothing was sent. SENDING: it may have been. POSTED: the platform took it. UNSURE: it may have arrived, and
    is not sent again. MISSED: it came too late. DRY: there was no fact to post. REFUSED: the place did not take it.
    """

    CLAIMED = "claimed"
    SENDING = "sending"
    POSTED = "posted"
    UNSURE = "unsure"
    MISSED = "missed"
    DRY = "dry"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A community's wish to have facts posted to a place.

    `plan` says when and which; its meaning is the bot's affair. `number` grows with each change, so that two who change
    it at once notice (0: not kept yet). `next_at` is the next moment a post is due (UTC), None while there is none.
    `paused` is None while it runs, empty if a moderator paused it, else why the bot did. `used` are the keys of the
    facts posted in this `round`, in which none repeats, the last one last.
    """

    community: str
    id: str
    place: str
    plan: Mapping[str, Any]
    made_by: str
    made_at: datetime
    number: int = 0
    next_at: datetime | None = None
    paused: str | None = None
    round: int = 0
    used: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a schedule: when it was due (UTC), its state, and how it came there.

    `key` goes with every try to send it. `fact` is the key of the fact that was drawn for it. `until` is the end of the
    lease (UTC), None at its end; `sent_at` when the first try to send it began. `note` is for moderators.
    """

    community: str
    schedule_id: str
    due: datetime
    key: str
    state: PostState
    fact: str = ""
    until: datetime | None = None
    tries: int = 0
    sent_at: datetime | None = None
    note: str = ""
