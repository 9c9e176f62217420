"""How much a person and a community may ask, so that there is room for everybody."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from cachetools import TTLCache

from knowledge.store.limits import Limit
from knowledge.store.protocol import Store, StoreError

# How many people and communities are remembered; the oldest is forgotten first and starts again.
REMEMBERED_LIMIT = 100_000
# How long a failed store is not asked again; meanwhile each process counts for itself.
ALONE_SECONDS = 30
# Rounding errors of summed seconds stay below this.
_ROUNDING = 0.001
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_FORM = re.compile(r"(?P<amount>[1-9]\d{0,5})\s*/\s*(?P<unit>second|minute|hour)")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and the same number again every `seconds`."""

    amount: int
    seconds: int

    def __str__(self) -> str:
        unit = next(unit for unit, seconds in _SECONDS.items() if seconds == self.seconds)
        return f"{self.amount}/{unit}"


def rate(given: object) -> object:
    """Read a rate such as `20/minute`; None for `off`. Raises ValueError with the expected form."""
    if not isinstance(given, str):
        return given
    words = given.strip().lower()
    if words == "off":
        return None
    found = _FORM.fullmatch(words)
    if found is None:
        raise ValueError("write an amount for each second, minute or hour, such as 20/minute; or off")
    return Rate(int(found["amount"]), _SECONDS[found["unit"]])


@dataclass(frozen=True, slots=True)
class Rates:
    """What one person, and one community as a whole, may ask; None is without a limit."""

    person: Rate | None = None
    community: Rate | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody has to wait this many seconds; `first` if they have not been told lately."""

    seconds: int
    first: bool


@dataclass(frozen=True, slots=True)
class Together:
    """How several processes count together: the store, what is counted in it, and the current time."""

    store: Store
    what: str
    now: Callable[[], datetime]


class Limiter:
    """Counts what people ask. `clock` gives seconds that never go back. With `together`, all processes count in one
    store, as long as it answers.
    """

    def __init__(self, rates: Rates, clock: Callable[[], float], together: Together | None = None) -> None:
        self._clock = clock
        self._rates = rates
        self._people = _Bucket(rates.person, clock)
        self._communities = _Bucket(rates.community, clock)
        window = max((each.seconds for each in (rates.person, rates.community) if each), default=1)
        self._told: TTLCache[str, bool] = TTLCache(REMEMBERED_LIMIT, window, clock)
        self._together = together if together is not None and together.store.is_shared else None
        self._alone_until = clock()

    async def take(self, person: str, community: str) -> Refusal | None:
        """Count one request of a person in a community, or return a refusal without counting it."""
        wait = max(self._people.wait(person), self._communities.wait(community))
        if wait <= 0:
            wait = await self._taken_together(person, community)
        if wait <= 0:
            self._people.take(person)
            self._communities.take(community)
            return None
        first = person not in self._told
        if first:
            self._told[person] = True
        return Refusal(ceil(wait), first)

    async def _taken_together(self, person: str, community: str) -> float:
        """Count it for all processes and return 0, or return how many seconds it has to wait."""
        counted = (("person", person, self._rates.person), ("community", community, self._rates.community))
        if self._together is None or self._clock() < self._alone_until:
            return 0
        what = self._together.what
        limits = [Limit(f"{what} {kind} {key}", rate.amount, rate.seconds) for kind, key, rate in counted if rate]
        try:
            return await self._together.store.take(limits, self._together.now()) if limits else 0
        except StoreError as error:
            log.warning("Counting limits in this process alone for %d seconds: %s", ALONE_SECONDS, error)
            self._alone_until = self._clock() + ALONE_SECONDS
            return 0


class _Bucket:
    """The generic cell rate algorithm (ITU-T I.371): it keeps for each key only when its debt is paid off."""

    def __init__(self, rate: Rate | None, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._even_at: TTLCache[str, float] = TTLCache(REMEMBERED_LIMIT, rate.seconds if rate else 1, clock)

    def wait(self, key: str) -> float:
        """Seconds until one more is allowed, 0 if it is now."""
        if self._rate is None:
            return 0
        pace = self._rate.seconds / self._rate.amount
        wait = self._even_at.get(key, 0.0) + pace - self._rate.seconds - self._clock()
        return wait if wait > _ROUNDING else 0

    def take(self, key: str) -> None:
        """Count one."""
        if self._rate is not None:
            now = self._clock()
            self._even_at[key] = max(self._even_at.get(key, now), now) + self._rate.seconds / self._rate.amount
