"""Questions made from facts: the fact's own sentence with its figure or place left out, and others to choose from.

Nothing is worded here: what is asked, and what is right, is what a source says.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from random import Random
from typing import Any

from knowledge.pack.files import Fault, PackError, pack_folder, read_yaml
from knowledge.pack.model import Entry, Fact, Pack
from knowledge.plain.digests import digest
from knowledge.plain.phones import phones
from knowledge.quiz.figures import Amount, Figure, amounts, askable
from knowledge.quiz.places import Atlas, Kind, Named, Place

# What stands where the figure or place was.
BLANK = "_____"
# As many wrong answers as make a guess hard and still fit on a phone beside the right one.
WRONG = 3
# A sentence with more places is a list of them, in which any may be missing.
PLACES_LIMIT = 2
# The share of words that two sentences have in common from which on one gives away the other's answer (0 to 1).
ALIKE = 0.25
# Packs whose questions are kept ready.
PACKS_LIMIT = 64
# Enough of a hash that no two facts of a pack share it, and that a question that has changed is noticed.
_KEY_DIGITS, _STAMP_DIGITS = 8, 4
_WORD = re.compile(r"[\w%$,.]*[\w%]")


@dataclass(frozen=True, slots=True)
class Question:
    """A fact with a blank. `options` are what may stand in it, one of them (`right`, from 0) what does.

    `key` stands for the fact, `stamp` for the blank and the options.
    """

    key: str
    entry: Entry
    fact: Fact
    is_place: bool
    stem: str
    options: tuple[str, ...]
    right: int

    @property
    def answer(self) -> str:
        """What stands in the blank."""
        return self.options[self.right]

    @property
    def stamp(self) -> str:
        """Changes when anything in the question does."""
        return digest("\n".join((self.stem, *self.options)), _STAMP_DIGITS)


@dataclass(frozen=True, slots=True)
class _Taste:
    never: re.Pattern[str]
    hurt: re.Pattern[str]
    done: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Card:
    """A fact that can be asked, with the figures and places that can be left out."""

    key: str
    entry: Entry
    fact: Fact
    figures: tuple[Figure, ...]
    places: tuple[Named, ...]


class Quiz:
    """The questions that a pack's facts give. The same seed gives the same questions in the same order."""

    def __init__(self, pack: Pack) -> None:
        atlas, texts = _atlas(), list(_texts(pack))
        self._stated: frozenset[Amount] = frozenset().union(*(amounts(text) for text in texts))
        named = (each.place for text in texts for each in atlas.named(text))
        self._named = sorted(set(named), key=lambda place: place.name)
        self._texts = {text: frozenset(_words(text)) for text in texts}
        self._cards = {
            card.key: card for entry in pack.entries for fact in entry.facts if (card := _card(entry, fact, atlas))
        }

    def questions(self, seed: str, topic: str | None = None) -> tuple[Question, ...]:
        """The questions of a round, of one topic if given; none gives away another's answer that comes later."""
        cards = [card for card in self._cards.values() if topic in {None, card.entry.topic}]
        asked: list[Question] = []
        for card in _random(seed).sample(cards, len(cards)):
            question = self._question(card, seed)
            if question is not None and not any(self._gives_away(earlier, question) for earlier in asked):
                asked.append(question)
        return tuple(asked)

    def question(self, seed: str, key: str) -> Question | None:
        """The question about a fact, as it is in the round of that seed; None if the fact is not there (any more)."""
        card = self._cards.get(key)
        return None if card is None else self._question(card, seed)

    def _question(self, card: _Card, seed: str) -> Question | None:
        choice = _random(f"{seed} {card.key}")
        blanks: list[Figure | Named] = [*card.figures, *card.places]
        for blank in choice.sample(blanks, len(blanks)):
            made = self._figure(card, blank, choice) if isinstance(blank, Figure) else self._place(card, blank, choice)
            if made is not None:
                return made
        return None

    def _figure(self, card: _Card, figure: Figure, choice: Random) -> Question | None:
        text = card.fact.text
        others = figure.others(self._stated, choice, WRONG)
        if not others:
            return None
        answer, written = text[figure.start : figure.end], figure.written
        in_order = sorted((figure.steps, *_steps(others)))
        options = tuple(answer if steps == figure.steps else written(steps) for steps in in_order)
        return _asked(card, text[: figure.start], text[figure.end :], options, answer, is_place=False)

    def _place(self, card: _Card, named: Named, choice: Random) -> Question | None:
        atlas, text = _atlas(), card.fact.text
        taken = [each.place for other in self._alike(text) for each in atlas.named(other)]
        free = [
            place
            for place in self._named
            if (place.kind is Kind.REGION) == (named.place.kind is Kind.REGION)
            and not any(atlas.overlap(place, other) for other in (named.place, *taken))
        ]
        # Those of the same kind first.
        mixed = sorted(choice.sample(free, len(free)), key=lambda place: place.kind is not named.place.kind)
        if len(mixed) < WRONG:
            return None
        shown = [named.place.name, *(place.name for place in mixed[:WRONG])]
        options = tuple(choice.sample(shown, len(shown)))
        end = named.end + _country_behind(named, text, atlas)
        return _asked(card, text[: named.start], text[end:], options, named.place.name, is_place=True)

    def _alike(self, text: str) -> Iterator[str]:
        """The texts of the pack that may speak of the same thing, the text itself among them."""
        words = self._texts[text]
        return (other for other, its in self._texts.items() if _likeness(words, its) >= ALIKE)

    def _gives_away(self, earlier: Question, later: Question) -> bool:
        alike = _likeness(self._texts[earlier.fact.text], self._texts[later.fact.text]) >= ALIKE
        return alike and _states(earlier.fact.text, later.answer)


@lru_cache(maxsize=PACKS_LIMIT)
def quiz_of(pack: Pack) -> Quiz:
    """The questions of a pack, made once."""
    return Quiz(pack)


def _card(entry: Entry, fact: Fact, atlas: Atlas) -> _Card | None:
    """A fact as it can be asked; None if nothing in it can, or if guessing at it would be tasteless."""
    if not _is_fit(fact.text):
        return None
    source = f"{fact.source.document} {fact.source.section}"
    figures = tuple(each for each in askable(fact.text, fact.year) if fact.text[each.start : each.end] not in source)
    places = tuple(each for each in _blanks(fact, atlas) if not _tells(source, each.place, atlas))
    key = digest(f"{entry.id}\n{fact.text}", _KEY_DIGITS)
    return _Card(key, entry, fact, figures, places) if figures or places else None


def _is_fit(text: str) -> bool:
    taste = _taste()
    if taste.never.search(text) or phones(text):
        return False
    return taste.hurt.search(text) is None or taste.done.search(text) is not None


def _blanks(fact: Fact, atlas: Atlas) -> Iterator[Named]:
    """The places of a sentence that can be left out: those that nothing else in it tells.

    Only beside a figure: that "IJM works in Kenya" is as true of many other places.
    """
    text, named = fact.text, atlas.named(fact.text)
    if len({each.place for each in named}) > PLACES_LIMIT or not askable(text, fact.year):
        return
    for each in named:
        end = each.end + _country_behind(each, text, atlas)
        rest = (other for other in named if other is not each and not each.end <= other.start < end)
        before = named[: named.index(each)]
        is_behind_city = any(other.end + _country_behind(other, text, atlas) >= each.end for other in before)
        if not is_behind_city and not any(atlas.overlap(each.place, other.place) for other in rest):
            yield each


def _country_behind(city: Named, text: str, atlas: Atlas) -> int:
    """How many characters behind a city belong to it: its country, as in "Cebu, the Philippines"."""
    for each in atlas.named(text):
        if text[city.end : each.start] == ", " and atlas.overlap(city.place, each.place):
            return each.end - city.end
    return 0


def _tells(source: str, place: Place, atlas: Atlas) -> bool:
    return any(atlas.overlap(place, each.place) for each in atlas.named(source))


def _asked(card: _Card, before: str, behind: str, options: tuple[str, ...], answer: str, *, is_place: bool) -> Question:
    stem = f"{before}{BLANK}{behind}"
    return Question(card.key, card.entry, card.fact, is_place, stem, options, options.index(answer))


def _texts(pack: Pack) -> Iterator[str]:
    """All that a pack says."""
    for entry in pack.entries:
        yield entry.answer
        yield from (fact.text for fact in entry.facts)


def _states(text: str, answer: str) -> bool:
    """Whether a text has an answer in it, not as a part of a longer figure or name."""
    return re.search(rf"(?<![\w.,]){re.escape(answer)}(?![\w%]|[.,]\d)", text) is not None


def _steps(written: Iterable[str]) -> Iterator[int]:
    return (int(re.sub(r"\D", "", figure)) for figure in written)


def _words(text: str) -> Iterator[str]:
    return (found.group().lower() for found in _WORD.finditer(text))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _random(seed: str) -> Random:
    return Random(seed)  # noqa: S311 (the order of questions is no secret)


@cache
def _taste() -> _Taste:
    content = _content()
    return _Taste(*(_beginnings(content[name]) for name in ("never", "hurt", "done")))


@cache
def _atlas() -> Atlas:
    content = _content()
    return Atlas(content["regions"], content["cities"])


def _beginnings(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})", re.IGNORECASE)


@cache
def _content() -> dict[str, Any]:
    """What the quiz may ask and the places it knows. Raises PackError if the file lacks one of its parts."""
    path = pack_folder() / "quiz.yaml"
    content: dict[str, Any] = read_yaml(path)
    missing = {"never", "hurt", "done", "regions", "cities"} - content.keys()
    if missing:
        raise PackError([Fault(path.name, "file", f"has to hold {', '.join(sorted(missing))}")])
    return content
