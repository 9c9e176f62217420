"""The search: from a text to a verdict, in memory, with the same outcome each time."""

from collections.abc import Iterable, Mapping, Sequence

from knowledge.encoder import Encoder, Floats
from knowledge.matching.language.vocabulary import Vocabulary, load_vocabulary
from knowledge.matching.learnt import Learner, learn
from knowledge.matching.search.background import Background, load_background
from knowledge.matching.search.candidates import Seen
from knowledge.matching.search.confidence import Confidence, lifted, load_confidence
from knowledge.matching.search.index import Index, Looks
from knowledge.matching.search.local import LocalIndex
from knowledge.matching.search.verdict import SUGGESTIONS_LIMIT, Found, Match, Reason, Suggestions, Unknown, Verdict
from knowledge.pack.files import pack_folder
from knowledge.pack.model import Entry
from knowledge.plain.text import spoken

# An entry is the answer when it is at least this likely to be right, and a choice when the best one is at least
# that likely; set on cross-validated examples (docs/matching.md).
ANSWER_SCORE = 0.6
SUGGEST_SCORE = 0.1


# The fitted confidence that ships with the bot: for words alone, and with sentence embeddings.
WORDS, MEANING = "confidence.yaml", "confidence-semantic.yaml"


class Search:
    """Finds entries. What is not given is what ships with the bot. Raises ValueError if there is no entry."""

    def __init__(
        self,
        entries: Iterable[Entry],
        vocabulary: Vocabulary | None = None,
        background: Background | None = None,
        confidence: Confidence | None = None,
        encoder: Encoder | None = None,
        learn: Learner = learn,
    ) -> None:
        here = pack_folder()
        # What gives texts their vectors, or None: then it is their words.
        self.encoder = encoder
        self._base = Index(
            entries,
            vocabulary or load_vocabulary(here / "vocabulary.yaml"),
            load_background(here / "unanswerable") if background is None else background,
            encoder,
            learn,
        )
        self._silent: frozenset[tuple[str, ...]] = frozenset()
        self._index: Looks = self._base
        self._confidence = confidence or load_confidence(here / (MEANING if encoder else WORDS))

    def texts(self, entries: Iterable[Entry], silent: Sequence[str] = ()) -> tuple[str, ...]:
        """The texts of a community's entries, and of what nothing answers there, that `adapted` wants the vectors of.

        None: the words of these texts have vectors of their own.
        """
        return ()

    def prepared(self, text: str) -> tuple[str, ...]:
        """The texts that `ask` encodes for this one, so that they can be encoded before, beside the event loop."""
        return ()

    @property
    def bytes(self) -> int:
        """The memory that it takes beside what it shares with the search that it was adapted from."""
        return self._index.bytes if isinstance(self._index, LocalIndex) else 0

    def adapted(
        self, entries: Iterable[Entry], silent: Sequence[str] = (), embeddings: Mapping[str, Floats] | None = None
    ) -> "Search":
        """A search over exactly these entries: a community's, most of which are this search's own.

        `silent` are texts that nothing answers there. `embeddings` are the vectors of its texts; those without one
        count by their words alone. Takes milliseconds, for what was learnt is shared; none at all may be left of the
        entries.
        """
        search = object.__new__(Search)
        search._base, search._confidence, search.encoder = self._base, self._confidence, self.encoder
        search._silent = frozenset(map(spoken, silent))
        search._index = LocalIndex(self._base, entries, silent)
        return search

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that can be found."""
        return self._index.entries

    @property
    def base(self) -> Index:
        """The index that was learnt from what ships, whatever a community has changed since."""
        return self._base

    def worded(self, text: str) -> Entry | None:
        """The entry that has these very words as a phrasing or as its id."""
        return self._index.worded(spoken(text))

    def ask(self, text: str, *, by_heart: bool = True) -> Verdict:
        """What the knowledge base has to say to a text of any length.

        Without `by_heart` a stored phrasing is matched as if nobody had written it down.
        """
        said = spoken(text)
        if not said:
            return Unknown((), Reason.EMPTY)
        matches = self._matches(said)
        same = self._index.worded(said) if by_heart else None
        if same is not None:
            others = (match for match in matches if match.entry is not same)
            return Found((Match(same, 1.0, text), *others)[:SUGGESTIONS_LIMIT], Reason.SAME_WORDING)
        if said in self._silent:
            return Unknown(matches, Reason.SAID_UNANSWERED)
        if not matches:
            return Unknown((), Reason.NO_KNOWN_WORDS)
        if matches[0].score >= ANSWER_SCORE:
            return Found(matches, Reason.CONFIDENT)
        if matches[0].score >= SUGGEST_SCORE:
            return Suggestions(matches, Reason.UNSURE)
        return Unknown(matches, Reason.OUT_OF_SCOPE)

    def complete(self, text: str, most: int) -> tuple[Entry, ...]:
        """The entries that a half-typed question may become, best first: those that contain it, then the likeliest."""
        typed = " ".join(text.casefold().split())
        if not typed:
            return self._index.entries[:most]
        ranked = self._index.rank(spoken(text))
        return tuple(sorted(ranked, key=lambda entry: typed not in entry.question.casefold())[:most])

    def _matches(self, said: tuple[str, ...]) -> tuple[Match, ...]:
        seen = [(self._likely(each), each) for each in self._index.look(said)]
        ranked = sorted(seen, key=lambda pair: -pair[0])[:SUGGESTIONS_LIMIT]
        return tuple(Match(each.entry, score, each.phrasing) for score, each in ranked)

    def _likely(self, seen: Seen) -> float:
        return lifted(self._confidence.of(seen.signals), ANSWER_SCORE, seen.scarce)
