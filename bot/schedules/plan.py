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
    """How a schedule follows awareness days: it ignores them, names them, posts on them too, or posts only on them."""

    OFF = "off"
    NAME = "name"
    ALSO = "also"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule's weekdays (Monday is 0), its time of day in a zone, quiet days, topic (empty: all) and the rest.

    With `older`, figures older than the review age are posted too.
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
        """Its form in the store."""
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
        """Return the awareness days that a post on a day names: the day's own, and a month's in its first post."""
        if self.follow is Follow.OFF:
            return ()
        first = not any(self.rhythm.on(day.replace(day=1) + number * _DAY) for number in range(day.day - 1))
        ours = (each for each in awareness_days() if each.month == day.month)
        return tuple(each for each in ours if (first if each.day is None else each.day == day.day))


_PLAN = TypeAdapter(Plan)


def plan_of(kept: Mapping[str, Any]) -> Plan:
    """Read a plan from the store's form."""
    return _PLAN.validate_python(kept)
