"""What language a message is in, if it is clearly not English."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.pack.files import read_yaml
from knowledge.plain.text import clean, script_of, words
from knowledge.talk.cues import cues

ENGLISH_SENTENCE = "I can only read English. Please ask in English."
# A message is in a language when so many of its words are that language's, and so large a share of them.
WORDS_LEAST, SHARE_LEAST = 2, 0.4
# A script tells the language when so large a share of the letters is in it.
SCRIPT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its code, with what the bot says in it.

    `answer` introduces an English answer, empty where no entry has phrasings in it; `unread` asks for English.
    """

    code: str
    answer: str
    unread: str


def language_of(text: str) -> Language | None:
    """Tell the language of a message that is clearly not in English; None if it is, or may be."""
    scripts, table = _table()
    cleaned = clean(text)
    letters = [letter for letter in cleaned if letter.isalpha()]
    if not letters:
        return None
    seen = Counter(_script(letter) for letter in letters)
    # Japanese mixes its own letters with Chinese ones, so it is looked for first.
    for script in sorted(seen, key=lambda script: script != "HIRAGANA"):
        if script in scripts and seen[script] >= SCRIPT_SHARE * len(letters) / (1 + (script == "HIRAGANA")):
            return scripts[script]
    said = words(cleaned)
    if not said:
        return None
    english = sum(word in cues("english") for word in said)
    counts = {language: sum(word in known for word in said) for language, known in table.items()}
    best = max(counts, key=lambda language: counts[language])
    hits = counts[best]
    enough = hits >= WORDS_LEAST or (hits == 1 and any(ord(letter) > 127 for letter in letters) and len(said) <= 4)
    return best if enough and hits >= SHARE_LEAST * len(said) and hits > english else None


@cache
def _script(letter: str) -> str:
    """Return the script of a letter; Japanese has two."""
    script = script_of(letter)
    return "HIRAGANA" if script == "KATAKANA" else script


@cache
def _table() -> tuple[dict[str, Language], dict[Language, frozenset[str]]]:
    """Return the languages by their scripts, and the frequent words of each."""
    read = read_yaml(Path(__file__).with_suffix(".yaml"))
    scripts: dict[str, Language] = {}
    table: dict[Language, frozenset[str]] = {}
    for code, about in read.items():
        language = Language(code, about.get("answer", ""), about["unread"])
        if "script" in about:
            scripts[about["script"]] = language
        table[language] = frozenset(about.get("words", "").split())
    return scripts, table
