"""How good the answers are: labelled questions in, a table of measures out."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.asking.ask import Kind, consider
from bot.commands.context import Library
from knowledge.matching.practice import CRISIS, LOOKALIKE, Labelled
from knowledge.matching.search import SUGGESTIONS_LIMIT


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, of which a share is made."""

    hits: int
    total: int

    @property
    def percent(self) -> float | None:
        """The share in percent, or None if there was nothing to count."""
        return round(100 * self.hits / self.total, 1) if self.total else None


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
