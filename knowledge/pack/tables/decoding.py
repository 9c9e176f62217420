"""The text of a file of unknown encoding: Unicode if it says so, older encodings if they are recognizable."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass

from knowledge.pack.tables.bad_file import BadFile

# What spreadsheets on Windows and on older Macs write when they are told to save as plain CSV.
_OLDER = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman"}
_UNKNOWN = (
    "I cannot tell the file's encoding, and guessing would spoil its letters. Save it as “CSV UTF-8” (Excel: Save as, "
    "file type; Numbers and LibreOffice: the encoding Unicode, UTF-8)."
)
_QUOTES, _DASHES, _ACCENTED = "‘’“”", "–—", "àáâäãåæçèéêëìíîïñòóôöõøœùúûüýÿß"
_SIGNS = "\u00a0…€£©®°·•§½¼¾×"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text. `guessed` names the older encoding that was recognized; it is empty for Unicode."""

    text: str
    guessed: str = ""


def decode(content: bytes) -> Decoded:
    """Decode a file. Raises BadFile if it is not text, or if its encoding is uncertain."""
    found = _unicode(content) or _older(content)
    text = found.text.lstrip("\ufeff")
    if "\x00" in text:
        raise BadFile("The file contains a null character, so it is not text. Export it again.")
    return Decoded(text, found.guessed)


def _unicode(content: bytes) -> Decoded | None:
    encoding = "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8"
    try:
        return Decoded(content.decode(encoding))
    except UnicodeDecodeError:
        return None


def _older(content: bytes) -> Decoded:
    """Return the older encoding in which the text reads clearly better than in the other."""
    scores: list[tuple[int, str, str]] = []
    for encoding, name in _OLDER.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        around = zip(f" {text}", text, f"{text[1:]} ", strict=False)
        scores.append((sum(_fit(*each) for each in around if not each[1].isascii()), name, text))
    best, *others = sorted(scores, reverse=True)
    if best[0] <= 0 or (others and others[0][0] >= best[0]):
        raise BadFile(_UNKNOWN)
    return Decoded(best[2], best[1])


def _fit(before: str, sign: str, after: str) -> int:
    """Return how well a character fits between its neighbors in English text, from -3 to 2."""
    inside = before.isalpha() and after.isalpha()
    if sign in _QUOTES:
        return 2 if not inside or sign == "’" else -1
    if sign in _DASHES:
        return 0 if inside else 2
    if sign in _ACCENTED:
        return 1 if before.isalpha() or after.isalpha() else -1
    if sign.isalpha():
        return -3 if before.islower() else 0
    return 1 if sign in _SIGNS else -2
