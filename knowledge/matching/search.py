"""The search: from a text to a verdict, in memory, with the same outcome each time."""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from knowledge.encoder import Encoder
from knowledge.matching.community import Community, Shipped
from knowledge.matching.confidence import Signals, log_odds, others
from knowledge.matching.entry_texts import sentences
from knowledge.matching.kernel import Floats, centered, embedded
from knowledge.matching.learned import Learned, Seen, restored
from knowledge.matching.thoughts import thoughts
from knowledge.matching.verdict import SUGGESTIONS_LIMIT, Closest, Found, Match, Reason, Suggestions, Unknown, Verdict
from knowledge.pack.model import Choice, Entry
from knowledge.plain.text import clean, phrase_key, spoken

# How likely an entry has to be right to be the answer, to be called the closest, and to be offered; set on questions
# that nothing was learned from (docs/matching.md). Each lies where no practice question is near, so that a processor's
# way of rounding changes no verdict.
ANSWER_SCORE, CLOSEST_SCORE, SUGGEST_SCORE = 0.677, 0.284, 0.058
# The odds of an entry that only one thought of a message speaks for are divided by this.
THOUGHT_DOUBT = 4.0
# Below this a thought says nothing, for something in a long message is always a little like something.
SPEAKS = 0.3
# The cosine from which on a sentence of an answer tells what was asked, and how far it is ahead of the next one; seen
# on practice questions, of which two in five have such a sentence.
TELLING, TELLING_AHEAD = 0.45, 0.1


class Probe(NamedTuple):
    """A text with its embedding, None without an encoder, and what was learned of it."""

    text: str
    vector: Floats | None
    seen: Seen


class _Ranked(NamedTuple):
    """A probe, and the probability of each entry."""

    probe: Probe
    scores: Floats


class Search:
    """Finds entries. Immutable, and used from any thread.

    What differs from what was learned, because a community or a contributor has changed it since, is learned from its
    few phrasings when the search is made.
    """

    def __init__(
        self, entries: Iterable[Entry], learned: Learned, encoder: Encoder | None, choices: Iterable[Choice] = ()
    ) -> None:
        """Take entries that ship, and the words that several of them share.

        Without an encoder, or with another than was learned with, words alone decide.
        """
        self._choices = {phrase_key(words): choice.entries for choice in choices for words in choice.words}
        shipped = Shipped(entries, learned)
        self.encoder = encoder if encoder is not None and encoder.digest == learned.encoder else None
        texts = shipped.texts(shipped.entries, ())
        vectors = (
            {} if self.encoder is None else dict(zip(texts, embedded(self.encoder, texts, learned.middle), strict=True))
        )
        self._take(shipped, shipped.entries, (), vectors)

    def _take(
        self, shipped: Shipped, entries: tuple[Entry, ...], silent: tuple[str, ...], vectors: Mapping[str, Floats]
    ) -> None:
        self._learned = shipped.learned
        self._community = Community(shipped, entries, silent, None if self.encoder is None else vectors)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that can be found."""
        return self._community.entries

    @property
    def bytes(self) -> int:
        """The memory that it takes, besides what it shares with the search that it was adapted from."""
        return self._community.bytes

    def texts(self, entries: Iterable[Entry], silent: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the texts of a community that `adapted` wants the embeddings of, each once."""
        return self._community.shipped.texts(entries, silent)

    def adapted(
        self, entries: Iterable[Entry], silent: Sequence[str] = (), embeddings: Mapping[str, Floats] | None = None
    ) -> "Search":
        """Return a search over exactly these entries: a community's, most of which are this search's own.

        `silent` are texts that nothing answers there. With `embeddings` of its texts, those without one count by their
        words alone; else what this search does not know yet is encoded. None at all may be left of the entries.
        """
        search = object.__new__(Search)
        search.encoder, search._choices = self.encoder, self._choices
        entries, shipped, middle = tuple(entries), self._community.shipped, self._learned.middle
        vectors: Mapping[str, Floats] = {}
        if embeddings is not None:
            vectors = {text: centered(vector, middle) for text, vector in embeddings.items()}
        else:
            known = self._community.vectors()
            missing = [text for text in shipped.texts(entries, silent) if text not in known]
            vectors = {**known, **self._made(missing, middle)}
        search._take(shipped, entries, tuple(silent), vectors)
        return search

    def _made(self, texts: Sequence[str], middle: Floats) -> dict[str, Floats]:
        """Encode texts."""
        if self.encoder is None or not texts:
            return {}
        return dict(zip(texts, embedded(self.encoder, texts, middle), strict=True))

    def is_own(self, entry: Entry) -> bool:
        """Return whether an entry is a community's own, or its copy of one that ships."""
        return all(entry is not shipped for shipped in self._community.shipped.entries)

    def worded(self, text: str) -> Entry | None:
        """Find the entry that has these very words as a phrasing or as its id."""
        return self._community.worded(phrase_key(text))

    def prepared(self, text: str) -> tuple[str, ...]:
        """Return the texts that `ask` encodes, so that they can be encoded beforehand, elsewhere."""
        parts = dict.fromkeys((clean(text), *thoughts(text))) if spoken(text) else ()
        return tuple(map(self._community.mended, parts))

    def ask(self, text: str) -> Verdict:
        """Say what the knowledge base has for a text of any length."""
        if not spoken(text):
            return Unknown((), Reason.EMPTY)
        same = self.worded(text)
        ranked, also = self._weighed(text)
        matches = self._matches(ranked)
        if same is not None:
            rest = (match for match in matches if match.entry is not same)
            return Found((Match(same, 1.0, text), *rest)[:SUGGESTIONS_LIMIT], Reason.SAME_WORDING)
        if phrase_key(text) in self._community.silent:
            return Unknown(matches, Reason.SAID_UNANSWERED)
        return self._choice(text, matches) or _verdict(matches, also)

    def _choice(self, text: str, matches: tuple[Match, ...]) -> Closest | None:
        """Return the entries that share a message's few words, unless an entry of the community's own answers it."""
        ids = self._choices.get(phrase_key(text), ())
        by_id = {entry.id: entry for entry in self.entries if entry.id in ids}
        if len(by_id) < 2 or (matches[0].score >= ANSWER_SCORE and self.is_own(matches[0].entry)):
            return None
        shared = tuple(by_id[entry_id] for entry_id in ids if entry_id in by_id)[:SUGGESTIONS_LIMIT]
        return Closest(tuple(Match(entry, 1 / len(shared), text) for entry in shared), Reason.SHARED_WORDS)

    def vectors(self, texts: Sequence[str]) -> Floats | None:
        """Return the vectors of texts, or None without an encoder; only those are encoded that are not known."""
        if self.encoder is None:
            return None
        shipped, own = self._community.shipped.vectors, self._community.vectors()
        keys = [text if text in shipped else clean(text) for text in texts]
        made = self._made([key for key in keys if key not in shipped and key not in own], self._learned.middle)
        known = ChainMap(own, made)
        return np.array([restored(shipped[key]) if key in shipped else known[key] for key in keys], np.float32)

    def probes(self, texts: Sequence[str], vectors: Floats | None) -> tuple[Probe, ...]:
        """Encode many texts at once, which takes little more time than one; for `answering`."""
        seen = self._learned.see(texts, vectors)
        rows = [None] * len(texts) if vectors is None else vectors
        return tuple(Probe(*each) for each in zip(texts, rows, seen, strict=True))

    def guess(self, probe: Probe) -> Verdict:
        """Say how a text would be answered if it were not a phrasing, and were one thought."""
        return _verdict(self._matches(self._rank(probe)), ())

    def telling(self, entry: Entry, text: str) -> str:
        """Find the sentence or list item of an entry's answer that clearly fits a question best; empty if none does."""
        said = tuple(sentences(entry.answer))
        vectors = self.vectors((text, *said)) if len(said) > 1 else None
        if vectors is None:
            return ""
        likeness = vectors[1:] @ vectors[0]
        second, best = sorted(likeness.tolist())[-2:]
        found = said[int(likeness.argmax())]
        # What ends with a colon only introduces what follows.
        return found if best >= TELLING and best - second >= TELLING_AHEAD and not found.endswith(":") else ""

    def complete(self, text: str, most: int) -> tuple[Entry, ...]:
        """Find what a half-typed question may become, best first: entries that contain it, then the likeliest.

        Words alone are compared, so that nothing has to be encoded at each letter.
        """
        typed = " ".join(text.casefold().split())
        if not typed:
            return self.entries[:most]
        (probe,) = self.probes([self._community.mended(clean(text))], None)
        order = np.argsort(-self._rank(probe).scores, kind="stable").tolist()
        ranked = [self.entries[number] for number in order]
        return tuple(sorted(ranked, key=lambda entry: typed not in entry.question.casefold())[:most])

    def _weighed(self, text: str) -> tuple[_Ranked, tuple[Entry, ...]]:
        """Rank the entries for a message as a whole and for each of its thoughts, and find what else it asks for."""
        parts = self.prepared(text)
        vectors = None if self.encoder is None else embedded(self.encoder, parts, self._learned.middle)
        whole, *ranked = map(self._rank, self.probes(parts, vectors))
        if not ranked or not self.entries:
            return whole, ()
        doubted = [_doubted(part.scores) for part in ranked]
        loudest = np.max(doubted, axis=0)
        scores = np.where(loudest >= SPEAKS, np.maximum(whole.scores, loudest), whole.scores)
        best = [int(each.argmax()) for each in doubted]
        sure = [number for each, number in zip(doubted, best, strict=True) if each[number] >= ANSWER_SCORE]
        asked = list(dict.fromkeys(sure))[:2]
        if len(asked) == 2:
            # Both lead, in the order in which they were asked.
            scores[asked] = sorted((float(scores.max()), float(scores[asked[1]])), reverse=True)
        return _Ranked(whole.probe, scores), tuple(self.entries[number] for number in asked[1:])

    def signals(self, probe: Probe) -> tuple[Signals, Signals]:
        """Return what is seen of a text and each entry: by what was learned of it, and by its community's few texts."""
        community = self._community
        seen, own = community.seen(probe.seen), community.own(probe.text, probe.vector)
        count = np.ones(len(self.entries), np.float32)
        near_rival = others(np.maximum(seen.near, own.near))
        quiet = count * np.float32(max(seen.silence, own.silence))
        near_quiet = count * np.float32(max(seen.near_silence, own.near_silence))
        length = count * np.float32(np.log1p(len(spoken(probe.text))))
        ours = Signals(
            log_odds(own.scores),
            log_odds(others(own.scores)),
            quiet,
            own.near,
            near_rival,
            near_quiet,
            length,
            community.phrasings,
            others(seen.scores),
        )
        # A few texts speak loudly, also of what they do not answer: half of what they claim against others is how sure
        # the bot is of it.
        claimed = np.where(community.is_own, (own.scores + self._learned.own_confidence.of(ours)) / 2, 0)
        rival = others(np.maximum(seen.scores, claimed))
        return Signals(seen.scores, rival, quiet, seen.near, near_rival, near_quiet, length, 0 * count, 0 * count), ours

    def _rank(self, probe: Probe) -> _Ranked:
        community, learned = self._community, self._learned
        shipped, ours = self.signals(probe)
        confidence = learned.words_confidence if probe.vector is None else learned.confidence
        found = np.where(community.is_learned, confidence.of(shipped), 0)
        found = np.maximum(found, np.where(community.is_own, learned.own_confidence.of(ours), 0))
        if community.silences(probe.text, probe.vector, float(shipped.score.max(initial=0))):
            found *= np.float32(SUGGEST_SCORE)
        return _Ranked(probe, found.astype(np.float32))

    def _matches(self, ranked: _Ranked) -> tuple[Match, ...]:
        order = np.argsort(-ranked.scores, kind="stable")[:SUGGESTIONS_LIMIT].tolist()
        return tuple(
            Match(
                self.entries[number],
                float(ranked.scores[number]),
                self._community.nearest(number, ranked.probe.vector, ranked.probe.seen.cosines),
            )
            for number in order
        )


def _verdict(matches: tuple[Match, ...], also: tuple[Entry, ...]) -> Verdict:
    best = matches[0].score if matches else 0.0
    if best >= ANSWER_SCORE:
        return Found(matches, Reason.CONFIDENT, also)
    if best >= CLOSEST_SCORE:
        return Closest(matches)
    return Suggestions(matches) if best >= SUGGEST_SCORE else Unknown(matches, Reason.OUT_OF_SCOPE)


def _doubted(scores: Floats) -> Floats:
    """Lower probabilities, as only a part of the message speaks for them."""
    odds = scores / np.maximum(1 - scores, np.finfo(np.float32).eps) / THOUGHT_DOUBT
    return np.asarray(odds / (1 + odds), np.float32)
