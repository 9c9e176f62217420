"""What a schedule is to do: when, which facts, and whether it follows the awareness days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any

from bot.schedules.recurrence import Days, Rhythm
from knowledge.pack.awareness import AwarenessDay
from knowledge.store.protocol import Json

_DAY = timedelta(days=1)


class Follow(StrEnum):
    """How a schedule follows the awareness days: not at all, it names those on which it posts anyway, it posts on them
    too, or on them only."""

    OFF = "off"
    NAME = "name"
    ALSO = "also"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule's weekdays (Monday is 0), its time of day in a zone, quiet days, topic (empty: all) and the rest.

    `older` says that figures older than the review age are posted too.
    """

    weekdays: frozenset[int]
    at: time
    zone: str
    quiet: tuple[Days, ...] = ()
    topic: str = ""
    follow: Follow = Follow.OFF
    older: bool = False

    @property
    def kept(self) -> dict[str, Json]:
        """As the store keeps it."""
        return {
            "weekdays": sorted(self.weekdays),
            "at": self.at.isoformat("minutes"),
            "zone": self.zone,
            "quiet": [[str(days.first), str(days.last)] for days in self.quiet],
            "topic": self.topic,
            "follow": self.follow.value,
            "older": self.older,
        }

    def rhythm(self, days: Sequence[AwarenessDay]) -> Rhythm:
        """When it is due, given the awareness days that there are."""
        follows = self.follow in {Follow.ALSO, Follow.ONLY}
        return Rhythm(
            at=self.at,
            zone=self.zone,
            weekdays=frozenset() if self.follow is Follow.ONLY else self.weekdays,
            dates=frozenset(each.begins for each in days) if follows else frozenset(),
            quiet=self.quiet,
        )

    def named(self, day: date, days: Sequence[AwarenessDay]) -> tuple[AwarenessDay, ...]:
        """Give the awareness days that a post on a day names: that day's; a month's in the first post of the month."""
        if self.follow is Follow.OFF:
            return ()
        rhythm = self.rhythm(days)
        first = not any(rhythm.on(day.replace(day=1) + number * _DAY) for number in range(day.day - 1))
        return tuple(
            each for each in days if each.month == day.month and (first if each.day is None else each.day == day.day)
        )


def plan_of(kept: Mapping[str, Any]) -> Plan:
    """Return the plan that the store kept."""
    return Plan(
        weekdays=frozenset(kept["weekdays"]),
        at=time.fromisoformat(kept["at"]),
        zone=kept["zone"],
        quiet=tuple(Days(date.fromisoformat(first), date.fromisoformat(last)) for first, last in kept["quiet"]),
        topic=kept["topic"],
        follow=Follow(kept["follow"]),
        older=kept["older"],
    )
