"""A fact as a picture that a chapter can put into a story or on a slide, with the fact's year and source."""

import re
from dataclasses import dataclass, replace

from bot.pictures.layout import Area, Layout, PlacedParagraph
from bot.pictures.palette import AMBER, MIST, NIGHT, PAPER, RULE
from bot.pictures.paragraphs import Paragraph, cleaned, fitted
from bot.pictures.renderer import FactPicture, Shape, TooLong
from bot.pictures.typefaces import Weight, drawable

# Nothing on a picture is smaller than this, in pixels.
SMALLEST = 28
# The short bar at the top, and the thickness of the line above the source, in pixels.
MARK = (72, 8)
RULE_HEIGHT = 2
# Between that bar and the name at least.
NAME_GAP = 14
# A number with what belongs to it, as it stands out in the sentence.
_FIGURE = re.compile(
    r"[$€£₹]?\d+(?:[.,]\d+)*(?:\s?%|\+|\s(?:percent|thousand|million|billion|trillion)\b)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A plan of a picture, in pixels: its margin, the gap between its parts, and the sizes to be tried."""

    margin: int
    gap: int
    largest: int
    year: int
    name: int


_PLANS = {
    Shape.SQUARE: (_Plan(88, 56, 92, 84, 36), _Plan(88, 40, 48, 48, 28), _Plan(48, 20, 40, 28, 28)),
    Shape.WIDE: (_Plan(68, 46, 76, 68, 32), _Plan(64, 24, 44, 40, 28), _Plan(36, 12, 36, 28, 28)),
}


def layout_of(picture: FactPicture, shape: Shape) -> Layout:
    """Lay out a picture in the largest type that fits. Raises TooLong if none does."""
    generous, closer, dense = _PLANS[shape]
    whole, brief = picture.source, f"Source: {picture.document}"
    tries = [(whole, generous), (whole, closer), (brief, generous), (brief, closer), (whole, dense), (brief, dense)]
    for shown, source, plan in (*((picture, *each) for each in tries), (replace(picture, community=""), brief, dense)):
        try:
            return _laid_out(shown, source, shape, plan)
        except TooLong:
            continue
    raise TooLong("there is too much text for a picture")


def _laid_out(picture: FactPicture, source: str, shape: Shape, plan: _Plan) -> Layout:
    """Lay out the name above, the year and source below, and the fact in the middle. Raises TooLong."""
    width, height = shape.size
    left, right = plan.margin, width - plan.margin
    mark = Area(left, plan.margin, left + MARK[0], plan.margin + MARK[1], AMBER)
    name = _name(picture.community, plan, right - left, height // 4)
    above = [PlacedParagraph(name, left, mark.bottom + max(plan.gap // 2, NAME_GAP), MIST)] if name else []
    top = (above[0].bottom if above else mark.bottom) + plan.gap
    below, rule = _foot(picture.year, source, plan, (left, right), height - plan.margin)
    space = rule.top - plan.gap - top
    text = cleaned(picture.text)
    fact = fitted(text, Weight.SEMIBOLD, right - left, space, range(plan.largest, SMALLEST - 1, -2))
    begin = right - fact.width if fact.leftwards else left
    middle = PlacedParagraph(fact, begin, top + (space - fact.height) // 2, PAPER, AMBER, _figures(text, picture.year))
    return Layout(width, height, plan.margin, NIGHT, (mark, rule), (*above, middle, *below))


def _name(community: str, plan: _Plan, width: int, height: int) -> Paragraph | None:
    """Return the community's name as far as it can be shown; None without a name, or if it fills the picture."""
    name = cleaned(drawable(cleaned(community)))
    try:
        return fitted(name, Weight.SEMIBOLD, width, height, range(plan.name, SMALLEST - 1, -2)) if name else None
    except TooLong:
        return None


def _foot(
    year: int | None, source: str, plan: _Plan, sides: tuple[int, int], bottom: int
) -> tuple[list[PlacedParagraph], Area]:
    """Return the year, if there is one, with the source beside it, standing on the bottom; and the rule above them."""
    left, right = sides
    gap = plan.gap * 2 // 3
    if year is None:
        told = fitted(cleaned(source), Weight.REGULAR, right - left, bottom // 2, range(SMALLEST, SMALLEST + 1))
        top = bottom - told.height
        return [PlacedParagraph(told, left, top, MIST)], Area(left, top - gap - RULE_HEIGHT, right, top - gap, RULE)
    dated = fitted(str(year), Weight.BOLD, right - left, bottom, range(plan.year, plan.year + 1))
    beside = left + dated.width + gap
    told = fitted(cleaned(source), Weight.REGULAR, right - beside, bottom // 2, range(SMALLEST, SMALLEST + 1))
    top = bottom - max(told.height, dated.height)
    lower = max(0, (dated.height - told.height) // 2)
    rule = Area(left, top - gap - RULE_HEIGHT, right, top - gap, RULE)
    return [PlacedParagraph(dated, left, top, AMBER), PlacedParagraph(told, beside, top + lower, MIST)], rule


def _figures(text: str, year: int | None) -> frozenset[int]:
    """Return the places of the signs of all figures but the year."""
    found = (match for match in _FIGURE.finditer(text) if match.group() != str(year))
    return frozenset(place for match in found for place in range(match.start(), match.end()))
