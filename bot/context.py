"""What a command gets beside its arguments: who asks, where, and what the bot has to answer from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.deck import Deck
from bot.events import Place, Role, User
from knowledge.danger import DangerCheck
from knowledge.model import Pack
from knowledge.search import Search
from knowledge.store import Store

if TYPE_CHECKING:
    from bot.commands import Registry


@dataclass(frozen=True, slots=True)
class Library:
    """What the bot answers from."""

    pack: Pack
    search: Search
    danger: DangerCheck


@dataclass(frozen=True, slots=True)
class Services(Library):
    """The parts that the composition root chose. `now` gives the aware time."""

    deck: Deck
    store: Store
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Context:
    """One event's surroundings."""

    user: User
    place: Place
    role: Role
    services: Services
    registry: "Registry"
