"""Time zones by the names of the IANA database, the way people look for them: by city, in any case."""

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.chat.replies import echo
from bot.commands.declarations import NEAR, BadArgument
from bot.schedules.timewords import offset_in_words

# Offered before anything is typed: one for each zone of the United States, where most chapters are, and large cities
# elsewhere.
_OFTEN = (
    *(f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Phoenix", "Los_Angeles", "Anchorage")),
    *("Pacific/Honolulu", "America/Toronto", "America/Guatemala", "America/Bogota", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Berlin", "Africa/Accra", "Africa/Nairobi", "Asia/Kolkata", "Asia/Manila"),
    *("Australia/Sydney", "UTC"),
)
# Names with a slash that are not places.
_NO_PLACES = ("Etc/", "SystemV/", "posix/", "right/")
# What people in the United States call their zones. The database's own EST and MST know no daylight saving.
_SPOKEN = {
    **dict.fromkeys(("et", "est", "edt", "eastern"), "America/New_York"),
    **dict.fromkeys(("ct", "cst", "cdt", "central"), "America/Chicago"),
    **dict.fromkeys(("mt", "mst", "mdt", "mountain"), "America/Denver"),
    **dict.fromkeys(("pt", "pst", "pdt", "pacific"), "America/Los_Angeles"),
}


@cache
def _names() -> tuple[str, ...]:
    there = (name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACES))
    return (*sorted(there), "UTC")


def read_zone(typed: str) -> str:
    """Read a zone: its name in any case, a city if only one zone is named after it, or a spoken name.

    Raises BadArgument with the nearest names.
    """
    asked = _plain(typed)
    if asked in _SPOKEN:
        return _SPOKEN[asked]
    cities: dict[str, list[str]] = {}
    for name in _names():
        if _plain(name) == asked:
            return name
        cities.setdefault(_city(name), []).append(name)
    near = cities.get(asked, [])
    if len(near) == 1:
        return near[0]
    if not near:
        near = [name for name in _names() if asked and asked in _plain(name)]
    if not near:
        alike = get_close_matches(asked.rpartition("/")[2], cities, n=3, cutoff=NEAR)
        near = [cities[city][0] for city in alike]
    hint = f"Near it: {', '.join(near[:5])}." if near else "Say it like America/New_York or Europe/London."
    raise BadArgument(f"I don't know the time zone “{echo(typed)}”. {hint}")


def zone_completions(typed: str, now: datetime, known: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return labels (with the current distance from UTC) and names of the zones that half-typed words may mean, best
    first. `known` are those that the community already uses.
    """
    asked = _plain(typed)
    first = dict.fromkeys((*known, *_OFTEN))
    names = first if not asked else dict.fromkeys((*first, *_names()))
    found = [name for name in names if asked in _plain(name)]
    found.sort(key=lambda name: (not _city(name).startswith(asked), not _plain(name).startswith(asked)))
    return tuple((f"{name} ({offset_in_words(now.astimezone(ZoneInfo(name)))})", name) for name in found)


def _plain(name: str) -> str:
    return "_".join(name.strip().casefold().replace("_", " ").split())


def _city(name: str) -> str:
    return _plain(name).rpartition("/")[2]
