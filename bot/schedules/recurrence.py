"""When something is due that comes again and again at a local time: on these weekdays and dates, not on quiet days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

# So far ahead a next day is looked for: further than a year of quiet days, or than a date that comes once a year.
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
    """A local time in a zone of the IANA database, the weekdays (Monday is 0) and yearly dates (month, day) it is for.

    On `quiet` days nothing is due, whatever else holds.
    """

    at: time
    zone: str
    weekdays: frozenset[int] = frozenset()
    dates: frozenset[tuple[int, int]] = frozenset()
    quiet: tuple[Days, ...] = ()

    def on(self, day: date) -> bool:
        """Whether something is due on a day."""
        if any(first <= day <= last for first, last in self.quiet):
            return False
        return day.weekday() in self.weekdays or (day.month, day.day) in self.dates

    def local(self, moment: datetime) -> datetime:
        """Return a moment as a clock in the zone shows it."""
        return moment.astimezone(ZoneInfo(self.zone))

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the moments (UTC) that come after a moment, in their order; none further than AHEAD."""
        zone = ZoneInfo(self.zone)
        # A zone that changes sides of the date line repeats or leaves out a day, so this begins two days before.
        first = self.local(moment).date() - 2 * _DAY
        for number in range(AHEAD.days):
            day = first + number * _DAY
            found = resolved(day, self.at, zone) if self.on(day) else None
            if found is not None and found > moment:
                yield found

    def next(self, moment: datetime) -> datetime | None:
        """Return the first moment after another, or None if there is none within AHEAD."""
        return next(self.after(moment), None)

    def first_after(self, moment: datetime, count: int) -> tuple[datetime, ...]:
        """At most this many of the next moments."""
        return tuple(islice(self.after(moment), count))


def resolved(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return the moment (UTC) when clocks in a zone show a time on a day.

    A time that comes twice, because clocks go back, is its first. A time that does not exist, because they go forward,
    is the moment when they do. None if the zone leaves out the whole day (it changed sides of the date line).
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
