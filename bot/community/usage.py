"""What was asked in a community, summed up from daily counts by week, outcome and entry."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.asking.ask import OPENED, ReplyKind
from knowledge.store.protocol import Feedback, UsageCount

# The two spans that are shown, in weeks, the longer one last.
WEEKS = (4, 12)
DAYS = 7


@dataclass(frozen=True, slots=True)
class Week:
    """The seven days up to `last`, with the outcomes of their questions."""

    last: date
    answered: int
    offered: int
    unanswered: int

    @property
    def asked(self) -> int:
        """How many questions there were."""
        return self.answered + self.offered + self.unanswered


@dataclass(frozen=True, slots=True)
class Used:
    """An entry by its id, and how often it answered a question or was opened."""

    entry_id: str
    times: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Several weeks, the oldest first, and the entries used in them, the most used first.

    `first` is the first day with any count; None if there is none.
    """

    weeks: tuple[Week, ...]
    used: tuple[Used, ...]
    first: date | None

    @property
    def total(self) -> Week:
        """All weeks as one."""
        return Week(
            self.weeks[-1].last,
            sum(week.answered for week in self.weeks),
            sum(week.offered for week in self.weeks),
            sum(week.unanswered for week in self.weeks),
        )


def first_day(today: date, weeks: int) -> date:
    """Return the first day of this many weeks, the last of which ends today."""
    return today - timedelta(days=DAYS * weeks - 1)


def usage_in(usage: Iterable[UsageCount], today: date, weeks: int) -> Usage:
    """Sum up this many weeks up to today; days outside them are ignored."""
    begin = first_day(today, weeks)
    outcomes: Counter[tuple[int, str]] = Counter()
    used: Counter[str] = Counter()
    days: list[date] = []
    for each in usage:
        day = date.fromisoformat(each.day)
        if not begin <= day <= today or each.count <= 0:
            continue
        days.append(day)
        outcomes[(day - begin).days // DAYS, each.what] += each.count
        if each.what in {ReplyKind.ANSWER, ReplyKind.CLOSEST, OPENED} and each.entry_id:
            used[each.entry_id] += each.count
    return Usage(
        tuple(
            Week(
                begin + timedelta(days=DAYS * (place + 1) - 1),
                outcomes[place, ReplyKind.ANSWER] + outcomes[place, ReplyKind.CLOSEST],
                outcomes[place, ReplyKind.SUGGESTIONS],
                outcomes[place, ReplyKind.UNKNOWN],
            )
            for place in range(weeks)
        ),
        tuple(Used(*each) for each in sorted(used.items(), key=lambda each: (-each[1], each[0]))),
        min(days, default=None),
    )


def votes(feedback: Mapping[str, Feedback]) -> Feedback:
    """Return the votes on all entries together."""
    return Feedback(tuple(cast for each in feedback.values() for cast in each.revisions))
