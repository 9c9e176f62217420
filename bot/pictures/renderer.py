"""What can be drawn, as plain values. The drawing code takes memory, so it is imported for the first picture."""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any


class TooLong(ValueError):  # noqa: N818 (the text is too long, and the message says for what)
    """A text does not fit into its room at the smallest size."""


class Shape(StrEnum):
    """What a picture is for: a square one for a post or story, a wide one for a slide."""

    SQUARE = "square"
    WIDE = "wide"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return (1080, 1080) if self is Shape.SQUARE else (1200, 675)


@dataclass(frozen=True, slots=True)
class FactPicture:
    """What stands on a picture: a fact, its year if it has one, and its document behind the author.

    `section` and `community` may be empty; without room they are left out, in that order.
    """

    text: str
    year: int | None
    document: str
    section: str
    community: str

    @property
    def source(self) -> str:
        """The whole source in words."""
        return f"Source: {self.document}, “{self.section}”" if self.section else f"Source: {self.document}"


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: the label below it, and a count for each part from the lowest to the highest."""

    label: str
    parts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All parts together."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class Chart:
    """The content of a chart: a title, the community's name (may be empty), the parts from the lowest, and the bars."""

    title: str
    community: str
    parts: tuple[str, ...]
    bars: tuple[Bar, ...]


def fact_png(picture: FactPicture, shape: Shape) -> bytes:
    """Return the picture as a PNG. Raises TooLong if it does not fit."""
    return _png(import_module("bot.pictures.fact_picture").layout_of(picture, shape))


def chart_png(chart: Chart) -> bytes:
    """Return the chart as a PNG. Raises TooLong if it does not fit."""
    return _png(import_module("bot.pictures.chart").layout_of(chart))


def _png(layout: Any) -> bytes:
    picture: bytes = import_module("bot.pictures.layout").png(layout)
    return picture
