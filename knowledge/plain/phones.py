"""Finding phone numbers in a text, however they are written: what people may depend on has to be checked first.

A number is looked for in what a reader sees of the text, as Markdown and as plain characters. What is surely a phone
number and what only may be one are told apart: a moderator cannot save the one, and a second one has to confirm the
other. `phonenumbers` knows the numbering plans of all countries, but neither disguises nor what else has digits, and a
number that no plan has would misdirect people, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from urllib.parse import unquote

from knowledge.plain.markdown import rendered
from knowledge.plain.not_phones import is_labelled, without_figures
from knowledge.plain.seen import seen

# As many digits as a number can have with its country code (ITU-T E.164); as one has that is written out without any
# sign of being one; as a local one has, and one that begins with a plus or a zero.
MOST_DIGITS = 15
NATIONAL_DIGITS = 10
FEWEST_DIGITS = 7
# Texts of which it is remembered what is in them: those of a community's entries are looked at whenever it changes one.
TEXTS = 5_000
# Without any of these, and without the sign of a list before it, Markdown shows a line as it is written.
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|#\n]|^\s*+(?:[-+]|\d{1,9}+[.)])(?:\s|$)")
# How far the ends of a range of pages, or of houses, are from each other.
RANGE = 100

# Groups of digits with at most so many signs between them; letters part numbers.
_RUN = re.compile(r"[+(]{0,2}\d++(?:[^\w\n]{0,4}+\n?[^\w\n]{0,2}+_{0,2}\d++)*+")
_GROUP = re.compile(r"\d+")
# Between numbers of a list, which one number has only if its groups have the lengths of one.
_LISTED = re.compile(r"[,;:|\n]\s|\s[/|•·–—:-]\s|\n")
_SHORT = re.compile(r"[2-9]11|988")
# The lengths of the groups of a number in North America, with or without its country code and area code.
_AMERICAN = ((3, 3, 4), (1, 3, 3, 4), (3, 7), (1, 3, 7), (1, 10))
_LOCAL = (3, 4)
_CALL = (
    r"\b(?:call(?:ing|s)?(?!\s+(?:for|numbers?)\b)|dial(?:ing|led)?|phone|telephone|tel|cell|mobile|whatsapp|viber"
    r"|signal|hot ?lines?|help ?lines?|sms|texts?|texting|txt|fax|ring|voicemail)\b"
)
_CALLED = re.compile(rf"(?:{_CALL}|tel:|phone=|wa\.me|call\.|dial\.)[^\d\n]{{0,25}}\Z", re.IGNORECASE)
# "Text HELP to 233733", "dial 112", "ring 116 016": short codes.
_SHORT_CODE = re.compile(
    rf"(?:{_CALL}[^.!?\n\d]{{0,40}}?|\bsend\s+\S{{1,20}}\s+to\s+)(?<![\w.,$€£#])"
    r"(?P<code>\d{5,6}|\d{3}[ .-]?\d{3}|[19]\d\d)"
    r"(?![\w%]|[ .,:/-]?\d|\s(?:[a-z]+s|people|percent|dollars)\b)",
    re.IGNORECASE,
)
# "Dial 1323": a short code of four digits that is no year. It may be a room as well.
_FOUR = re.compile(
    r"\b(?:dial|text|sms|txt|ring)(?:\s+to)?\s+(?P<code>(?!19|20)\d{4})(?![\w%]|[.,:/-]?\d)", re.IGNORECASE
)
_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
# Numbers with letters, which stand for the digits of their keys: 1-800-FREE-NOW, 800-get-help.
_WORDED = re.compile(
    r"(?<![\w/.-])(?P<one>\+?1[\s.-]?)?\(?(?P<area>[2-9]\d\d)\)?(?P<sign>[\s.-]|(?<=1\d\d\d)|(?<=1.\d\d\d))(?P<word>[a-z0-9]++(?:[.-][a-z0-9]++)*+)",
    re.IGNORECASE,
)
_TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
_WORDED_LENGTHS = range(7, 12)
# Letters that look like digits, in a group that has a digit or nothing but the letter O: 8OO-555-O199.
_LOOKALIKE = re.compile(r"(?<![^\W_])(?:(?=[OoIilSB]*\d)[\dOoIilSB]++|[Oo]++)(?![^\W_])")
_LOOKS = str.maketrans("OoIilSB", "0011158")
# Digits in words, and the names of the signs between them.
_DIGIT_WORDS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "dash": "-", "hyphen": "-", "dot": "-", "point": "-", "minus": "-",
}  # fmt: skip
_SPELLED = re.compile(rf"\b(?:{'|'.join(_DIGIT_WORDS)})\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>]++", re.IGNORECASE)
_PATH_NUMBER = re.compile(r"(?<!\d)\+?(?:1[-._ ])?\(?\d{3}\)?[-._ ]\d{3}[-._ ]\d{4}(?!\d)")
_CALLING_ADDRESS = re.compile(r"(?:wa\.me/|phone=|[/.]call\b|[/.]tel\b|[/.]dial\b|\bcall\.)", re.IGNORECASE)
_TEL = re.compile(r"\b(?:tel|sms|callto|whatsapp):[/+]{0,3}[\d().\s-]{3,25}+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A certain or possible (not `sure`) phone number: its digits, and its place in the text."""

    digits: str
    sure: bool
    first: int
    last: int


def phones(text: str) -> tuple[str, ...]:
    """List the digits of certain phone numbers, without the country code of the United States."""
    return tuple(dict.fromkeys(each.digits for each in _everywhere(text) if each.sure))


def doubtful(text: str) -> tuple[str, ...]:
    """List the digits of possible phone numbers, which are not certain."""
    sure = set(phones(text))
    found = dict.fromkeys(each.digits for each in _everywhere(text) if not each.sure)
    return tuple(each for each in found if each not in sure)


def without_phones(text: str, word: str) -> str:
    """Replace each certain phone number in a text by a word."""
    for first, last in sorted(phone_spans(text), reverse=True):
        text = f"{text[:first]}{word}{text[last:]}"
    return text


def phone_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where certain phone numbers begin and end; none overlap."""
    spans: list[tuple[int, int]] = []
    for number in sorted(_numbers(text), key=lambda each: (each.first, -each.last)):
        if number.sure and (not spans or number.first >= spans[-1][1]):
            spans.append((number.first, number.last))
    return tuple(spans)


@lru_cache(TEXTS)
def _everywhere(text: str) -> tuple[Number, ...]:
    """Find the numbers in a text as it is written, and as Markdown shows it."""
    written = tuple(_numbers(text))
    if _MARKUP.search(text) and (shown := rendered(text)).strip() != text.strip():
        return (*written, *_numbers(shown))
    return written


def _numbers(text: str) -> Iterator[Number]:
    has_digits = _GROUP.search(text) if text.isascii() else any(each.isnumeric() for each in text)
    if not has_digits and not _SPELLED.search(text):
        return
    read = seen(text)
    for digits, sure, first, last in _found(read.text):
        yield Number(_national(digits), sure, *read.span(first, last))


def _found(text: str) -> Iterator[tuple[str, bool, int, int]]:
    """Digits, whether they surely are a phone number, and where they stand, in a text as it is seen."""
    yield from _in_addresses(text)
    plain = _ADDRESS.sub(lambda found: "x" * len(found.group()), text)
    for found in _SHORT_CODE.finditer(plain):
        yield _only_digits(found["code"]), True, *found.span("code")
    for found in _FOUR.finditer(plain):
        yield found["code"], False, *found.span("code")
    yield from _worded(plain)
    plain = without_figures(plain, _CALLED)
    yield from _runs(plain)
    looks = _LOOKALIKE.sub(lambda found: found.group().translate(_LOOKS), plain)
    if looks != plain:
        yield from _more(_runs(looks), _runs(plain))
    if _SPELLED.search(plain):
        yield from _spelled(plain)


def _in_addresses(text: str) -> Iterator[tuple[str, bool, int, int]]:
    for found in _ADDRESS.finditer(text):
        url = unquote(found.group())
        calls = _CALLING_ADDRESS.search(url) is not None
        for number in _PATH_NUMBER.finditer(url):
            yield _only_digits(number.group()), True, *found.span()
        if calls and FEWEST_DIGITS <= len(digits := _only_digits(url)) <= MOST_DIGITS:
            yield digits, True, *found.span()
    for found in _TEL.finditer(text):
        if digits := _only_digits(found.group()):
            yield digits, True, *found.span()


def _worded(text: str) -> Iterator[tuple[str, bool, int, int]]:
    for found in _WORDED.finditer(text):
        word, sign, has_one = found["word"], found["sign"], found["one"] is not None
        keys = re.sub(r"[^a-z0-9]", "", word, flags=re.IGNORECASE)
        letters = [each for each in keys if each.isalpha()]
        if has_one and sign.isspace() and len(keys) < _WORDED_LENGTHS[0]:
            keys = _words_after(text, found.start("word"))
        if not letters or len(keys) not in _WORDED_LENGTHS:
            continue
        toll_free, shouted = found["area"] in _TOLL_FREE, "".join(letters).isupper()
        called = _CALLED.search(text, max(0, found.start() - 40), found.start()) is not None
        joined = bool(sign) and not sign.isspace() and "-" in word
        if (toll_free and (shouted or has_one)) or (shouted and (has_one or called)):
            yield f"{found['area']}{keys.casefold().translate(_KEYS)}", True, *found.span()
        elif toll_free and (called or joined) and not word.casefold().endswith("-old"):
            yield f"{found['area']}{keys.casefold().translate(_KEYS)}", False, *found.span()


def _words_after(text: str, first: int) -> str:
    """Return the next words together, as far as they make a number of seven keys ("get help"); else nothing."""
    keys = ""
    for word in re.findall(r"[a-z0-9]+", text[first : first + 20], re.IGNORECASE):
        keys += word
        if len(keys) >= _WORDED_LENGTHS[0]:
            break
    return keys if len(keys) == _WORDED_LENGTHS[0] else ""


def _runs(text: str) -> Iterator[tuple[str, bool, int, int]]:
    for found in _RUN.finditer(text):
        run, begins = found.group(), found.start()
        pieces = [(run, 0)]
        abroad = run.startswith("+") and len(_only_digits(run)) <= MOST_DIGITS
        if _LISTED.search(run) and not (abroad or _has_shape(run)):
            pieces = list(_pieces(run))
        for piece, offset in pieces:
            first = begins + offset
            sure = _judged(piece, text, first)
            if sure is not None:
                yield _only_digits(piece), sure, first, first + len(piece)


def _pieces(run: str) -> Iterator[tuple[str, int]]:
    """Yield the numbers of a list, and where each begins."""
    ends = [0, *(each for found in _LISTED.finditer(run) for each in found.span()), len(run)]
    for first, last in pairwise(ends):
        if _GROUP.search(run, first, last):
            yield run[first:last], first


def _judged(run: str, text: str, first: int) -> bool | None:
    """Return whether a run of digits is certainly a phone number (True), possibly (False), or not (None)."""
    groups = _GROUP.findall(run)
    digits = "".join(groups)
    before = text[max(0, first - 40) : first]
    if len(digits) < FEWEST_DIGITS:
        alone = not re.match(r"[\w-]|[.,]\d", text[first + len(run) : first + len(run) + 2])
        return True if _SHORT.fullmatch(digits) and alone and not re.search(r"[\w/.,$-]\Z", before) else None
    called = _CALLED.search(before) is not None
    if len(digits) > MOST_DIGITS:
        # Nobody can dial it; but two numbers may stand side by side.
        return False if called or any(_has_shape(run[each.start() :]) for each in _GROUP.finditer(run)) else None
    if called:
        return True
    shaped = _has_shape(run)
    if is_labelled(before):
        return False if shaped else None
    if before[-1:].isalpha() and len(groups) == 1:
        # "B00123456", "1Z999AA10123456784"
        has_digits = any(each.isdigit() for each in before.split()[-1])
        return None if has_digits or len(digits) < NATIONAL_DIGITS else False
    if shaped or run.startswith(("+", "(")) or (run.startswith("0") and len(groups) > 1):
        return True
    if _is_range(groups):
        return None
    together = len(groups) == 1 or all(len(each) == 1 for each in groups) or not re.fullmatch(r"[\d\s]+", run)
    return len(digits) >= NATIONAL_DIGITS and together


def _is_range(groups: list[str]) -> bool:
    """Return whether these are two numbers near each other, as of pages: 1101-1129."""
    return len(groups) == 2 and len(groups[0]) == len(groups[1]) and 0 < int(groups[1]) - int(groups[0]) <= RANGE


def _has_shape(run: str) -> bool:
    """Return whether the groups of a run have the lengths of those of a number in North America."""
    lengths = tuple(map(len, _GROUP.findall(run)))
    if lengths == _LOCAL:
        return re.fullmatch(r"\d{3}[\s.‐-―-]\d{4}", run) is not None
    return lengths in _AMERICAN and (lengths[0] != 1 or _only_digits(run).startswith("1"))


def _spelled(text: str) -> Iterator[tuple[str, bool, int, int]]:
    """Numbers with digits in words: none of them is sure."""
    pieces: list[str] = []
    places: list[int] = []
    end = 0
    for found in [*_SPELLED.finditer(text), None]:
        until = len(text) if found is None else found.start()
        pieces.append(text[end:until])
        places += range(end, until)
        if found is not None:
            pieces.append(_DIGIT_WORDS[found.group().casefold()])
            places.append(found.start())
            end = found.end()
    for digits, _, first, last in _more(_runs("".join(pieces)), _runs(text)):
        yield digits, False, places[first], places[last - 1] + 1


def _more(
    these: Iterator[tuple[str, bool, int, int]], those: Iterator[tuple[str, bool, int, int]]
) -> Iterator[tuple[str, bool, int, int]]:
    """Yield the additional findings, which are not certain."""
    known = {digits for digits, *_ in those}
    yield from ((digits, False, first, last) for digits, _, first, last in these if digits not in known)


def _only_digits(text: str) -> str:
    return "".join(_GROUP.findall(text))


def _national(digits: str) -> str:
    """Return the digits without the country code of the United States."""
    return digits[1:] if len(digits) == NATIONAL_DIGITS + 1 and digits.startswith("1") else digits
