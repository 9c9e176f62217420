"""Limits that all processes count together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and as many again in each `seconds`, of what the key names: a person or a community."""

    key: str
    amount: int
    seconds: int

    @property
    def pace(self) -> float:
        """Seconds after which one more is allowed."""
        return self.seconds / self.amount
