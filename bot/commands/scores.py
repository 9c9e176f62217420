"""The points of a quiz: in memory only, per session, and soon forgotten."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from cachetools import TTLCache

from bot.chat.events import User

# How long a session is remembered after its last answer.
SESSION_SECONDS = 2 * 60 * 60
# How many sessions are remembered in all; the oldest is forgotten first and starts from zero.
SESSIONS_LIMIT = 1_000
# How many of them one community may have, so that none pushes out the others'.
COMMUNITY_SESSIONS_LIMIT = 20
# As many as fit into one room; latecomers still learn what is right.
PLAYERS_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Score:
    """How a player stands: how many questions they answered, and how many of them right."""

    name: str
    right: int
    answered: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The result of an answer.

    `is_first`: it is this player's first answer to the question; only that one counts. `score` is the player's score
    now; None if there are too many players.
    """

    is_first: bool
    score: Score | None


@dataclass(slots=True)
class _Player:
    name: str
    # The option that was picked first for each question, and whether it is right.
    answers: dict[str, tuple[int, bool]]

    @property
    def score(self) -> Score:
        return Score(self.name, sum(right for _, right in self.answers.values()), len(self.answers))


class Scores:
    """The points of all sessions. `clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._sessions: TTLCache[tuple[str, str], dict[str, _Player]] = TTLCache(SESSIONS_LIMIT, SESSION_SECONDS, clock)

    def count(self, community: str, session: str, question: str, user: User, *, picked: int, right: bool) -> Counted:
        """Count a player's first answer to a question, by the place of the picked option."""
        players = self._sessions.get((community, session), {})
        player = players.get(user.id)
        if player is None:
            if len(players) >= PLAYERS_LIMIT:
                return Counted(True, None)
            player = players[user.id] = _Player(user.name, {})
        is_first = question not in player.answers
        player.answers.setdefault(question, (picked, right))
        # Stored again, so that its lifetime starts again.
        self._sessions.pop((community, session), None)
        theirs = [key for key in self._sessions if key[0] == community]
        for key in theirs[: max(0, len(theirs) - COMMUNITY_SESSIONS_LIMIT + 1)]:
            del self._sessions[key]
        self._sessions[(community, session)] = players
        return Counted(is_first, player.score)

    def picks(self, community: str, session: str, question: str) -> Counter[int]:
        """Count how many players picked each option of a question first."""
        players = self._sessions.get((community, session), {})
        return Counter(each.answers[question][0] for each in players.values() if question in each.answers)

    def board(self, community: str, session: str) -> tuple[Score, ...]:
        """Return the players with points in a session, the most first."""
        players = self._sessions.get((community, session), {})
        scores = [player.score for player in players.values()]
        return tuple(sorted((s for s in scores if s.right), key=lambda score: (-score.right, score.name)))
