"""Places that a sentence names: cities, countries and regions of the world, and which lies within which."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How large a place is."""

    CITY = "city"
    COUNTRY = "country"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its everyday name, with its article where it has one (`the Philippines`)."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Named:
    """Where a text names a place: from `start` up to, but without, `end`."""

    place: Place
    start: int
    end: int


class Atlas:
    """The places that are known.

    `regions` has the countries by region of a continent, `cities` the country of each city.
    """

    def __init__(self, regions: Mapping[str, Mapping[str, list[str]]], cities: Mapping[str, str]) -> None:
        self._within: dict[str, str] = dict(cities)
        self._places: dict[str, Place] = {}
        for continent, parts in regions.items():
            self._add(continent, Kind.REGION)
            for part, countries in parts.items():
                self._add(part, Kind.REGION, continent)
                for country in countries:
                    self._add(country, Kind.COUNTRY, part)
        for city in cities:
            self._add(city, Kind.CITY)
        # The longest first, so that Guatemala City is not Guatemala.
        bare = sorted((_bare(name) for name in self._places), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w-])((?:[Tt]he )?)({'|'.join(map(re.escape, bare))})(?![\w-])")
        self._by_bare = {_bare(name): place for name, place in self._places.items()}

    def _add(self, name: str, kind: Kind, within: str | None = None) -> None:
        self._places[name] = Place(name, kind)
        if within is not None:
            self._within[name] = within

    def named(self, text: str) -> tuple[Named, ...]:
        """The places that a text names, in its order. An article counts as part of a name that has one."""
        return tuple(self._named(text))

    def _named(self, text: str) -> Iterator[Named]:
        for found in self._pattern.finditer(text):
            place = self._by_bare[found[2]]
            start = found.start() if place.name != found[2] else found.start(2)
            yield Named(place, start, found.end())

    def overlap(self, one: Place, other: Place) -> bool:
        """Whether one of two places lies within the other, or they are the same."""
        return one.name in self._chain(other.name) or other.name in self._chain(one.name)

    def _chain(self, name: str) -> Iterator[str]:
        """A place's name, and those of all that it lies within."""
        within: str | None = name
        while within is not None:
            yield within
            within = self._within.get(within)


def _bare(name: str) -> str:
    return name.removeprefix("the ")
