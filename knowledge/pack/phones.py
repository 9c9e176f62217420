"""Finding phone numbers in a text, however they are written: what people may depend on has to be checked first."""

import re
import unicodedata
from collections.abc import Iterator

from knowledge.pack.model import digits

# As many digits as a number can have with its country code (ITU-T E.164); as one has that is written out without any
# sign of being one, for fewer are figures; and as one has at least that begins with a plus or a zero.
MOST_DIGITS = 15
NATIONAL_DIGITS = 10
MARKED_DIGITS = 7

# What stands between the digits of one number.
_BETWEEN = r"[\s().\-‐-―·/]{0,3}"
_RUN = re.compile(rf"(?<![\w/.,-])[+(]?\d(?:{_BETWEEN}\d){{2,}}(?![\w-]|[.,]\d)")
# A local number without an area code; the short numbers for emergencies and relays.
_LOCAL = re.compile(r"\d{3}[\s.\-‐-―]\d{4}")
_SHORT = re.compile(r"[2-9]11")
# Toll-free numbers with letters in them, which stand for the digits of their keys.
_WORDED = re.compile(
    r"(?<![\w/.-])(?:\+?1[\s.-]?)?\(?8(?:00|33|44|55|66|77|88)\)?[\s.-](?=[\dA-Z-]*[A-Z])[\dA-Z-]{7,12}\b"
)
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
# "Text HELP to 233733": a short code.
_TEXTED = re.compile(r"\b(?:text|sms|txt)\b[^.!?\n]{0,40}?(?<![\w,.])(\d{5,6})(?![\w,]|\.\d)", re.IGNORECASE)
_YEARS = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}")
_ADDRESS = re.compile(r"https?://\S+")


def phones(text: str) -> tuple[str, ...]:
    """The phone numbers in a text, digits only, without the country code of the United States.

    Figures, years, dates and what stands in web addresses are none. Digits of any script count, and invisible
    characters between them do not hide a number.
    """
    seen = _seen(text)
    return tuple(dict.fromkeys(digits(seen[first:last].translate(_KEYS)) for first, last in phone_spans(seen)))


def without_phones(text: str, word: str) -> str:
    """The text with a word in the place of each phone number."""
    seen = _seen(text)
    for first, last in sorted(phone_spans(seen), reverse=True):
        seen = f"{seen[:first]}{word}{seen[last:]}"
    return seen


def phone_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where phone numbers begin and end in a text that has no invisible characters."""
    hidden = [found.span() for found in _ADDRESS.finditer(text)]
    for found in _RUN.finditer(text):
        if _is_phone(found.group()) and not _inside(found.span(), hidden):
            yield found.span()
    for found in _WORDED.finditer(text):
        yield found.span()
    for found in _TEXTED.finditer(text):
        yield found.span(1)


def _seen(text: str) -> str:
    """The text as it is seen: without the invisible characters that format it."""
    return text if text.isascii() else "".join(each for each in text if unicodedata.category(each) != "Cf")


def _is_phone(run: str) -> bool:
    """Whether a run of digits is a phone number."""
    groups = re.findall(r"\d+", run)
    total = sum(map(len, groups))
    if total > MOST_DIGITS or _DATE.fullmatch(run.strip("() ")) or all(_YEARS.fullmatch(group) for group in groups):
        return False
    if total >= NATIONAL_DIGITS or (run.startswith(("+", "0")) and total >= MARKED_DIGITS):
        return True
    return bool(_SHORT.fullmatch(run) or _LOCAL.fullmatch(run))


def _inside(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(first <= span[0] and span[1] <= last for first, last in others)
