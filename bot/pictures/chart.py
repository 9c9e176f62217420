"""Counts by week as a chart: stacked bars with their totals, and in words what each color is."""

from collections.abc import Sequence

from bot.pictures.layout import Area, Layout, PlacedParagraph
from bot.pictures.palette import AMBER, MIST, NIGHT, PAPER, ROSE, RULE, SKY, Color
from bot.pictures.paragraphs import Paragraph, cleaned, fitted
from bot.pictures.renderer import Bar, Chart, TooLong
from bot.pictures.typefaces import Weight, drawable

WIDTH, HEIGHT, MARGIN = 1200, 675, 64
# Sizes of type, in pixels; nothing is smaller than the last.
TITLE, SMALL = 44, 28
# Between bars, as a part of the room that one has; and between the parts of the chart, in pixels.
GUTTER = 0.28
GAP = 24
SWATCH = 24
PART_GAP = 2
# How much height the community's name may take.
NAME_HEIGHT = 80
# The colors of the parts of a bar, from the lowest to the highest.
COLOURS: tuple[Color, ...] = (SKY, ROSE, AMBER)
# From here on totals are written in thousands, and in millions.
THOUSANDS = 10_000
MILLIONS = 1_000_000


def layout_of(chart: Chart) -> Layout:
    """Lay out the chart. Every second bar has a label, from the last one on, because a label is as wide as two bars."""
    words = _name(chart.community)
    top = words[0].bottom + GAP // 2 if words else MARGIN
    words.append(PlacedParagraph(_text(chart.title, Weight.SEMIBOLD, TITLE), MARGIN, top, PAPER))
    swatches, legend = _legend(chart.parts, words[-1].bottom + GAP)
    words += legend
    bottom = HEIGHT - MARGIN - _text("0", Weight.REGULAR, SMALL).height - GAP // 2
    areas, labels = _bars(chart.bars, legend[0].bottom + GAP, bottom)
    base = Area(MARGIN, bottom, WIDTH - MARGIN, bottom + 2, RULE)
    return Layout(WIDTH, HEIGHT, MARGIN, NIGHT, (*swatches, *areas, base), (*words, *labels))


def _name(community: str) -> list[PlacedParagraph]:
    """Return the community's name on top, if it has one that takes no more than two lines."""
    name = cleaned(drawable(cleaned(community)))
    try:
        told = fitted(name, Weight.SEMIBOLD, WIDTH - 2 * MARGIN, NAME_HEIGHT, range(SMALL, SMALL + 1))
    except TooLong:
        return []
    return [PlacedParagraph(told, MARGIN, MARGIN, MIST)] if told.lines else []


def _legend(parts: Sequence[str], top: int) -> tuple[list[Area], list[PlacedParagraph]]:
    """Return a square of each color with its meaning."""
    areas: list[Area] = []
    words: list[PlacedParagraph] = []
    left = MARGIN
    for part, color in zip(parts, COLOURS, strict=True):
        told = _text(part, Weight.REGULAR, SMALL)
        # Its foot stands on the words' baseline.
        foot = top + told.lines[0].baseline + 2
        areas.append(Area(left, foot - SWATCH, left + SWATCH, foot, color))
        words.append(PlacedParagraph(told, left + SWATCH + GAP // 2, top, MIST))
        left = words[-1].left + told.width + 2 * GAP
    return areas, words


def _bars(bars: Sequence[Bar], top: int, bottom: int) -> tuple[list[Area], list[PlacedParagraph]]:
    """Return the bars with their totals on top and labels below; a count above zero is at least one pixel high."""
    areas: list[Area] = []
    words: list[PlacedParagraph] = []
    room = (WIDTH - 2 * MARGIN) / len(bars)
    highest = max((bar.total for bar in bars), default=0)
    unit = (bottom - top - _text("0", Weight.SEMIBOLD, SMALL).height - GAP // 2) / max(1, highest)
    for place, bar in enumerate(bars):
        left, right = MARGIN + room * (place + GUTTER / 2), MARGIN + room * (place + 1 - GUTTER / 2)
        middle = (left + right) / 2
        reached = bottom
        for count, color in zip(bar.parts, COLOURS, strict=True):
            height = max(1, round(count * unit)) if count else 0
            # A part is separated from the one below, unless little of it would be left.
            gap = PART_GAP if reached < bottom and height > 2 * PART_GAP else 0
            areas += [Area(round(left), reached - height, round(right), reached - gap, color)] if height else []
            reached -= height
        if bar.total:
            total = _text(_short(bar.total), Weight.SEMIBOLD, SMALL)
            words.append(PlacedParagraph(total, round(middle - total.width / 2), reached - total.height - 4, PAPER))
        if (len(bars) - 1 - place) % 2 == 0:
            label = _text(bar.label, Weight.REGULAR, SMALL)
            words.append(PlacedParagraph(label, _inside(middle, label), bottom + GAP // 2, MIST))
    return areas, words


def _inside(middle: float, label: Paragraph) -> int:
    """Return where a label begins: centered on its bar, but not in the margin."""
    return max(MARGIN, min(round(middle - label.width / 2), WIDTH - MARGIN - label.width))


def _short(total: int) -> str:
    if total < THOUSANDS:
        return f"{total:,}"
    return f"{total // 1_000}k" if total < MILLIONS else f"{total // MILLIONS}M"


def _text(text: str, weight: Weight, size: int) -> Paragraph:
    return fitted(text, weight, WIDTH - 2 * MARGIN, HEIGHT, range(size, size + 1))
