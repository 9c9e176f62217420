"""Chat text made plain: what people typed, without what chat platforms and keyboards add."""

import re
import unicodedata
from functools import lru_cache

# Two Discord messages or one long Slack message; a question is said in far less. Of a longer text the beginning
# and the end are read, where people put their question, so that the work stays bounded.
TEXT_LIMIT = 2_000

# Most messages have none of what follows.
_MARKED = re.compile(r"[`<@\[]|://|www\.", re.IGNORECASE)
# Some keyboards have no apostrophe, or have it where nobody finds it.
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[`´](?=[^\W\d_])")
_FENCE = re.compile(r"```.*?(?:```|\Z)|(?<!`)`[^`\n]*`(?!`)", re.DOTALL)
# Slack writes links as <https://…|label>; the label is what the person wrote.
_SLACK_LABEL = re.compile(r"<(?:https?|mailto|tel):[^|>\s]*\|([^<>]*)>")
_MARKDOWN_LABEL = re.compile(r"\[([^\[\]\n]*+)\]\([^()\s]*+\)")
_MENTION = re.compile(
    r"<(?:@[!&]?|#|!|a?:\w{1,32}:|/[\w -]+:|t:)[^<>\s]{0,80}(?:[^<>]{0,80})>|@(?:everyone|here|channel)\b"
)
_OWN_EMOJI = re.compile(r"<a?:\w{1,32}:\d{1,20}>")
# The Unicode categories of emoji, and of the signs that change their color.
_EMOJI = frozenset({"So", "Sk"})
# What half a character is read as, which Unicode counts among them.
_UNREADABLE = "\ufffd"
_ADDRESS = re.compile(r"\b(?:https?|ftp)://\S+|\bwww\.\S+|(?<!\S)\S[^\s@]*+@(?=\S[^\s.]*+\.\S)\S++", re.IGNORECASE)
# An emoji as Slack sends it, `:wave:`, also with a skin tone, `:+1::skin-tone-3:`. A time (10:30:15) is none, nor is
# what stands between letters (std::sort).
_NAME = r"(?:[a-z_+-][\w+'-]{0,79}|\d+[a-z_][\w+'-]{0,79}|100|1234)"
_SHORTCODE = re.compile(rf"(?:(?<!\w):{_NAME}:|(?<!\d):{_NAME}:(?!\w))(?::skin-tone-[2-6]:)?", re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛′ʼ`´", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-"))
# Joins emoji into one; between words it parts them.
_JOINER = "\u200d"
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[%$€£]", re.UNICODE)
_DIGIT = re.compile(r"\d")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)|(?<=\b\d), (?=\d{3}\b)")
# "sooo" and "aaaa" are typed for effect; no English word has a letter three times in a row.
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
# A digit inside a word is chat spelling ("b4", "2day", "h8"): it belongs to the word.
_CHAT_SPELLING = re.compile(r"\b(?:[a-z]+\d[a-z]*|\d[a-z]{2,})\b")


def clean(text: str, *, code: bool = False) -> str:
    """Return the words of a chat message in plain form: one line, lower case, straight quotes.

    Without addresses, mentions, emoji and invisible characters, and without code blocks unless `code` is set; at most
    TEXT_LIMIT characters.
    """
    text = _APOSTROPHE.sub("'", bounded(text))
    if _MARKED.search(text):
        if not code:
            text = _FENCE.sub(" ", text)
        text = _SLACK_LABEL.sub(r" \1 ", text)
        text = _MENTION.sub(" ", text)
        text = _MARKDOWN_LABEL.sub(r" \1 ", text)
        text = _ADDRESS.sub(" ", text)
    if ":" in text:
        text = _SHORTCODE.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
        text = "".join(map(_kept, text))
    text = _CONTROL.sub(" ", text).casefold()
    return _STRETCHED.sub(r"\1\1", " ".join(text.split()))[:TEXT_LIMIT]


def bounded(text: str) -> str:
    """Return the text; if it is longer than TEXT_LIMIT characters, its beginning and its end."""
    if len(text) <= TEXT_LIMIT:
        return text
    half = TEXT_LIMIT // 2
    return f"{text[:half]} {text[-half:]}"


def words(cleaned: str) -> tuple[str, ...]:
    """Return the words, numbers and signs of a cleaned text in order, without apostrophes ("dont", "whats")."""
    if _DIGIT.search(cleaned) is None:
        found: list[str] = _WORD.findall(cleaned)
    else:
        text = _THOUSANDS.sub("", cleaned)
        found = []
        end = 0
        for spelling in _CHAT_SPELLING.finditer(text):
            found += _WORD.findall(text[end : spelling.start()])
            found.append(spelling.group())
            end = spelling.end()
        found += _WORD.findall(text[end:])
    return tuple(word.replace("'", "") for word in found) if "'" in cleaned else tuple(found)


def spoken(text: str) -> tuple[str, ...]:
    """Return the words of a chat message; none if it has only mentions, links, code or emoji."""
    return words(clean(text))


def has_emoji(text: str) -> bool:
    """Return whether a chat message has an emoji: Unicode's, a Discord server's own, or one that Slack names."""
    named = _OWN_EMOJI.search(text) or _SHORTCODE.search(text)
    return bool(named) or any(unicodedata.category(sign) in _EMOJI and sign != _UNREADABLE for sign in text)


def phrase_key(text: str) -> str:
    """Return a key that is equal for phrasings that differ only in case, punctuation or keyboard habits."""
    return " ".join(spoken(text))


@lru_cache(maxsize=10_000)
def _kept(character: str) -> str:
    """Return the character itself, nothing for an invisible one, a space for emoji and controls."""
    if character == _JOINER:
        return " "
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return " " if category[0] == "C" or category in _EMOJI else character


def script_of(character: str) -> str:
    """Return the script of a letter by the first word of its name (LATIN, CYRILLIC); empty for anything else."""
    return unicodedata.name(character, "").split(" ")[0] if character.isalpha() else ""
