"""Local times through a year of daylight-saving changes, quiet days, and dates that come once a year."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.schedules.recurrence import AHEAD, Days, Rhythm, resolved

DAILY = frozenset(range(7))
DAY = timedelta(days=1)
NEW_YEAR = datetime(2025, 12, 31, 12, tzinfo=UTC)
# North and south, a shift of half an hour, a zone that shifts for Ramadan, one by midnight, and two that never shift.
ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/Phoenix",
    "Asia/Kolkata",
]
TIMES = [time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(9), time(23, 30)]


def clock_shows(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment of a day at which clocks show a time or a later one, found by looking at them every half hour."""
    moment = datetime.combine(day, at, UTC) - timedelta(hours=15)
    while True:
        local = moment.astimezone(zone)
        if local.date() == day and local.time() >= at:
            return moment
        moment += timedelta(minutes=30)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", TIMES, ids=str)
def test_through_a_year_each_day_has_one_moment_and_it_is_the_first_that_clocks_show(zone: str, at: time) -> None:
    found = Rhythm(at, zone, DAILY).first_after(NEW_YEAR, 366)
    first = found[0].astimezone(ZoneInfo(zone)).date()
    assert list(found) == [clock_shows(first + number * DAY, at, ZoneInfo(zone)) for number in range(366)]


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        # Clocks go forward: a time that is left out is the moment after it.
        ("America/New_York", date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 1), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        ("Africa/Casablanca", date(2026, 3, 22), time(2, 30), datetime(2026, 3, 22, 2, tzinfo=UTC)),
        ("Africa/Cairo", date(2026, 4, 24), time(0), datetime(2026, 4, 23, 22, tzinfo=UTC)),
        # They go back: a time that comes twice is the first.
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), datetime(2026, 4, 4, 14, 45, tzinfo=UTC)),
        ("Africa/Casablanca", date(2026, 2, 15), time(2, 30), datetime(2026, 2, 15, 1, 30, tzinfo=UTC)),
        # Samoa had no 30 December 2011, and there was no nine o'clock on it.
        ("Pacific/Apia", date(2011, 12, 30), time(9), None),
        ("Pacific/Apia", date(2011, 12, 31), time(9), datetime(2011, 12, 30, 19, tzinfo=UTC)),
    ],
)
def test_a_time_that_does_not_exist_is_right_after_the_gap_and_one_that_exists_twice_is_its_first(
    zone: str, day: date, at: time, moment: datetime | None
) -> None:
    assert resolved(day, at, ZoneInfo(zone)) == moment


def test_a_moment_is_not_after_itself_and_none_is_left_out_from_whenever_one_asks() -> None:
    rhythm = Rhythm(time(2, 30), "America/New_York", DAILY)
    found = rhythm.first_after(NEW_YEAR, 400)
    for before, after in pairwise(found):
        assert rhythm.next(before) == after
        assert rhythm.next(after - timedelta(microseconds=1)) == after


def test_only_the_weekdays_are_due() -> None:
    rhythm = Rhythm(time(23, 30), "Australia/Lord_Howe", frozenset({0, 3}))
    days = [rhythm.local(moment).weekday() for moment in rhythm.first_after(NEW_YEAR, 104)]
    assert days == [3, 0] * 52


def test_quiet_days_are_days_in_the_zone() -> None:
    quiet = (Days(date(2026, 1, 2), date(2026, 1, 4)), Days(date(2026, 1, 6), date(2026, 1, 6)))
    rhythm = Rhythm(time(23, 30), "America/New_York", DAILY, quiet=quiet)
    days = [rhythm.local(moment).date().day for moment in rhythm.first_after(datetime(2026, 1, 1, 12, tzinfo=UTC), 4)]
    assert days == [1, 5, 7, 8]


def test_yearly_dates_are_due_beside_the_weekdays_and_never_on_quiet_days() -> None:
    rhythm = Rhythm(
        time(9),
        "Europe/Berlin",
        frozenset(),
        frozenset({(7, 30), (12, 2)}),
        (Days(date(2026, 12, 2), date(2026, 12, 2)),),
    )
    days = [rhythm.local(moment).date() for moment in rhythm.after(NEW_YEAR)]
    assert days[:3] == [date(2026, 7, 30), date(2027, 7, 30), date(2027, 12, 2)]
    both = Rhythm(time(9), "Europe/Berlin", frozenset({3}), frozenset({(7, 30)}))
    assert both.first_after(datetime(2026, 7, 29, tzinfo=UTC), 2) == (
        datetime(2026, 7, 30, 7, tzinfo=UTC),
        datetime(2026, 8, 6, 7, tzinfo=UTC),
    )


def test_where_every_day_is_quiet_nothing_is_due() -> None:
    always = Days(date(2026, 1, 1), date(2026, 1, 1) + 2 * AHEAD)
    assert Rhythm(time(9), "UTC", DAILY, quiet=(always,)).next(datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert Rhythm(time(9), "UTC").next(NEW_YEAR) is None
