"""Follow-ups: short questions that mean something only after the answer before ("and in india?", "how long?")."""

import re
from collections.abc import Iterable, Sequence

from knowledge.matching import Match, Search
from knowledge.pack.model import Entry
from knowledge.plain.text import spoken
from knowledge.talk.cues import cues

# A follow-up has at most this many words; longer questions stand on their own.
WORDS_LIMIT = 8
# As few words as these are a follow-up even without a word that points back.
FEW_WORDS = 3
# A follow-up leads to an entry that is at least this likely, by itself and behind the question before: least the first
# that the answer names as related, then the others it names, then any other; and any by bare words alone.
NEXT_SCORE, RELATED_SCORE, LED_SCORE, BARE_SCORE = 0.01, 0.06, 0.15, 0.4
# Words that are so likely to lead to another entry by themselves ask for that one.
SURE_SCORE, ELSEWHERE_SCORE = 0.9, 0.6
# How many times likelier a related entry is than others, and one of the same topic.
RELATED_AHEAD, TOPIC_AHEAD = 3.0, 1.5
# Forms of a word share this many letters ("convictions", "convicted").
ROOT_LETTERS = 6
# What an answer must have to tell how many, how much, or how long.
_AMOUNT, _DURATION = re.compile(r"\d"), re.compile(r"\b(?:year|month|week|day)s?\b")
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "1st": 0, "2nd": 1, "3rd": 2, "4th": 3}
_NUMBERED = re.compile(r"^\d+\. (.+)$", re.MULTILINE)
_SORTS = {"how many": _AMOUNT, "how much": _AMOUNT, "how long": _DURATION}


def may_follow(text: str) -> bool:
    """Return whether a message may be a follow-up: it is short, and begins or points like one."""
    said = spoken(text)
    if not said or len(said) > WORDS_LIMIT:
        return False
    return len(said) <= FEW_WORDS or joins(text) or not cues("pointing").isdisjoint(said)


def joins(text: str) -> bool:
    """Return whether a message begins like a question that goes on from the one before."""
    said = spoken(text)
    return not cues("joining").isdisjoint({" ".join(said[:1]), " ".join(said[:2])})


def asks(text: str) -> bool:
    """Return whether a message begins like a question or a request, whatever joins it to the one before."""
    said = [word for word in spoken(text) if word not in cues("joining")]
    return not cues("asking").isdisjoint(said[:1])


def led_on(search: Search, text: str, alone: Sequence[Match], shown: Entry) -> Sequence[Match]:
    """Rank the entries for a follow-up to the entry that was shown, best first; none if nothing is likely.

    `alone` is what the message matches by itself; it is matched behind the question that was answered, too. What the
    answer names as related goes before the rest. Words that ask nothing by themselves ("why?") mean only what they mean
    behind that question.
    """
    behind = search.ask(f"{shown.question} {text}").matches
    found = {match.entry.id: match for match in (*behind, *alone)}
    if shown.id in found and _stays(text, shown, alone[:1]):
        return (found[shown.id],)
    bare = is_bare(text)
    scores = {match.entry.id: match.score for match in behind}
    for match in alone:
        if not bare or match.entry.id in shown.related or match.score >= BARE_SCORE:
            scores[match.entry.id] = scores.get(match.entry.id, 0.0) + match.score
    # Somebody who has read an answer asks for something else, unless the words alone lead there again.
    if bare or not alone or alone[0].entry.id != shown.id:
        scores.pop(shown.id, None)
    least = dict.fromkeys(shown.related, RELATED_SCORE) | dict.fromkeys(shown.related[:1], NEXT_SCORE)
    likely = {entry_id: score for entry_id, score in scores.items() if score >= least.get(entry_id, LED_SCORE)}
    for entry_id in likely:
        if entry_id in shown.related:
            likely[entry_id] *= RELATED_AHEAD
        elif found[entry_id].entry.topic == shown.topic:
            likely[entry_id] *= TOPIC_AHEAD
    return [found[entry_id] for entry_id in sorted(likely, key=lambda entry_id: -likely[entry_id])]


def place_in_list(text: str) -> int | None:
    """Return the place in a list that a short message names, from 0 on, and -1 for the last; None if it names none."""
    said = spoken(text)
    places = [_ORDINALS[word] for word in said if word in _ORDINALS]
    return places[0] if len(places) == 1 and len(said) <= WORDS_LIMIT else None


def numbered(entry: Entry) -> tuple[str, ...]:
    """Return the items of an answer's numbered list."""
    return tuple(_NUMBERED.findall(entry.answer))


def is_bare(text: str) -> bool:
    """Return whether a message has only words that ask, join, or point ("why?", "and there?")."""
    return not _content(text)


def _stays(text: str, shown: Entry, others: Sequence[Match]) -> bool:
    """Return whether a follow-up asks for something that the shown answer says itself, and no other entry is about."""
    said = set(spoken(text))
    wanted = next((sort for word, sort in _SORTS.items() if set(word.split()) <= said), None)
    if wanted is not None and not wanted.search(shown.answer):
        return False
    content = _content(text)
    if not content:
        points = not cues("pointing").isdisjoint(said)
        return wanted is not None or (points and "where" in said and not cues("past").isdisjoint(said))
    if wanted is None and others and others[0].entry.id != shown.id and others[0].score >= SURE_SCORE:
        # The words alone ask something else.
        return False
    about = _roots(spoken(others[0].entry.question)) if others else frozenset()
    elsewhere = not content.isdisjoint(about) and others[0].score >= ELSEWHERE_SCORE
    return content <= _roots(spoken(f"{shown.question} {shown.answer}")) and (
        not elsewhere or content <= _roots(spoken(shown.question))
    )


def _content(text: str) -> frozenset[str]:
    """Return the roots of the words that say what a message is about."""
    plain = cues("asking") | cues("bare") | cues("pointing") | cues("past")
    return _roots(word for word in spoken(text) if word not in plain)


def _roots(words: Iterable[str]) -> frozenset[str]:
    """Return the beginnings of words, by which their forms are alike."""
    return frozenset(word.rstrip("s")[:ROOT_LETTERS] for word in words)
