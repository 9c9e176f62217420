"""Practice questions as people type them, each with what is right: for measuring, and for trying a change out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.pack.files import pack_folder

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


@cache
def practice() -> tuple[Labelled, ...]:
    """Return the practice questions that ship with the bot, without those about safety. Nothing was trained on them."""
    files = sorted((pack_folder() / "practice_questions").glob("*.jsonl"))
    return tuple(each for path in files for each in read_questions(path) if each.kind != CRISIS)


def read_questions(path: Path) -> tuple[Labelled, ...]:
    """Return the questions of a JSON-lines file: `q`, and either `accept` (a list of ids) or `kind`.

    Raises BadQuestions with the first line that is something else.
    """
    return tuple(_labelled(row, place) for place, row in json_lines(path))


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a JSON-lines file with where each stands ("file:line").

    Raises BadQuestions if one has no `q`.
    """
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


def _labelled(row: dict[str, Any], place: str) -> Labelled:
    accept, kind = row.get("accept", []), row.get("kind")
    if not isinstance(accept, list) or not all(isinstance(entry_id, str) for entry_id in accept):
        raise BadQuestions(f'{place}: "accept" is a list of entry ids')
    if bool(accept) == isinstance(kind, str):
        raise BadQuestions(f'{place}: either "accept" (entry ids) or "kind" (what must not be answered)')
    return Labelled(row["q"], tuple(accept), kind)
