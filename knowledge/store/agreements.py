"""What people agree to: being named or told, another moderator's change, lending an entry."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from knowledge.pack.overlay import Draft

# How long the wish to hear of an answer is kept (the promise of `/ijm privacy`).
ASKER_LIFE = timedelta(days=30)
# How long a change waits for a second moderator, and how long a code is good.
PROPOSAL_LIFE = timedelta(days=90)
LOAN_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who agreed to be named with a question (then there is a `name`), or to be told of its answer."""

    question_id: str
    person: str
    name: str
    notify: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits for a second moderator: its author, its time, and the questions that it answers."""

    id: str
    draft: Draft
    by: str
    at: datetime
    misses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loan:
    """An entry that another community may copy with a code; the code itself is not kept, only a digest of it."""

    community: str
    code: str
    entry_id: str
    at: datetime
