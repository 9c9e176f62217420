"""From a line of text to the glyphs that show it, measured in ems, so that a size can be chosen afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb

from bot.pictures.direction import in_sight, levels
from bot.pictures.typefaces import Typeface, Weight, font, main, typefaces_of

# Lines whose shapes are remembered, for the search of a size that fits tries many.
LINES_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Glyph:
    """One shape of a font at its place on the line; `at` is the place in the text of the sign that it stands for."""

    typeface: Typeface
    weight: Weight
    number: int
    x: float
    y: float
    at: int


@dataclass(frozen=True, slots=True)
class Shaped:
    """A line in ems: its glyphs, its advance, and how far its ink reaches from its origin (upwards is positive)."""

    text: str
    glyphs: tuple[Glyph, ...]
    advance: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def width(self) -> float:
        """The room that it needs, from its origin or its leftmost ink to its end or its rightmost ink."""
        return max(self.advance, self.right) - min(0.0, self.left)


@lru_cache(LINES_LIMIT)
def shaped(text: str, weight: Weight, *, leftwards: bool = False) -> Shaped:
    """Return the glyphs of one line. What no typeface has is a box, as fonts show it."""
    glyphs: list[Glyph] = []
    left = right = top = bottom = 0.0
    pen = 0.0
    for start, piece, typeface, level in in_sight([(run[3], run) for run in _runs(text, leftwards)]):
        buffer = hb.Buffer()
        buffer.add_str(piece)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if level % 2 else "ltr"
        used = font(typeface, weight)
        hb.shape(used, buffer)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            x, y = pen + position.x_offset / typeface.em, position.y_offset / typeface.em
            glyphs.append(Glyph(typeface, weight, info.codepoint, x, y, start + info.cluster))
            ink = used.get_glyph_extents(info.codepoint)
            if ink is not None and ink.width:
                left = min(left, x + ink.x_bearing / typeface.em)
                right = max(right, x + (ink.x_bearing + ink.width) / typeface.em)
                top = max(top, y + ink.y_bearing / typeface.em)
                bottom = min(bottom, y + (ink.y_bearing + ink.height) / typeface.em)
            pen += position.x_advance / typeface.em
    return Shaped(text, tuple(glyphs), pen, left, right, top, bottom)


def _runs(text: str, leftwards: bool) -> Iterator[tuple[int, str, Typeface, int]]:
    """Yield the text in pieces of one typeface and one level: where each begins, what it is, and both."""
    resolved = levels(text, leftwards=leftwards)
    start, at = 0, 0
    before: tuple[Typeface, int] | None = None
    for cluster, typeface in typefaces_of(text):
        here = (typeface or main(), resolved[at])
        if before is not None and here != before:
            yield start, text[start:at], *before
            start = at
        before = here
        at += len(cluster)
    if before is not None:
        yield start, text[start:], *before
