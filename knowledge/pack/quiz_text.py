"""Quiz questions: as people write them in a form or a cell of a table, and what makes them fair.

    In 2026, how many members came to the gala?
    + 40
    - 25
    - 90
    In 2026, 40 members came to the gala.

The right answer follows a plus sign, each wrong one a minus sign, and the last line explains. Empty lines separate
questions.
"""

import re
from collections.abc import Iterable, Iterator

from knowledge.pack.model import WRONG_LIMIT, Entry, QuizQuestion, has_figures

# How many questions one entry can have.
QUIZ_LIMIT = 10
_EMPTY_LINES = re.compile(r"\n\s*\n")
_RIGHT, _WRONG = "+", "-"


class BadQuiz(ValueError):  # noqa: N818 (the quiz is badly written, and the message says where)
    """A text is not quiz questions; the message says which question is wrong, and what is missing."""


def quiz_text(questions: Iterable[QuizQuestion]) -> str:
    """Write quiz questions as `read_quiz` reads them."""
    return "\n\n".join(
        "\n".join(
            [each.question, f"{_RIGHT} {each.right}", *(f"{_WRONG} {wrong}" for wrong in each.wrong), each.why]
        ).strip()
        for each in questions
    )


def read_quiz(text: str) -> tuple[QuizQuestion, ...]:
    """Read quiz questions. Raises BadQuiz."""
    return tuple(_read(number, part) for number, part in enumerate(_parts(text), start=1))


def quiz_faults(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what makes a quiz question unfair."""
    if len(entry.quiz) > QUIZ_LIMIT:
        yield "quiz", f"{len(entry.quiz)} questions; at most {QUIZ_LIMIT} are allowed"
    for i, each in enumerate(entry.quiz):
        field, options = f"quiz.{i}", (each.right, *each.wrong)
        if not all(text.strip() for text in each.texts):
            yield field, "the question, an answer or the line that explains is empty"
        if not 1 <= len(each.wrong) <= WRONG_LIMIT:
            yield f"{field}.wrong", f"{len(each.wrong)} wrong answers; there have to be 1 to {WRONG_LIMIT}"
        if len({option.casefold().strip() for option in options}) < len(options):
            yield field, "two of the answers are the same"
        said = f"{each.question} {each.why}"
        if has_figures(f"{said} {each.right}") and str(entry.as_of) not in said:
            yield field, f"it states a figure without its year ({entry.as_of})"


def _parts(text: str) -> list[list[str]]:
    parts = _EMPTY_LINES.split(text.replace("\r\n", "\n").strip())
    return [[" ".join(line.split()) for line in part.splitlines()] for part in parts if part.strip()]


def _read(number: int, lines: list[str]) -> QuizQuestion:
    right = [line[1:].strip() for line in lines if line.startswith(_RIGHT)]
    wrong = [line[1:].strip() for line in lines if line.startswith(_WRONG)]
    said = [line for line in lines if not line.startswith((_RIGHT, _WRONG))]
    if len(right) != 1:
        raise BadQuiz(f"question {number}: write one right answer, on a line that begins with +")
    if not wrong:
        raise BadQuiz(f"question {number}: write at least one wrong answer, on a line that begins with -")
    if len(said) != 2 or lines[0] != said[0] or lines[-1] != said[1]:
        raise BadQuiz(f"question {number}: write the question on the first line, and on the last a line that explains")
    return QuizQuestion(said[0], right[0], tuple(wrong), said[1])
