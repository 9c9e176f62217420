"""The points of a quiz: in memory only, for the players of one session, and forgotten soon."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from cachetools import TTLCache

from bot.chat.events import User

# A session is forgotten so long after its last answer.
SESSION_SECONDS = 2 * 60 * 60
# Sessions that are remembered, all communities together; the oldest is forgotten first, and just starts from nothing.
SESSIONS_LIMIT = 1_000
# Sessions of one community among them, so that none makes the others forget theirs.
COMMUNITY_SESSIONS_LIMIT = 20
# As many as sit around tables in one room; latecomers still learn what is right.
PLAYERS_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Score:
    """How a player stands: how many questions they answered, and how many of them right."""

    name: str
    right: int
    answered: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of an answer. `is_first` says that the question had no answer of this player yet; only the first
    counts. `score` is how they stand now, None if there are too many players to count more."""

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
        """Count a player's first answer to a question: the option that they picked, by its place."""
        players = self._sessions.get((community, session), {})
        player = players.get(user.id)
        if player is None:
            if len(players) >= PLAYERS_LIMIT:
                return Counted(True, None)
            player = players[user.id] = _Player(user.name, {})
        is_first = question not in player.answers
        player.answers.setdefault(question, (picked, right))
        # Put in anew, so that its time begins again.
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
        """Who has points in a session, the most first."""
        players = self._sessions.get((community, session), {})
        scores = [player.score for player in players.values()]
        return tuple(sorted((s for s in scores if s.right), key=lambda score: (-score.right, score.name)))
