"""What a command gets besides its arguments: the asker, the place, and the knowledge."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from bot.chat.events import Place, Role, User
from bot.chat.outbox import Outboxes
from bot.commands.community_settings import CommunitySettings
from bot.commands.deck import Deck
from bot.commands.embeddings import Embeddings
from bot.commands.limits import Limiter, Rate, Rates
from bot.commands.links import Links
from bot.commands.metrics import Metrics
from bot.commands.scores import Scores
from bot.commands.turns import Turns
from bot.commands.usage_counts import UsageCounts
from bot.pictures.studio import Studio
from knowledge.matching import Search
from knowledge.pack.model import Pack
from knowledge.safety.danger import DangerCheck
from knowledge.store.protocol import Json, Store
from knowledge.talk.recognizer import Recognizer

if TYPE_CHECKING:
    from bot.commands.declarations import Registry


# How often one person and one community may try codes; a code is pasted, so nobody needs many tries.
CODE_RATES = Rates(Rate(10, 3600), Rate(50, 3600))
# Memory for what all communities added together, unless the operator says otherwise.
KNOWLEDGE_BYTES = 256_000_000


@dataclass(frozen=True, slots=True)
class Library:
    """The knowledge that the bot answers from: the base, or a community's."""

    pack: Pack
    search: Search
    danger: DangerCheck
    talk: Recognizer


@dataclass(frozen=True, slots=True)
class Services(Library):
    """The parts that the composition root chose, with the base knowledge. `now` returns the aware time."""

    deck: Deck
    store: Store
    now: Callable[[], datetime]
    usage: UsageCounts = field(default_factory=UsageCounts)
    outboxes: Outboxes = field(default_factory=Outboxes)
    studio: Studio = field(default_factory=Studio)
    scores: Scores = field(default_factory=Scores)
    turns: Turns = field(default_factory=Turns)
    links: Links = field(default_factory=Links)
    metrics: Metrics = field(default_factory=Metrics)
    # How much people may ask; unlimited unless the operator says otherwise.
    rates: Rates = field(default_factory=Rates)
    # How often codes of lent entries may be tried, so that nobody guesses one.
    codes: Limiter = field(default_factory=lambda: Limiter(CODE_RATES, monotonic))
    # The operator's own local help line, shown where a community has none.
    help_line: str = ""
    # What encodes communities' texts, and the bytes of memory for what communities added.
    embeddings: Embeddings | None = None
    knowledge_bytes: int = KNOWLEDGE_BYTES


@dataclass(frozen=True, slots=True)
class Context:
    """One event's surroundings. `pack` and `library` are the community's own, `settings` what it has set.

    `alone`: a button was pressed in a message that nobody else sees and that can be changed.
    """

    user: User
    place: Place
    role: Role
    services: Services
    registry: "Registry"
    library: Library
    settings: CommunitySettings = field(default_factory=CommunitySettings)
    alone: bool = False

    @property
    def pack(self) -> Pack:
        """The entries, topics and documents that the community has."""
        return self.library.pack

    @property
    def community(self) -> str:
        """The id of the community that this happens in."""
        return self.place.community

    @property
    def is_personal(self) -> bool:
        """Whether the "community" is just this person (a direct conversation on Discord): nobody moderates it."""
        return self.place.community == self.user.id

    @property
    def pinned(self) -> frozenset[str]:
        """The phone numbers that the community's entries may hold."""
        return self.settings.pinned(self.services.help_line)

    async def set(self, name: str, value: Json) -> None:
        """Keep a setting of the community, signed by the person who asks; None resets it to its default."""
        store, now = self.services.store, self.services.now()
        await store.set_setting(self.community, name, value, by=self.user.id, now=now)

    async def set_here(self, name: str, value: Json) -> None:
        """Keep a setting of the place, signed by the person who asks."""
        store, now = self.services.store, self.services.now()
        await store.set_place_setting(self.community, self.place.id, name, value, by=self.user.id, now=now)
