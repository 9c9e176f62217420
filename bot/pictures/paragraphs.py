"""Setting a text in even lines, as large as the room allows, with breaks where Unicode allows them."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from uniseg.linebreak import line_break_units

from bot.pictures.direction import runs_leftwards
from bot.pictures.renderer import TooLong
from bot.pictures.shaping import Shaped, shaped
from bot.pictures.typefaces import Weight, clusters

# From one baseline to the next, in ems; large type looks better closer together.
LEADING = 1.34
TIGHT_LEADING = 1.22
# Above this size type counts as large.
LARGE = 44
# How far a line reaches above and below its baseline at least, in ems: capitals, and the tails of letters.
ASCENT = 0.74
DESCENT = 0.22
# The part of a text's length that is left at least when the spaces at the ends of lines are gone.
SOLID = 0.95
# How far the ink of a letter may reach over its end, in ems.
OVERHANG = 0.06
# Between the ink of two lines, in pixels, whatever stands on top of or below their letters.
CLEARANCE = 2
# Texts whose places to break are remembered while sizes are tried.
TEXTS_LIMIT = 200
# What a number is made of, which is not parted if it can be helped.
_NUMERIC = frozenset("0123456789.,%")
_WORD = re.compile(r"(?:(?<! ) ++)?[^ ]++ *+")
# Characters that control direction could make a name read as another one.
_CONTROLS = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class Line:
    """A shaped line at its place: `start` in the text, `baseline` in pixels below the paragraph's top."""

    shape: Shaped
    start: int
    baseline: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text set in a size: its lines and the room that they take, in pixels. `leftwards` ones hang at the right."""

    text: str
    size: int
    lines: tuple[Line, ...]
    width: int
    height: int
    leftwards: bool


def cleaned(text: str) -> str:
    """Return a text ready to set: composed, on one line, without control characters."""
    composed = unicodedata.normalize("NFC", _CONTROLS.sub("", text))
    kept = (" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in composed)
    return " ".join("".join(kept).split())


def fitted(text: str, weight: Weight, width: int, height: int, sizes: range) -> Paragraph:
    """Return the text at the first of the sizes at which it fits, with lines of about the same length.

    Raises TooLong if it fits at none.
    """
    for size in sizes:
        paragraph = _set(text, weight, size, width, height)
        if paragraph is not None:
            return _even(paragraph, weight)
    raise TooLong(f"{len(text)} characters do not fit into {width} x {height} pixels at {sizes[-1]} pixels")


def _set(text: str, weight: Weight, size: int, width: int, height: int) -> Paragraph | None:
    """Return the text in lines of at most that width, or None if it does not fit."""
    leading = size * (TIGHT_LEADING if size > LARGE else LEADING)
    least = shaped(text, weight).advance * size / width * SOLID
    if (least - 1) * leading > height:
        return None
    pieces = list(_broken(text, weight, size, width))
    if (len(pieces) - 1) * leading + size * (ASCENT + DESCENT) > height:
        return None
    leftwards = runs_leftwards(text)
    lines: list[Line] = []
    baseline, below, widest = 0.0, 0.0, 0.0
    for start, piece in pieces:
        shape = shaped(piece, weight, leftwards=leftwards)
        widest = max(widest, shape.width * size)
        if lines:
            baseline += max(leading, below + shape.top * size + CLEARANCE)
        else:
            baseline = max(shape.top, ASCENT) * size
        below = -shape.bottom * size
        lines.append(Line(shape, start, math.ceil(baseline)))
    paragraph = Paragraph(
        text, size, tuple(lines), math.ceil(widest), math.ceil(baseline + max(below, size * DESCENT)) + 1, leftwards
    )
    return paragraph if paragraph.width <= width and paragraph.height <= height else None


def _even(paragraph: Paragraph, weight: Weight) -> Paragraph:
    """Set the same number of lines as narrow as they can be, so that none is much shorter than the others."""
    least, most = 1, paragraph.width
    while least < most:
        middle = (least + most) // 2
        narrower = _set(paragraph.text, weight, paragraph.size, middle, paragraph.height)
        if narrower is not None and len(narrower.lines) == len(paragraph.lines):
            paragraph, most = narrower, middle
        else:
            least = middle + 1
    return paragraph


def _broken(text: str, weight: Weight, size: int, width: int) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text, each with its place in it; a word that is too long for a line comes in parts."""
    # A line's ink may reach a little over its end.
    room = width / size - OVERHANG
    start, at, filled = 0, 0, 0.0
    for unit in _units(text, weight, room):
        if at > start and filled + shaped(unit.rstrip(), weight).advance > room:
            yield start, text[start:at].rstrip()
            start, filled = at, 0.0
        at += len(unit)
        filled += shaped(unit, weight).advance
    if at > start:
        yield start, text[start:at].rstrip()


def _units(text: str, weight: Weight, room: float) -> Iterator[str]:
    """Yield what stays together on a line: words, and of a word that is wider than a line its numbers and signs."""
    for word in _words(text):
        if shaped(word.rstrip(), weight).advance <= room:
            yield word
            continue
        for is_number, signs in groupby(clusters(word), _NUMERIC.__contains__):
            parts = tuple(signs)
            number = "".join(parts)
            yield from (number,) if is_number and shaped(number, weight).advance <= room else parts


@lru_cache(TEXTS_LIMIT)
def _words(text: str) -> tuple[str, ...]:
    """Where a line may end: behind each space, and where Unicode allows it inside what is no plain word (UAX #14)."""
    found: list[str] = []
    for word in _WORD.findall(text):
        # The library takes its time, which plain words need not.
        found += [word] if word.isascii() and word.rstrip().isalnum() else line_break_units(word)
    return tuple(found)
