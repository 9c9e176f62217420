"""The parts of the bot that need no platform, put together at run time."""

from datetime import UTC, date, datetime
from pathlib import Path

from bot.context import Services
from bot.deck import Deck
from knowledge.danger import load_danger_check
from knowledge.files import load_pack, pack_folder
from knowledge.search import Search
from knowledge.search.background import load_background


def services(folder: Path | None = None) -> Services:
    """Everything that the core answers from. Raises PackError if the knowledge base cannot be read."""
    pack = load_pack(folder)
    background = load_background((folder or pack_folder()) / "unanswerable")
    phrasings = [phrasing for entry in pack.entries for phrasing in entry.phrasings]
    return Services(
        pack=pack,
        search=Search(pack.entries, background=background),
        danger=load_danger_check((*phrasings, *background.texts)),
        deck=Deck(pack),
        today=_today,
    )


def _today() -> date:
    return datetime.now(UTC).date()
