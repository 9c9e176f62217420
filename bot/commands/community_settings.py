"""A community's settings: read once from the store, and the names under which it keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.chat.events import Place
from knowledge.plain.digests import digest
from knowledge.plain.phones import doubtful, phones
from knowledge.plain.text import phrase_key
from knowledge.store.protocol import Json, Store

# Figures older than this many years need a review, unless the community says otherwise.
STALE_YEARS = 5
# Each unanswerable question is its own setting, so that two moderators at once lose nothing.
UNANSWERABLE = "silent:"
# Enough of a hash to tell all questions apart.
_DIGITS = 16


class Setting(StrEnum):
    """Names of settings in the store. PASSIVE and THREADS belong to a place, the others to the community."""

    PASSIVE = "passive"
    THREADS = "threads"
    PING = "ping"
    NOTICES = "notices"
    STALE_YEARS = "stale"
    MODERATORS = "moderators"
    HELP_LINE = "help_line"
    PROPOSED_HELP_LINE = "help_line_proposed"
    CONFIRMED_NUMBERS = "numbers"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed help line (empty: none) that waits for a second moderator, and its proposer."""

    line: str
    by: str


@dataclass(frozen=True, slots=True)
class CommunitySettings:
    """A community's settings, with defaults for those that it has not set. `notices` is a reference to the place of the
    weekly notice. `stale_years` is 0 if figures never go stale. `moderators` are ids of groups, and `confirmed_numbers`
    are digits. `unanswerable` has questions by the names of their settings, in a fixed order. With `approval`, a change
    waits for a second moderator. With `ping`, the person who mentions the bot is notified of the answer.
    """

    notices: str | None = None
    stale_years: int = STALE_YEARS
    moderators: frozenset[str] = frozenset()
    help_line: str = ""
    proposal: Proposal | None = None
    confirmed_numbers: frozenset[str] = frozenset()
    approval: bool = False
    ping: bool = False
    unanswerable: Mapping[str, str] = field(default_factory=dict)

    @property
    def unanswerable_questions(self) -> tuple[str, ...]:
        """The questions that nothing answers here."""
        return tuple(self.unanswerable.values())

    def pinned(self, operators_line: str = "") -> frozenset[str]:
        """Return the phone numbers that entries may hold: those of help lines, and those that moderators confirmed."""
        lines = f"{self.help_line}\n{operators_line}"
        return frozenset((*phones(lines), *doubtful(lines), *self.confirmed_numbers))


def read_settings(stored: Mapping[str, Json]) -> CommunitySettings:
    """Read settings from the store's values; a value of the wrong type is ignored."""
    notices, stale = stored.get(Setting.NOTICES), stored.get(Setting.STALE_YEARS)
    groups, line = stored.get(Setting.MODERATORS), stored.get(Setting.HELP_LINE)
    unanswerable = sorted(name for name in stored if name.startswith(UNANSWERABLE) and stored[name])
    return CommunitySettings(
        notices=notices if isinstance(notices, str) and notices else None,
        stale_years=stale if isinstance(stale, int) else STALE_YEARS,
        moderators=_texts(groups),
        help_line=line if isinstance(line, str) else "",
        proposal=read_proposal(stored.get(Setting.PROPOSED_HELP_LINE)),
        confirmed_numbers=_texts(stored.get(Setting.CONFIRMED_NUMBERS)),
        approval=stored.get(Setting.APPROVAL) is True,
        ping=stored.get(Setting.PING) is True,
        unanswerable={name: str(stored[name]) for name in unanswerable},
    )


def _texts(stored: Json) -> frozenset[str]:
    return frozenset(each for each in stored if isinstance(each, str)) if isinstance(stored, list) else frozenset()


def read_proposal(stored: Json) -> Proposal | None:
    """Read a proposal from the store's value, if there is one."""
    if not isinstance(stored, Mapping):
        return None
    return Proposal(str(stored.get("line", "")), str(stored.get("by", "")))


def unanswerable_name(question: str) -> str:
    """Return the name of the setting for a question that nothing answers; equivalent wordings share it."""
    return UNANSWERABLE + digest(phrase_key(question), _DIGITS)


async def is_passive(store: Store, place: Place) -> bool:
    """Return whether a moderator has switched on passive answers in a place."""
    return await store.place_setting(place.community, place.id, Setting.PASSIVE) is True


async def opens_threads(store: Store, place: Place) -> bool:
    """Return whether a moderator wants each answer to a message in a place to open a thread."""
    return await store.place_setting(place.community, place.id, Setting.THREADS) is True
