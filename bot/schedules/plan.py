"""What a schedule does: when it posts, which facts, and whether it follows the awareness days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import PlainSerializer, TypeAdapter

from bot.schedules.recurrence import Days, Rhythm
from knowledge.pack.awareness import AwarenessDay, awareness_days
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

    weekdays: Annotated[frozenset[int], PlainSerializer(sorted)]
    at: Annotated[time, PlainSerializer(lambda at: at.isoformat("minutes"))]
    zone: str
    quiet: tuple[Days, ...] = ()
    topic: str = ""
    follow: Follow = Follow.OFF
    older: bool = False

    @property
    def kept(self) -> dict[str, Json]:
        """As the store keeps it."""
        kept: dict[str, Json] = _PLAN.dump_python(self, mode="json")
        return kept

    @property
    def rhythm(self) -> Rhythm:
        """When it is due."""
        follows = self.follow in {Follow.ALSO, Follow.ONLY}
        return Rhythm(
            at=self.at,
            zone=self.zone,
            weekdays=frozenset() if self.follow is Follow.ONLY else self.weekdays,
            dates=frozenset(each.begins for each in awareness_days()) if follows else frozenset(),
            quiet=self.quiet,
        )

    def named(self, day: date) -> tuple[AwarenessDay, ...]:
        """Give the awareness days that a post on a day names: that day's; a month's in the first post of the month."""
        if self.follow is Follow.OFF:
            return ()
        first = not any(self.rhythm.on(day.replace(day=1) + number * _DAY) for number in range(day.day - 1))
        ours = (each for each in awareness_days() if each.month == day.month)
        return tuple(each for each in ours if (first if each.day is None else each.day == day.day))


_PLAN = TypeAdapter(Plan)


def plan_of(kept: Mapping[str, Any]) -> Plan:
    """Return the plan that the store kept."""
    return _PLAN.validate_python(kept)
