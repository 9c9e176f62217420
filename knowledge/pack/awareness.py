"""Awareness days: days and months on which the world looks at slavery and violence, each with its source."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from knowledge.pack.files import Fault, PackError, pack_folder, read_yaml, validation_messages

FILE = "awareness_days.yaml"
# One sentence above a fact.
TEXT_LIMIT = 160
# A heading of a post (Discord: 256 characters, resources/message.mdx).
NAME_LIMIT = 100
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Any leap year, so that February 29 exists.
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Evidence:
    """The source for a day: title, publisher, year, and an address if there is one."""

    title: str
    publisher: str
    year: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class AwarenessDay:
    """A day of the year (month, day), or a whole month if `day` is None; `where` says who observes it."""

    id: str
    name: str
    where: str
    text: str
    source: Evidence
    month: int
    day: int | None = None

    @property
    def begins(self) -> tuple[int, int]:
        """The day, or the first of the month."""
        return self.month, self.day or 1

    def next(self, today: date) -> date:
        """Return when it next is or begins, today included."""
        year = today.year if self.begins >= (today.month, today.day) else today.year + 1
        return date(year, *self.begins)


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _is_slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise ValueError("has to be lower-case words with hyphens")
    return value


def _is_address(value: str) -> str:
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname:
        raise ValueError("is not an http(s) address")
    return value


def _is_day(value: str) -> str:
    try:
        date.fromisoformat(f"{_LEAP_YEAR}-{value}")
    except ValueError:
        raise ValueError('is not a day of the year; write it "month-day", as in "07-30"') from None
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Evidence(_Strict):
    title: _Text
    publisher: _Text
    year: int
    url: Annotated[_Text, AfterValidator(_is_address)] | None = None


class _Day(_Strict):
    id: Annotated[_Text, AfterValidator(_is_slug)]
    name: Annotated[_Text, Field(max_length=NAME_LIMIT)]
    where: _Text
    text: Annotated[_Text, Field(max_length=TEXT_LIMIT)]
    source: _Evidence
    day: Annotated[_Text, AfterValidator(_is_day)] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None

    @model_validator(mode="after")
    def _either(self) -> "_Day":
        if (self.day is None) == (self.month is None):
            raise ValueError("has either a `day` or a `month`")
        return self


def load_awareness_days(folder: Path) -> tuple[AwarenessDay, ...]:
    """Return the awareness days of the pack in a folder, in the order of the year; none if it has no such file.

    Raises PackError with every fault.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        read = TypeAdapter(list[_Day]).validate_python(read_yaml(path))
    except ValidationError as error:
        raise PackError(Fault(FILE, place, message) for place, message in validation_messages(error)) from error
    twice = [each.id for place, each in enumerate(read) if each.id in {other.id for other in read[:place]}]
    if twice:
        raise PackError(Fault(FILE, each, "this id is given twice") for each in twice)
    return tuple(sorted((_day(each) for each in read), key=lambda each: (each.begins, each.day is not None, each.id)))


@cache
def awareness_days() -> tuple[AwarenessDay, ...]:
    """Return the awareness days that ship with the bot."""
    return load_awareness_days(pack_folder())


def awareness_faults(folder: Path) -> Iterator[Fault]:
    """Return every fault in the awareness days of a pack."""
    try:
        load_awareness_days(folder)
    except PackError as error:
        yield from error.faults


def _day(read: _Day) -> AwarenessDay:
    month, day = (read.month or 1, None) if read.day is None else (int(read.day[:2]), int(read.day[3:]))
    source = Evidence(read.source.title, read.source.publisher, read.source.year, read.source.url)
    return AwarenessDay(read.id, read.name, read.where, read.text, source, month, day)
