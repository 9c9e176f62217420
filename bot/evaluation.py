"""How good the answers are: labelled questions in, a table of measures out."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.ask import Kind, consider
from bot.context import Library
from knowledge.search import SUGGESTIONS_LIMIT

# The kinds of unanswerable messages that are about safety: the first has to get the card, the second must not.
CRISIS, LOOKALIKE = "crisis", "crisis-lookalike"


class BadQuestions(ValueError):  # noqa: N818 (the questions are bad, and the message says which)
    """A file of questions cannot be used; the message names the file, the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with what is right: the entries that answer it (best first), or the kind of what must not be."""

    q: str
    accept: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, of which a share is made."""

    hits: int
    total: int

    @property
    def percent(self) -> float | None:
        """The share in percent, or None if there was nothing to count."""
        return round(100 * self.hits / self.total, 1) if self.total else None


def read_questions(path: Path) -> tuple[Labelled, ...]:
    """The questions of a JSON-lines file: `q`, and either `accept` (a list of ids) or `kind`.

    Raises BadQuestions with the first line that is something else.
    """
    return tuple(_labelled(row, place) for place, row in json_lines(path))


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON-lines file with where each stands ("file:line"). Raises BadQuestions if one has no `q`."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(f"{path}: cannot be read as UTF-8 text ({error})") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadQuestions(f"{place}: not JSON ({error})") from error
        if not isinstance(row, dict) or not isinstance(row.get("q"), str):
            raise BadQuestions(f'{place}: each line is an object with a text "q"')
        yield place, row


def evaluate(library: Library, questions: Iterable[Labelled]) -> dict[str, Share]:
    """The measures by name. A question with `accept` is answerable; the others must not get an answer."""
    counts: dict[str, list[bool]] = {}

    def count(measure: str, hit: bool) -> None:
        counts.setdefault(measure, []).append(hit)

    for question in questions:
        seen = consider(library, question.q)
        ids = [match.entry.id for match in seen.matches][:SUGGESTIONS_LIMIT]
        answered = seen.kind is Kind.ANSWER
        if question.accept:
            count("right first", ids[:1] != [] and ids[0] in question.accept)
            count("right in the top three", any(entry_id in question.accept for entry_id in ids))
            count("answered right", answered and ids[0] in question.accept)
            count("answered wrong", answered and ids[0] not in question.accept)
        elif question.kind != CRISIS:
            count(f"answered although unanswerable: {question.kind}", answered)
        if question.kind == CRISIS:
            count("safety recall", seen.kind is Kind.SAFETY)
        else:
            name = "look-alikes" if question.kind == LOOKALIKE else "ordinary messages"
            count(f"safety false alarms: {name}", seen.kind is Kind.SAFETY)
    return {name: Share(sum(hits), len(hits)) for name, hits in sorted(counts.items(), key=_order)}


def _order(item: tuple[str, object]) -> tuple[int, str]:
    first = ["right first", "right in the top three", "answered right", "answered wrong"]
    name = item[0]
    return (first.index(name), name) if name in first else (len(first) + name.startswith("safety"), name)


def _labelled(row: dict[str, Any], place: str) -> Labelled:
    accept, kind = row.get("accept", []), row.get("kind")
    if not isinstance(accept, list) or not all(isinstance(entry_id, str) for entry_id in accept):
        raise BadQuestions(f'{place}: "accept" is a list of entry ids')
    if bool(accept) == isinstance(kind, str):
        raise BadQuestions(f'{place}: either "accept" (entry ids) or "kind" (what must not be answered)')
    return Labelled(row["q"], tuple(accept), kind)
