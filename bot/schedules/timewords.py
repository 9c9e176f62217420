"""Days and times as people type them (`mon, wed`, `4:30 pm`, `2026-12-24 to 2027-01-02`), and how the bot says them."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from bot.chat.replies import echo
from bot.commands.declarations import BadArgument
from bot.schedules.recurrence import Days

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMES = tuple(f"{name.casefold()}s" for name in WEEKDAYS)
DAILY, WORKDAYS, WEEKEND = frozenset(range(7)), frozenset(range(5)), frozenset({5, 6})
# Holidays and vacations of some years.
QUIET_LIMIT = 50
# A longer one is a pause.
QUIET_DAYS_LIMIT = 366

# "weekly" alone is the day that a week begins with; the preview shows it.
_GROUPS = {
    **dict.fromkeys(("daily", "day", "everyday"), DAILY),
    **dict.fromkeys(("weekday", "workday"), WORKDAYS),
    "weekend": WEEKEND,
    "weekly": frozenset({0}),
}
_FILLERS = re.compile(r"\b(?:every|each|weekly on|on|and)\b|[,;&+/]")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
# "mon-fri", "monday to friday"
_SPAN = re.compile(r"\b([a-z]{2,9})\.?\s?(?:-|–|—|\bto\b|\bthrough\b|\bthru\b|\buntil\b)\s?([a-z]{2,9})\b")
_RANGE = re.compile(r"\b(?:to|until|through)\b|\.\.++|…|–|—|(?<=\s)-(?=\s)", re.IGNORECASE)


def read_days(typed: str) -> frozenset[int]:
    """Read weekdays (Monday is 0). Raises BadArgument with how to say it."""
    words = _FILLERS.sub(" ", _SPAN.sub(_spelled_out, " ".join(typed.casefold().split()))).split()
    found = [_GROUPS.get(word.removesuffix("s")) or _begun(word) for word in words]
    if found and all(found):
        return frozenset().union(*found)
    unknown = next((word for word, days in zip(words, found, strict=True) if not days), typed)
    raise BadArgument(
        f"I don't understand the days “{echo(unknown)}”. Say daily, weekdays, weekends, or name them: mon, wed, fri."
    )


def _begun(word: str) -> frozenset[int]:
    """Return the weekdays that begin with a text: "mondays", "mon.", "tues"."""
    begun = word.rstrip(".")
    return frozenset(number for number, name in enumerate(_NAMES) if len(begun) > 1 and name.startswith(begun))


def _spelled_out(span: re.Match[str]) -> str:
    """Spell out a span of weekdays; leave a span of anything else as it is."""
    ends = [number for each in span.groups() for number in _begun(each)]
    if len(ends) != 2:
        return span.group()
    return " ".join(_NAMES[(ends[0] + more) % 7] for more in range((ends[1] - ends[0]) % 7 + 1))


def read_time(typed: str) -> time:
    """Read a time of day. Raises BadArgument with how to say it."""
    words = " ".join(typed.casefold().split())
    if words in _NAMED_TIMES:
        return _NAMED_TIMES[words]
    found = _TIME.fullmatch(words)
    if found:
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif half:
            hour = 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise BadArgument(f"I don't understand the time “{echo(typed)}”. Say it like 09:00, 16:30 or 4:30 pm.")


def read_quiet(typed: str) -> tuple[Days, ...]:
    """Read quiet days, in order; there may be none. Raises BadArgument with how to say it."""
    parts = (part for part in re.split(r"[,;\n]", typed) if part.strip())
    found = sorted(map(_days, parts))
    if len(found) > QUIET_LIMIT:
        raise BadArgument(f"At most {QUIET_LIMIT} quiet days or ranges of days; these are {len(found)}.")
    return tuple(found)


def _days(typed: str) -> Days:
    first, *others = (_date(part, typed) for part in _RANGE.split(typed.strip()))
    if len(others) > 1:
        raise _unknown_date(typed)
    last = others[0] if others else first
    if last < first:
        raise BadArgument(f"The quiet days “{echo(typed)}” end before they begin.")
    if last - first >= timedelta(days=QUIET_DAYS_LIMIT):
        raise BadArgument(f"The quiet days “{echo(typed)}” are more than a year; pause the schedule instead.")
    return Days(first, last)


def _date(typed: str, whole: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise _unknown_date(whole) from None


def _unknown_date(typed: str) -> BadArgument:
    return BadArgument(
        f"I don't understand the quiet days “{echo(typed)}”. Say 2026-12-24, or 2026-12-24 to 2027-01-02."
    )


def days_in_words(weekdays: Collection[int]) -> str:
    """Say weekdays as people do."""
    named = {DAILY: "every day", WORKDAYS: "Monday to Friday", WEEKEND: "Saturday and Sunday"}
    chosen = frozenset(weekdays)
    if chosen in named:
        return named[chosen]
    return listed([WEEKDAYS[number] for number in sorted(chosen)])


def days_as_typed(weekdays: Collection[int]) -> str:
    """Write weekdays as `read_days` reads them."""
    chosen = frozenset(weekdays)
    named = {DAILY: "daily", WORKDAYS: "weekdays", WEEKEND: "weekends"}
    return named.get(chosen) or ", ".join(WEEKDAYS[number] for number in sorted(chosen))


def quiet_as_typed(quiet: Sequence[Days]) -> str:
    """Write quiet days as `read_quiet` reads them, one per line."""
    return "\n".join(map(str, quiet))


def moment_in_words(local: datetime) -> str:
    """Return a local moment with its weekday, date, time and distance from UTC, so that it cannot be mistaken."""
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} ({offset_in_words(local)})"


def offset_in_words(local: datetime) -> str:
    """Return a local moment's distance from UTC: `UTC`, `UTC−05:00`."""
    hours = f"{local:%z}".replace("-", "−")
    return f"UTC{hours[:3]}:{hours[3:5]}" if local.utcoffset() else "UTC"


def listed(words: Sequence[str]) -> str:
    """Join words with commas and an "and"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def day_completions(typed: str) -> tuple[str, ...]:
    """Return completions for half-typed days, best first: the groups, or one more weekday after the typed ones."""
    before, comma, last = typed.rpartition(",")
    begun = last.strip().casefold()
    names = WEEKDAYS if comma else ("daily", "weekdays", "weekends", *WEEKDAYS)
    whole = _days_or_none(typed) if begun else frozenset()
    taken = _days_or_none(before) if comma else frozenset()
    if comma and not taken:
        return ()
    fitting = [name for name in names if name.casefold().startswith(begun) and not read_days(name) <= taken]
    found = [f"{before.strip()}, {name}" if comma else name for name in fitting]
    if not whole:
        return tuple(found)
    # What is typed is whole already; one more day can follow.
    as_typed = days_as_typed(whole)
    more = [f"{as_typed}, {name}" for number, name in enumerate(WEEKDAYS) if number not in whole]
    return tuple(dict.fromkeys((as_typed, *found, *more)))


def _days_or_none(typed: str) -> frozenset[int]:
    try:
        return read_days(typed)
    except BadArgument:
        return frozenset()
