"""Figures in sentences: which can be asked for, and others of the same kind, size and form."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from knowledge.plain.phones import phone_spans

# How far another figure may be from the right one (as shares of it), and how far it is at least, so that nobody has to
# tell 79% from 80%. A small one may be a few steps further, so that there are enough.
LOWEST, HIGHEST, APART = Decimal("0.3"), Decimal("2.5"), Decimal("0.15")
STEPS_ABOVE = 8
# A figure is a whole number of steps: 2,400 is 24 hundreds. With fewer steps than these, the step is too coarse.
FEWEST_STEPS = 4

_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_FIGURE = re.compile(
    r"(?<![\w.,/:§#$€£@+–-])(?P<sign>[$€£]?)(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    rf"(?P<scale> (?:{'|'.join(_SCALES)})\b)?(?P<percent>%| percent\b)?(?![\w/:–-]|[.,]\d)"
)
_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "decade": 10,
    "eleven": 11,
    "twelve": 12,
    "dozen": 12,
    "twenty": 20,
}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_MONTH = (
    r"(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# Digits that date, name or compare something, so that no other could stand in their place.
_NO_AMOUNT = re.compile(
    rf"\b{_MONTH}\.? \d+|(?<!\d)\d++ (?:of )?{_MONTH}\b|(?<!\d)\d++ ?(?:a\.?m\b|p\.?m\b|o'clock)"
    r"|\b(?:Act|Article|Chapter|Day|Goal|No\.|Number|Page|Part|Phase|Resolution|Room|Rule|Section|Title) \d+"
    r"|(?<!\d)\d++ (?:in|of|out of|out of every|to|and|or) \d+|(?<!\d)\d++ U\.S\.C|\([^()]*+\)|https?://\S+",
    re.IGNORECASE,
)
_YEARS = range(1900, 2101)
# Longer numbers are no figures that anybody would guess.
_MOST = 10**12
# As many are looked at to find a few that are far enough apart.
_LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Amount:
    """What a figure amounts to, however it is written: 2 million is 2,000,000."""

    sign: str
    value: Decimal
    percent: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a text, from `start` up to, but without, `end`. `steps` are its digits as one whole number."""

    start: int
    end: int
    sign: str
    number: str
    decimals: int
    scale: str
    percent: str

    @property
    def steps(self) -> int:
        """Its digits, the decimals too, as a whole number."""
        return int(re.sub(r"\D", "", self.number))

    @property
    def amount(self) -> Amount:
        """What it amounts to."""
        return self._amount(self.steps)

    def _amount(self, steps: int) -> Amount:
        value = Decimal(steps).scaleb(-self.decimals) * _SCALES.get(self.scale.strip(), 1)
        return Amount(self.sign, value.normalize(), bool(self.percent))

    def written(self, steps: int) -> str:
        """Another figure, written as this one is."""
        whole = Decimal(steps).scaleb(-self.decimals)
        commas = "," in self.number or self.steps < 1_000 * 10**self.decimals
        number = f"{whole:,.{self.decimals}f}" if commas else f"{whole:.{self.decimals}f}"
        return f"{self.sign}{number}{self.scale}{self.percent}"

    def others(self, taken: Set[Amount], choice: Random, count: int) -> tuple[str, ...]:
        """Other figures of the same kind, size and form, none of them `taken`; none at all if there are too few."""
        step = _step(self.steps)
        apart = max(step, int(self.steps * APART))
        highest = max(int(self.steps * HIGHEST), self.steps + STEPS_ABOVE * step)
        whole = 100 * 10**self.decimals
        if self.percent and self.steps <= whole:
            # A share of something; all of it would stand out.
            highest = min(highest, whole - step)
        first = -(-int(self.steps * LOWEST) // step) * step
        possible = range(max(first, step), highest + 1, step)
        free = [
            steps
            for steps in choice.sample(possible, min(len(possible), _LOOKED_AT))
            if abs(steps - self.steps) >= apart and steps > 10**self.decimals and self._amount(steps) not in taken
        ]
        below = _spread((steps for steps in free if steps < self.steps), apart, count)
        above = _spread((steps for steps in free if steps > self.steps), apart, count)
        splits = [low for low in range(count + 1) if low <= len(below) and count - low <= len(above)]
        if not splits:
            return ()
        # The right one is as often the least as the greatest, as far as there is room.
        low = choice.choice(splits)
        return tuple(self.written(steps) for steps in sorted((*below[:low], *above[: count - low])))


def askable(text: str, year: int) -> tuple[Figure, ...]:
    """The figures of a sentence that another could stand for: not a year, a date, a phone number, a part of a name,
    nor one that can be read off from the rest of the sentence."""
    found_all = list(_figures(text))
    written = [text[figure.start : figure.end] for figure in found_all]
    spans = [*phone_spans(text), *(found.span() for found in _NO_AMOUNT.finditer(text))]
    return tuple(
        figure
        for figure, as_written in zip(found_all, written, strict=True)
        if 10**figure.decimals < figure.steps < _MOST
        and not _is_year(figure, year)
        and not any(start < figure.end and figure.start < end for start, end in spans)
        and written.count(as_written) == 1
        # "4 outcomes: rescue …" can be counted.
        and ":" not in text[figure.end :]
    )


def amounts(text: str) -> frozenset[Amount]:
    """All that a text states in digits, and the small numbers that it states in words."""
    words = (Amount("", Decimal(_WORDS[found.group().lower()]), percent=False) for found in _WORD.finditer(text))
    return frozenset((*(figure.amount for figure in _figures(text)), *words))


def _figures(text: str) -> Iterator[Figure]:
    for found in _FIGURE.finditer(text):
        sign, number, decimals, scale, percent = (found[name] or "" for name in found.groupdict())
        places = max(0, len(decimals) - 1)
        yield Figure(found.start(), found.end(), sign, f"{number}{decimals}", places, scale, percent)


def _is_year(figure: Figure, year: int) -> bool:
    bare = not (figure.sign or figure.scale or figure.percent or "," in figure.number or figure.decimals)
    return bare and (figure.steps in _YEARS or figure.steps == year)


def _step(steps: int) -> int:
    """The coarsest round step that a number is made of: 100 for 2,400, 5 for 95, 1 for 79."""
    step = 1
    for power in range(len(str(steps))):
        for each in (10**power, 5 * 10**power):
            if steps % each == 0 and steps // each >= FEWEST_STEPS:
                step = each
    return step


def _spread(mixed: Iterable[int], apart: int, count: int) -> list[int]:
    """The first of the numbers that are at least so far from each other."""
    chosen: list[int] = []
    for steps in mixed:
        if len(chosen) < count and all(abs(steps - other) >= apart for other in chosen):
            chosen.append(steps)
    return chosen
