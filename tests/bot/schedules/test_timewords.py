"""Days, times, zones and quiet days as people type them, and as the bot says them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.commands.declarations import BadArgument
from bot.schedules.recurrence import Days
from bot.schedules.timewords import (
    QUIET_LIMIT,
    WEEKDAYS,
    day_completions,
    days_as_typed,
    days_in_words,
    moment_in_words,
    quiet_as_typed,
    read_days,
    read_quiet,
    read_time,
)
from bot.schedules.zones import read_zone, zone_completions

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("daily", "every day"),
        ("Every Day", "every day"),
        ("weekdays", "Monday to Friday"),
        ("mon-fri", "Monday to Friday"),
        ("Monday to Friday", "Monday to Friday"),
        ("every weekday", "Monday to Friday"),
        ("fri – mon", "Monday, Friday, Saturday and Sunday"),
        ("mon thru wed and sat", "Monday, Tuesday, Wednesday and Saturday"),
        ("weekends", "Saturday and Sunday"),
        ("weekly", "Monday"),
        ("weekly on tuesday", "Tuesday"),
        ("mon", "Monday"),
        ("Mondays", "Monday"),
        ("every tues", "Tuesday"),
        ("mon, wed and fri", "Monday, Wednesday and Friday"),
        ("MON/WED;th", "Monday, Wednesday and Thursday"),
        ("weekends, mon", "Monday, Saturday and Sunday"),
    ],
)
def test_days_are_read_as_people_type_them(typed: str, said: str) -> None:
    days = read_days(typed)
    assert days_in_words(days) == said
    assert read_days(days_as_typed(days)) == days


@pytest.mark.parametrize("typed", ["", "t", "someday", "mon fooday", "on", "2026-12-24"])
def test_unknown_days_are_told_with_what_would_be_right(typed: str) -> None:
    with pytest.raises(BadArgument, match="mon, wed, fri"):
        read_days(typed)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("9", time(9)), ("9:00", time(9)), ("09.30", time(9, 30)), ("16h30", time(16, 30)), ("4:30 pm", time(16, 30)),
        ("4:30 P.M.", time(16, 30)), ("12 am", time(0)), ("12pm", time(12)), ("noon", time(12)), ("midnight", time(0)),
    ],
)  # fmt: skip
def test_times_are_read_as_people_type_them(typed: str, at: time) -> None:
    assert read_time(typed) == at


@pytest.mark.parametrize("typed", ["", "24:00", "13 pm", "0am", "9:75", "nine", "9:00:00", "-9:00"])
def test_unknown_times_are_told_with_what_would_be_right(typed: str) -> None:
    with pytest.raises(BadArgument, match="4:30 pm"):
        read_time(typed)


def test_quiet_days_are_single_dates_and_ranges() -> None:
    winter, fourth = Days(date(2026, 12, 24), date(2027, 1, 2)), Days(date(2027, 7, 4), date(2027, 7, 4))
    for to in (" to ", "..", " – ", "…", " until ", " - "):
        assert read_quiet(f"2027-07-04,\n2026-12-24{to}2027-01-02;") == (winter, fourth)
    assert read_quiet(quiet_as_typed((winter, fourth))) == (winter, fourth)
    assert read_quiet(" \n") == ()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("christmas", "2026-12-24 to"),
        ("12-24", "2026-12-24 to"),
        ("2026-02-30", "2026-12-24 to"),
        ("2026-12-24 to 2026-12-25 to 2026-12-26", "2026-12-24 to"),
        ("2026-12-24 to 2026-12-23", "end before they begin"),
        ("2026-01-01 to 2027-01-02", "more than a year"),
        (",".join(["2026-01-01"] * (QUIET_LIMIT + 1)), "At most 50"),
    ],
)
def test_wrong_quiet_days_are_told_with_what_would_be_right(typed: str, said: str) -> None:
    with pytest.raises(BadArgument, match=said):
        read_quiet(typed)


def test_nothing_that_is_typed_can_ping_anybody_in_the_error() -> None:
    for reader in (read_days, read_time, read_quiet, read_zone):
        with pytest.raises(BadArgument) as told:
            reader("@everyone <@1>")
        assert "@everyone" not in str(told.value)
        assert "<@1" not in str(told.value)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("new york", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("lord howe", "Australia/Lord_Howe"),
        ("utc", "UTC"),
        ("EST", "America/New_York"),
        ("pacific", "America/Los_Angeles"),
    ],
)
def test_zones_are_found_by_name_and_by_city(typed: str, zone: str) -> None:
    assert read_zone(typed) == zone


@pytest.mark.parametrize(
    ("typed", "said"),
    [("Europe/Berln", "Europe/Berlin"), ("springfield", "America/New_York"), ("", "like"), ("Etc/GMT+5", "like")],
)
def test_an_unknown_zone_is_told_with_what_is_near_it(typed: str, said: str) -> None:
    with pytest.raises(BadArgument, match=said):
        read_zone(typed)


def test_zones_are_completed_by_city_with_their_distance_from_utc() -> None:
    label, name = zone_completions("ber", NOW)[0]
    assert (label, name) == ("Europe/Berlin (UTC+01:00)", "Europe/Berlin")
    assert zone_completions("", NOW, ["Asia/Tokyo"])[0][1] == "Asia/Tokyo"
    assert len(zone_completions("", NOW)) <= 25
    assert zone_completions("nowhere at all", NOW) == ()
    for _, each in zone_completions("a", NOW):
        assert read_zone(each) == each


def test_days_are_completed_one_after_another() -> None:
    assert day_completions("")[:3] == ("daily", "weekdays", "weekends")
    assert day_completions("mo")[:2] == ("Monday", "Monday, Tuesday")
    assert day_completions("mon, w") == ("mon, Wednesday",)
    assert "Monday, Wednesday, Friday" in day_completions("Monday, Wednesday")
    assert day_completions("nonsense,") == ()
    for begun in ("", "t", "mon, ", "sat, sun"):
        assert all(read_days(each) for each in day_completions(begun))
    assert set(WEEKDAYS) <= set(day_completions(""))


def test_a_moment_is_said_so_that_it_cannot_be_mistaken() -> None:
    said = {
        "America/New_York": "Wed 25 Nov 2026, 07:00 (UTC−05:00)",
        "Asia/Kolkata": "Wed 25 Nov 2026, 17:30 (UTC+05:30)",
        "UTC": "Wed 25 Nov 2026, 12:00 (UTC)",
    }
    for zone, words in said.items():
        assert moment_in_words(NOW.astimezone(ZoneInfo(zone))) == words
