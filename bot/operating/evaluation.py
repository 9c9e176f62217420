"""How good the answers are: labelled questions in, a table of measures out."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.asking.ask import ReplyKind, consider
from bot.commands.context import Library
from knowledge.matching import SUGGESTIONS_LIMIT
from knowledge.matching.practice import CRISIS, LOOKALIKE, Labelled

# The order of the measures; the others come behind, those of the safety check last.
_FIRST = (
    "right first",
    "right in the top three",
    "answered right",
    "answered wrong",
    "closest right",
    "closest wrong",
    "offered a choice",
    "unknown",
)


@dataclass(frozen=True, slots=True)
class Share:
    """A share: `hits` of `total`."""

    hits: int
    total: int

    @property
    def percent(self) -> float | None:
        """The share in percent, or None if there was nothing to count."""
        return round(100 * self.hits / self.total, 1) if self.total else None


def evaluate(library: Library, questions: Iterable[Labelled]) -> dict[str, Share]:
    """Return the measures by name. A question with `accept` is answerable; the others must not get an answer."""
    counts: dict[str, list[bool]] = {}

    def count(measure: str, hit: bool) -> None:
        counts.setdefault(measure, []).append(hit)

    for question in questions:
        seen = consider(library, question.q)
        ids = [match.entry.id for match in seen.matches][:SUGGESTIONS_LIMIT]
        if question.accept:
            right = ids[:1] != [] and ids[0] in question.accept
            count("right first", right)
            count("right in the top three", any(entry_id in question.accept for entry_id in ids))
            for name, kind in (("answered", ReplyKind.ANSWER), ("closest", ReplyKind.CLOSEST)):
                count(f"{name} right", seen.kind is kind and right)
                count(f"{name} wrong", seen.kind is kind and not right)
            count("offered a choice", seen.kind is ReplyKind.SUGGESTIONS)
            count("unknown", seen.kind is ReplyKind.UNKNOWN)
        elif question.kind != CRISIS:
            count(f"answered although unanswerable: {question.kind}", seen.kind is ReplyKind.ANSWER)
            count(f"closest although unanswerable: {question.kind}", seen.kind is ReplyKind.CLOSEST)
            count(f"choice although unanswerable: {question.kind}", seen.kind is ReplyKind.SUGGESTIONS)
        if question.kind == CRISIS:
            count("safety recall", seen.kind is ReplyKind.SAFETY)
        else:
            name = "look-alikes" if question.kind == LOOKALIKE else "ordinary messages"
            count(f"safety false alarms: {name}", seen.kind is ReplyKind.SAFETY)
    return {name: Share(sum(hits), len(hits)) for name, hits in sorted(counts.items(), key=_order)}


def _order(item: tuple[str, object]) -> tuple[int, str]:
    name = item[0]
    return (_FIRST.index(name), name) if name in _FIRST else (len(_FIRST) + name.startswith("safety"), name)
