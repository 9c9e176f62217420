"""What a command gets beside its arguments: who asks, where, and what the bot has to answer from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.deck import Deck
from bot.events import Place, Role, User
from knowledge.danger import DangerCheck
from knowledge.model import Pack
from knowledge.search import Search

if TYPE_CHECKING:
    from bot.commands import Registry


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that the composition root chose."""

    pack: Pack
    search: Search
    danger: DangerCheck
    deck: Deck
    today: Callable[[], date]


@dataclass(frozen=True, slots=True)
class Context:
    """One event's surroundings."""

    user: User
    place: Place
    role: Role
    services: Services
    registry: "Registry"
