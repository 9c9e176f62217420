"""What is waiting for a moderator: unanswered questions, suggestions, stopped schedules, entries to look at again."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commands.context import Context
from knowledge.encoder import Encoder
from knowledge.matching.grouping import groups
from knowledge.pack.lint import unpinned, unsure
from knowledge.pack.model import Entry, Pack
from knowledge.pack.overlay import Overlay, Revision
from knowledge.pack.records import fingerprint
from knowledge.store.agreements import Proposal
from knowledge.store.protocol import Miss, Suggestion
from knowledge.store.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Asked:
    """Similar questions without an answer, the most frequent wording first. `offered`: entries were offered for them,
    and none was picked.
    """

    misses: tuple[Miss, ...]
    offered: bool = False

    @property
    def key(self) -> str:
        """The id of the group."""
        return f"asked-{self.misses[0].id}"

    @property
    def count(self) -> int:
        """How often they were asked."""
        return sum(miss.count for miss in self.misses)

    @property
    def last(self) -> datetime:
        """When one of them was asked last."""
        return max(miss.last for miss in self.misses)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a member suggested."""

    suggestion: Suggestion

    @property
    def key(self) -> str:
        """The id of the suggestion."""
        return f"said-{self.suggestion.id}"


@dataclass(frozen=True, slots=True)
class BaseChanged:
    """A shipped entry whose text has changed since the community made its copy."""

    revision: Revision
    base: Entry

    @property
    def key(self) -> str:
        """The entry and the base text that is new."""
        return f"base-{self.base.id}"

    @property
    def mark(self) -> str:
        """The mark that the copy was kept."""
        return f"base:{self.base.id}:{fingerprint(self.base)}"


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry whose figures are older than the review age."""

    entry: Entry
    year: int

    @property
    def key(self) -> str:
        """The entry."""
        return f"stale-{self.entry.id}"

    @property
    def mark(self) -> str:
        """The mark that its figures still stand; it holds until the end of the year."""
        return stale_mark(self.entry, self.year)


@dataclass(frozen=True, slots=True)
class Halted:
    """A schedule that the bot paused because its place accepts no posts."""

    schedule: Schedule

    @property
    def key(self) -> str:
        """The schedule."""
        return f"halted-{self.schedule.id}"


@dataclass(frozen=True, slots=True)
class Unchecked:
    """An entry that is hidden because nobody has checked its phone numbers. `unsure`: they may not be phone numbers, so
    a moderator other than `by` can confirm them.
    """

    entry: Entry
    numbers: tuple[str, ...]
    by: str
    unsure: bool

    @property
    def key(self) -> str:
        """The entry."""
        return f"unchecked-{self.entry.id}"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change that waits for a second moderator; `entry` is the changed entry, or the one to remove."""

    proposal: Proposal
    entry: Entry | None

    @property
    def key(self) -> str:
        """The proposal."""
        return f"proposed-{self.proposal.id}"


Item = Proposed | Unchecked | Halted | Asked | Suggested | BaseChanged | Stale


async def queue(context: Context) -> tuple[Item, ...]:
    """Return everything that waits in a community, the quickest and most important first."""
    store, community = context.services.store, context.community
    marks = await store.marks(community)
    overlay = await store.overlay(community)
    halted = [Halted(each) for each in await store.schedules(community) if each.paused]
    suggested = [Suggested(each) for each in await store.suggestions(community)]
    asked = await asyncio.to_thread(_grouped, await store.misses(community), context.library.search.encoder)
    rest: list[BaseChanged | Stale] = [
        *_changed(context.services.pack, overlay),
        *_stale(context.pack, context.settings.stale_years, context.services.now().year),
    ]
    unchecked = await asyncio.to_thread(_unchecked, context.services.pack, overlay, context.pinned)
    proposals = await store.proposals(community)
    proposed = [Proposed(each, each.draft.entry or context.pack.entry(each.draft.entry_id)) for each in proposals]
    return (*proposed, *unchecked, *halted, *suggested, *asked, *(item for item in rest if item.mark not in marks))


def _unchecked(pack: Pack, overlay: Overlay, allowed: Collection[str]) -> list[Unchecked]:
    found: list[Unchecked] = []
    for each in overlay.revisions:
        if each.entry is not None and (numbers := unpinned(each.entry, pack, allowed)):
            doubted = unsure(each.entry, pack, allowed)
            found.append(Unchecked(each.entry, numbers, each.by, unsure=set(numbers) == set(doubted)))
    return found


def _grouped(misses: Sequence[Miss], encoder: Encoder | None) -> list[Asked]:
    found: list[Asked] = []
    for offered in (False, True):
        these = [miss for miss in misses if miss.offered is offered]
        alike = groups([miss.text for miss in these], encoder)
        found += [Asked(tuple(these[place] for place in places), offered) for places in alike]
    return sorted(found, key=lambda item: (item.offered, -item.count, item.key))


def _changed(pack: Pack, overlay: Overlay) -> list[BaseChanged]:
    return [
        BaseChanged(revision, base)
        for revision in overlay.revisions
        if revision.base is not None
        and (base := pack.entry(revision.entry_id)) is not None
        and fingerprint(base) != revision.base
    ]


def _stale(pack: Pack, years: int, year: int) -> list[Stale]:
    return [Stale(e, year) for e in pack.entries if years and e.has_figures and year - e.as_of > years]


def stale_mark(entry: Entry, year: int) -> str:
    """Return the mark that a moderator let an entry's figures stand in a year."""
    return f"stale:{entry.id}:{entry.revision}:{year}"
