"""What people read is short and American: pages, replies, errors, help, log lines and docstrings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
CODE = sorted(
    path for package in ("bot", "adapters", "knowledge", "examples") for path in (ROOT / package).rglob("*.py")
)
WORDS_LIMIT = 30
BRITISH = re.compile(
    r"\b(\w*(?:colour|behaviour|favour|neighbour|honour)\w*|licence|learnt|misspelt|dialled|whilst|\w+ys(?:e|ed|ing)|"
    r"(?:organ|recogn|summar|normal|initial|serial|author|categor|memor|emphas|custom)is(?:e[ds]?|ing|ation))\b",
    re.IGNORECASE,
)
AMERICAN = {"analysis"}
# A regular expression, a statement for the database, or a template of a file.
NO_PROSE = re.compile(r"[\\{}=^]|SELECT|PRAGMA")


def sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph; what stands in backticks counts as one word, and a link as its label."""
    shown = re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "X", " ".join(text.split())))
    yield from re.split(r"(?<=[.!?:;])[\"”)*]*\s+", shown)


def paragraphs(page: str) -> Iterator[str]:
    """The paragraphs, items and cells of a page in Markdown, without its blocks of code."""
    text = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    for part in re.split(r"\n\s*\n|\n\s*(?=[-*|#]|\d+\. )", text):
        yield from part.strip("| ").split(" | ") if part.lstrip().startswith("|") else [part]


def texts(path: Path) -> Iterator[str]:
    """The texts in a file of code: docstrings, and strings with whatever is put into them left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def too_long(paragraph: str) -> list[str]:
    found = [sentence for sentence in sentences(paragraph) if len(sentence.split()) > WORDS_LIMIT]
    return [sentence for sentence in found if not NO_PROSE.search(sentence)]


def british(text: str) -> list[str]:
    return [word for word in BRITISH.findall(text) if word.lower() not in AMERICAN]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_short_american_sentences(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [each for part in paragraphs(text) for each in too_long(part)] == []
    assert british(text) == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_speaks_in_short_american_sentences(path: Path) -> None:
    spoken = list(texts(path))
    assert [each for text in spoken for part in re.split(r"\n\s*\n|\n\s*[-*] ", text) for each in too_long(part)] == []
    assert [word for text in spoken for word in british(text)] == []
