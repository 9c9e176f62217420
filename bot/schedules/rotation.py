"""Which fact a schedule posts next: a fresh one, in an order of its own, each once per round."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.commands.community_settings import CommunitySettings
from bot.curating.reviewing.queue import stale_mark
from bot.schedules.plan import Plan
from knowledge.pack.model import Entry, Fact, Pack, has_figures
from knowledge.plain.digests import digest
from knowledge.store.schedules import Schedule

# Enough of the hash to tell all facts of a community apart.
_KEY_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Quote:
    """A fact with the entry that it belongs to."""

    entry: Entry
    fact: Fact

    @property
    def key(self) -> str:
        """The key of its sentence, whichever entry has it."""
        return digest(self.fact.text, _KEY_DIGITS)


@dataclass(frozen=True, slots=True)
class Freshness:
    """What makes a community's facts fresh: its settings, its moderators' marks, and the current year."""

    settings: CommunitySettings
    marks: Collection[str]
    year: int

    def holds(self, quote: Quote) -> bool:
        """Return whether a fact has no figure, one within the review age, or one that a moderator let stand. With the
        review age switched off, all facts are fresh.
        """
        years = self.settings.stale_years
        year = quote.fact.year
        recent = not years or year is None or self.year - year <= years
        return recent or not has_figures(quote.fact.text) or stale_mark(quote.entry, self.year) in self.marks


def quotes_of(pack: Pack, plan: Plan, fresh: Freshness) -> tuple[Quote, ...]:
    """Return the facts that a plan may post now, each sentence once."""
    found = (Quote(entry, fact) for entry in pack.entries if plan.topic in {"", entry.topic} for fact in entry.facts)
    return tuple({quote.key: quote for quote in found if plan.older or fresh.holds(quote)}.values())


def quote_of(pack: Pack, key: str) -> Quote | None:
    """Return the fact with this key, fresh or not: a fact that was drawn while fresh may still be posted."""
    found = (Quote(entry, fact) for entry in pack.entries for fact in entry.facts)
    return next((quote for quote in found if quote.key == key), None)


def drawn(schedule: Schedule, quotes: Sequence[Quote]) -> tuple[Schedule, Quote] | None:
    """Return the next fact, and the schedule with that fact used; None if there is none.

    The order differs in each schedule and round, but never with the asker, so it can be shown beforehand. When all were
    used, a new round begins, but not with the fact used last.
    """
    left = [quote for quote in quotes if quote.key not in schedule.used]
    if not left and quotes:
        last = schedule.used[-1]
        schedule = replace(schedule, round=schedule.round + 1, used=())
        left = [quote for quote in quotes if quote.key != last] or list(quotes)
    if not left:
        return None
    quote = min(left, key=lambda each: _rank(schedule, each))
    return replace(schedule, used=(*schedule.used, quote.key)), quote


def _rank(schedule: Schedule, quote: Quote) -> str:
    return hashlib.sha256(f"{schedule.id} {schedule.round} {quote.key}".encode()).hexdigest()
