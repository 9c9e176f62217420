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
# A question is led on to an entry that is at least this likely.
LED_SCORE = 0.2
# What a related entry, or one of the same topic, is ahead of the others.
RELATED_AHEAD, TOPIC_AHEAD = 0.2, 0.1


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

    The message is matched by itself and behind the question that was answered; what the answer names as related is
    ahead of the rest.
    """
    alone, behind = search.ask(text), search.ask(f"{shown.question} {text}")
    scores: dict[str, float] = {}
    found: dict[str, Match] = {}
    # Words that the subject does not know lead nowhere, whatever stands before them.
    if not alone.matches and not _is_bare(text):
        return []
    for verdict, weight in ((alone, 1.0), (behind, 0.5)):
        for match in verdict.matches:
            scores[match.entry.id] = scores.get(match.entry.id, 0.0) + weight * match.score
            found.setdefault(match.entry.id, match)
    # Somebody who has read an answer asks for something else, unless the words alone lead there again.
    if not alone.matches or alone.matches[0].entry.id != shown.id:
        scores.pop(shown.id, None)
    for entry_id in scores:
        entry = found[entry_id].entry
        ahead = RELATED_AHEAD if entry_id in shown.related else TOPIC_AHEAD if entry.topic == shown.topic else 0
        scores[entry_id] += ahead
    ranked = sorted(scores, key=lambda entry_id: -scores[entry_id])
    return [found[entry_id] for entry_id in ranked if scores[entry_id] >= LED_SCORE]


def _is_bare(text: str) -> bool:
    """Whether a message has only words that ask, join, or point ("why?", "and there?")."""
    return all(not cues("asking").isdisjoint({word}) or word in cues("bare") for word in spoken(text))
