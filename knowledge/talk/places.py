"""Whether a message asks if IJM works in a country, and which countries it names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from knowledge.pack.files import read_yaml
from knowledge.pack.model import Entry
from knowledge.plain.text import spoken

# The entry that lists the countries.
WHERE = "where-ijm-works"
# "us" is a pronoun unless it is written as a country.
_US = re.compile(r"\bU\.?S\.?(?:A\.?)?(?![\w.])")
# No name of a country has more words.
_WORDS_LIMIT = 6


@dataclass(frozen=True, slots=True)
class Country:
    """A country as it is written in a sentence, with its code, and the region that a list may name in its place."""

    code: str
    name: str
    region: str = ""


def asked_about(text: str) -> tuple[Country, ...]:
    """Return the countries of which a message asks whether IJM works there; none if it asks anything else."""
    table = _table()
    rest = spoken(_US.sub(" america ", text))
    found: dict[str, Country] = {}
    left: list[str] = []
    place = 0
    while place < len(rest):
        sizes = range(min(_WORDS_LIMIT, len(rest) - place), 0, -1)
        country, size = next(
            ((named, size) for size in sizes if (named := table.named(rest[place : place + size]))), (None, 1)
        )
        if country is None:
            left.append(rest[place])
        else:
            found[country.code] = country
        place += size
    asked = table.asking.issuperset(left) and (not table.subjects.isdisjoint(left) or table.bare.issuperset(left))
    return tuple(found.values()) if asked else ()


def sentence(country: Country, entry: Entry) -> str:
    """Say whether a country is on the list in an entry's answer."""
    name = country.name[0].upper() + country.name[1:]
    listed = spoken(entry.answer)
    if _within(spoken(country.name.removeprefix("the ")), listed):
        return f"{name} is on the sheet's list."
    if country.region and _within(spoken(country.region), listed):
        return f"{name} is not named on the sheet's list, but {country.region} is."
    return f"{name} is not on the sheet's list."


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[start : start + len(part)] == part for start in range(len(whole) - len(part) + 1))


@dataclass(frozen=True, slots=True)
class _Table:
    names: dict[str, Country]
    asking: frozenset[str]
    subjects: frozenset[str]
    bare: frozenset[str]

    def named(self, words: tuple[str, ...]) -> Country | None:
        return self.names.get(" ".join(words))


@cache
def _table() -> _Table:
    read = read_yaml(Path(__file__).with_suffix(".yaml"))
    regions = {code: region for region, codes in read["regions"].items() for code in codes}
    names: dict[str, Country] = {}
    own: dict[str, Country] = {}
    # pycountry takes some 20 ms, which only the first question that may be about a country waits for.
    for each in import_module("pycountry").countries:
        code = each.alpha_2
        written = read["shown"].get(code) or getattr(each, "common_name", each.name).partition(",")[0]
        country = Country(code, f"the {written}" if code in read["articles"] else written, regions.get(code, ""))
        names |= dict.fromkeys(_keys(each.name, written), country)
        own |= dict.fromkeys(_keys(*read["names"].get(code, ())), country)
    asking = frozenset(word for line in read["asking"] for word in line.split())
    return _Table(names | own, asking, frozenset(read["subjects"].split()), frozenset(read["bare"].split()))


def _keys(*written: str) -> Iterable[str]:
    """How names are looked up: their plain words, without what follows a comma."""
    return (" ".join(spoken(name.partition(",")[0])) for name in written)
