"""The transcripts in docs/moderators.md are of the real thing: they are played again, in a terminal, word for word.

`RENEW=1 .venv/bin/pytest tests/bot/curating/test_moderators_page.py` writes them anew.
"""

import os
import re
from pathlib import Path

import pytest

from adapters.console.app import converse
from adapters.shared.text_chat import numbered
from bot.app.app import App
from bot.chat.replies import Reply
from tests.conftest import NOW

PAGE = Path(__file__).parents[3] / "docs" / "moderators.md"
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Where a file is saved is another place each time.
FOLDER = re.compile(r"\S*/ijm-answers-\w+/")
# So is the code of an entry that is lent.
CODE = re.compile(r"\b[0-9a-f]{32}\b")

UNKNOWN = "how much is parking at the gala?"
GALA = (
    "What does parking at the gala cost?", UNKNOWN, "gala parking fee", ".", "Five dollars, in 2026.", ".", "1",
    "Gala leaflet", "2026", ".",
)  # fmt: skip
RESCUED = (
    "How many people were rescued?", "how many got rescued", ".", "Our chapter counts along with IJM.", ".", "results",
    "Chapter handbook", "2026", ".",
)  # fmt: skip
ROWS = """question,phrasings,answer,topic,source,year
When does the chapter meet?,when is the next meeting,Mondays at 7 in the library.,about,Chapter handbook,2026
Whom do I call?,,Call 555-123-4567.,about,Chapter handbook,2026
"""
# Each is what one person types, one line after another, in one terminal; `press:` is the number of a choice.
SECTIONS = (
    (UNKNOWN, "/ijm-mod review show:unanswered", "1", *GALA, "press:Save", "gala parking, how much is it"),
    ("/ijm-mod add", *RESCUED),
    ('/ijm-mod alias "where do i park for the gala" entry:what-does-parking-at-the-gala-cost',),
    ("/ijm-mod history what-does-parking-at-the-gala-cost", "1"),
    ("/ijm-mod remove prevention", "press:Remove it", "press:Bring it back", "press:Bring it back"),
    ("/ijm-mod import", "{rows}", "press:Import", "/ijm-mod export"),
    ("how do i get a refund for my concert ticket", "press:None of these", "press:Ask the moderators", "press:Tell me"),
    ("/ijm-mod lend entry:what-does-parking-at-the-gala-cost", "/ijm-mod lend", "press:Withdraw"),
    ("/ijm-mod why do they work in germany",),
    (
        "how much is parking at the airport",
        "/ijm-mod why how much is parking at the airport",
        "press:Nothing answers it",
        UNKNOWN,
    ),
)


class Transcript:
    """A screen that writes down what is typed and shown."""

    whole_texts = False

    def __init__(self, lines: tuple[str, ...]) -> None:
        self._lines = list(lines)
        self._shown = Reply(())
        self.written = ""

    async def read(self, prompt: str, default: str = "", *, takes_lines: bool = False) -> str:
        if not self._lines:
            raise EOFError
        line = self._lines.pop(0)
        if line.startswith("press:"):
            labels = [choice.label for choice in self._shown.choices]
            begins = line.removeprefix("press:")
            line = next((str(n) for n, label in enumerate(labels, start=1) if label.startswith(begins)), begins)
        self.written += f"{prompt}{line or default}\n"
        return line or default

    def show(self, reply: Reply) -> None:
        self._shown = reply
        self.written += f"\n{numbered(reply)}\n\n"

    def say(self, line: str) -> None:
        if not line.startswith("To connect a platform"):
            self.written += f"{line}\n"


@pytest.fixture
async def transcripts(app: App, tmp_path: Path) -> list[str]:
    rows = tmp_path / "chapter.csv"
    rows.write_text(ROWS, encoding="utf-8")
    app.services.usage.add("console:local", "answer", "outcomes", NOW)
    played = []
    for lines in SECTIONS:
        screen = Transcript(tuple(line.replace("{rows}", str(rows)) for line in lines))
        await converse(app, screen, greet=False)
        assert not screen._lines, f"nobody asked for {screen._lines}"
        written = CODE.sub("0123456789abcdef" * 2, FOLDER.sub("/tmp/", screen.written)).replace(str(tmp_path), "~")
        played.append("\n".join(line.rstrip() for line in written.splitlines()).strip() + "\n")
    return played


@pytest.mark.slow
def test_the_page_shows_what_really_happens(transcripts: list[str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    if os.environ.get("RENEW"):
        fresh = iter(transcripts)
        page = BLOCK.sub(lambda _: f"```text\n{next(fresh)}```", page)
        PAGE.write_text(page, encoding="utf-8")
    assert BLOCK.findall(page) == transcripts
