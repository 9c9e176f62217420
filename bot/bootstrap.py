"""The parts of the bot that need no platform, put together at run time."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.context import Library, Services
from bot.deck import Deck
from bot.limits import Rates
from bot.settings import Settings
from knowledge.danger import load_danger_check
from knowledge.files import load_pack, pack_folder
from knowledge.search import Search
from knowledge.search.background import load_background
from knowledge.store import Store


def library(folder: Path | None = None) -> Library:
    """Everything that questions are answered from. Raises PackError if the knowledge base cannot be read."""
    pack = load_pack(folder)
    background = load_background((folder or pack_folder()) / "unanswerable")
    phrasings = [phrasing for entry in pack.entries for phrasing in entry.phrasings]
    search = Search(pack.entries, background=background)
    return Library(pack, search, load_danger_check((*phrasings, *background.texts)))


def services(answering: Library, store: Store, settings: Settings | None = None, **more: Any) -> Services:
    """What the bot needs to serve people: what it answers from, its store, a deck of facts and the clock.

    Of the settings it takes the limits and the help line; without any, there are neither. `more` are other parts.
    """
    if settings is not None:
        more |= {"rates": Rates(settings.person_limit, settings.community_limit), "help_line": settings.help_line}
    return Services(
        pack=answering.pack,
        search=answering.search,
        danger=answering.danger,
        deck=Deck(),
        store=store,
        now=_now,
        **more,
    )


def _now() -> datetime:
    return datetime.now(UTC)
