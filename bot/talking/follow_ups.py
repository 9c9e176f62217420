"""Follow-ups: short questions that mean something only after the answer before ("and in india?", "how long?")."""

from collections.abc import Sequence

from knowledge.matching import Match, Search
from knowledge.pack.model import Entry, Pack
from knowledge.plain.text import spoken
from knowledge.talk.cues import cues

# A follow-up has at most so many words; more say by themselves what they ask.
WORDS_LIMIT = 8
# As few words as these are a follow-up even without a word that points back.
FEW_WORDS = 3
# A follow-up leads to an entry that is at least this likely, by itself and behind the question before; one whose words
# say nothing by themselves needs less.
LED_SCORE, BARE_SCORE = 0.06, 0.005
# How many times likelier a related entry is than others, and one of the same topic.
RELATED_AHEAD, TOPIC_AHEAD = 3.0, 1.5


def may_follow(text: str) -> bool:
    """Whether a message may be a follow-up: it is short, and begins or points like one."""
    said = spoken(text)
    if not said or len(said) > WORDS_LIMIT:
        return False
    return len(said) <= FEW_WORDS or joins(text) or not cues("pointing").isdisjoint(said)


def joins(text: str) -> bool:
    """Whether a message begins like a question that goes on from the one before."""
    said = spoken(text)
    return not cues("joining").isdisjoint({" ".join(said[:1]), " ".join(said[:2])})


def asks(text: str) -> bool:
    """Whether a message begins like a question or a request."""
    return not cues("asking").isdisjoint(spoken(text)[:1])


def led_on(search: Search, pack: Pack, text: str, shown: Entry) -> Sequence[Match]:
    """Rank the entries for a follow-up to the entry that was shown, best first; none if nothing is likely.

    The message is matched by itself and behind the question that was answered. What the answer names as related goes
    before the rest. Words that say nothing by themselves ("why?") may lead to what is a little likely, others only to
    what they are likely to mean.
    """
    alone, behind = search.ask(text), search.ask(f"{shown.question} {text}")
    least = BARE_SCORE if _is_bare(text) else LED_SCORE
    scores: dict[str, float] = {}
    found: dict[str, Match] = {}
    for verdict in (alone, behind):
        for match in verdict.matches:
            scores[match.entry.id] = scores.get(match.entry.id, 0.0) + match.score
            found.setdefault(match.entry.id, match)
    # Somebody who has read an answer asks for something else, unless the words alone lead there again.
    if not alone.matches or alone.matches[0].entry.id != shown.id:
        scores.pop(shown.id, None)
    likely = {entry_id: score for entry_id, score in scores.items() if score >= least}
    for entry_id in likely:
        if entry_id in shown.related:
            likely[entry_id] *= RELATED_AHEAD
        elif found[entry_id].entry.topic == shown.topic:
            likely[entry_id] *= TOPIC_AHEAD
    return [found[entry_id] for entry_id in sorted(likely, key=lambda entry_id: -likely[entry_id])]


def _is_bare(text: str) -> bool:
    """Whether a message has only words that ask, join, or point ("why?", "and there?")."""
    return (cues("asking") | cues("bare")).issuperset(spoken(text))
