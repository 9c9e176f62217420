"""Counts of questions, collected in memory and written together, so that no answer waits for them."""

from collections import Counter
from datetime import datetime

from knowledge.store.protocol import Store


class UsageCounts:
    """Counts that are not in the store yet. A killed process loses those of its last seconds."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str, datetime]] = Counter()

    def add(self, community: str, what: str, entry_id: str, now: datetime) -> None:
        """Count something once, on the day of `now`."""
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        self._counts[(community, what, entry_id, day)] += 1

    async def write(self, store: Store) -> None:
        """Write all counts. Raises StoreError, and keeps what was not written."""
        for key in list(self._counts):
            community, what, entry_id, day = key
            amount = self._counts.pop(key, 0)
            try:
                await store.count(community, what, entry_id, now=day, amount=amount)
            except BaseException:
                self._counts[key] += amount
                raise
