"""When something is due that recurs at a local time: on certain weekdays and dates, never on quiet days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

# How far ahead to look: further than a year of quiet days, or a date that comes once a year.
AHEAD = timedelta(days=3 * 366)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Days(NamedTuple):
    """All days from the first to the last, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A local time in a zone of the IANA database, with its weekdays (Monday is 0) and yearly dates (month, day). On
    `quiet` days nothing is ever due.
    """

    at: time
    zone: str
    weekdays: frozenset[int] = frozenset()
    dates: frozenset[tuple[int, int]] = frozenset()
    quiet: tuple[Days, ...] = ()

    def on(self, day: date) -> bool:
        """Return whether something is due on a day."""
        if any(first <= day <= last for first, last in self.quiet):
            return False
        return day.weekday() in self.weekdays or (day.month, day.day) in self.dates

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the zone's local time."""
        return moment.astimezone(ZoneInfo(self.zone))

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the due moments (UTC) after a moment, in order, none further ahead than AHEAD."""
        zone = ZoneInfo(self.zone)
        # A zone that changes sides of the date line repeats or leaves out a day, so this begins two days before.
        first = self.local(moment).date() - 2 * _DAY
        for number in range(AHEAD.days):
            day = first + number * _DAY
            found = resolved(day, self.at, zone) if self.on(day) else None
            if found is not None and found > moment:
                yield found

    def next(self, moment: datetime) -> datetime | None:
        """Return the first due moment after a moment, or None if there is none within AHEAD."""
        return next(self.after(moment), None)

    def first_after(self, moment: datetime, count: int) -> tuple[datetime, ...]:
        """Return at most this many of the next due moments."""
        return tuple(islice(self.after(moment), count))


def resolved(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return the moment (UTC) when clocks in a zone show a time on a day.

    If clocks go back and the time comes twice, return the first. If they go forward and the time does not exist, return
    the moment of the change. None if the zone leaves out the whole day (it changed sides of the date line).
    """
    shown = datetime.combine(day, at, zone)
    found = shown.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return found
    # In a gap, the two readings of a time lie on the two sides of the change, the gap's length apart (PEP 495).
    before = shown.replace(fold=1).astimezone(UTC)
    if found - before >= _DAY:
        return None
    # Clocks change at a whole minute.
    while (earlier := found - _MINUTE).astimezone(zone).utcoffset() == found.astimezone(zone).utcoffset():
        found = earlier
    return found
