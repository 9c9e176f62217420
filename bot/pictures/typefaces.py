"""The typefaces that pictures are set in: Noto Sans, with a companion for nearly every living script.

They lie in `fonts/`, under the SIL Open Font License 1.1. That of Chinese, Japanese and Korean is five times as large
as all others together. So it is the system's (Debian's package `fonts-noto-cjk`, which the image has), or that of the
package manimgx-fonts-cjk. Without either, such signs are left out of pictures.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import uharfbuzz as hb
from uniseg.graphemecluster import grapheme_clusters

_FOLDER = Path(__file__).parent / "fonts"
# Where systems keep the collection, Debian's first; all have its faces in one order.
_CJK_FILES = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc"),
)
# The face in the collection: Han signs are drawn as each country writes them.
_JAPANESE, _KOREAN, _CHINESE = 0, 1, 2
# Texts in which every sign stands for itself, which is seen faster than worked out: Latin, Greek and Cyrillic without
# combining marks, punctuation, kana, Han and Hangul.
_ALONE = re.compile(
    r"[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]*"
)
# Texts whose clusters are remembered.
TEXTS_LIMIT = 2_000
# Clusters whose typeface is remembered.
CLUSTERS_LIMIT = 20_000
# What has no shape of its own: joiners, the combining grapheme joiner, variation selectors.
_SHAPELESS = frozenset({0x200B, 0x200C, 0x200D, 0x034F, 0x2060, *range(0xFE00, 0xFE10)})
# What asks for the picture of a sign that is a letter or a symbol, too: the emoji selector, and the joiner.
_PICTORIAL = ("\ufe0f", "\u200d")
_KANA = range(0x3040, 0x3100)
_HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7B0))


class Weight(IntEnum):
    """How bold; Noto Sans varies from 400 to 700."""

    REGULAR = 400
    SEMIBOLD = 600
    BOLD = 700


@dataclass(frozen=True, slots=True, eq=False)
class Typeface:
    """One font file. `em` is how many of its units make the font's size."""

    face: hb.Face
    signs: hb.Set
    em: int

    def has(self, cluster: str) -> bool:
        """Return whether it has a shape for every sign that is to be seen."""
        return all(ord(sign) in self.signs for sign in cluster if ord(sign) not in _SHAPELESS)


@cache
def font(typeface: Typeface, weight: Weight) -> hb.Font:
    """Return the typeface in one weight."""
    made = hb.Font(typeface.face)
    made.set_variations({"wght": float(weight)})
    return made


def main() -> Typeface:
    """Return the typeface of Latin, Greek and Cyrillic letters."""
    return _read(_FOLDER / "NotoSans[wght].ttf")


def missing() -> tuple[str, ...]:
    """Return the names of the font files that are not there; without the first nothing can be drawn."""
    needed = (_FOLDER / "NotoSans[wght].ttf", _FOLDER / "NotoEmoji[wght].ttf")
    return tuple(path.name for path in needed if not path.is_file())


def typefaces_of(text: str) -> tuple[tuple[str, Typeface | None], ...]:
    """Return the grapheme clusters of a text, each with the typeface that has all its signs, or None if none has."""
    cjk = _cjk(text)
    return tuple((cluster, _typeface_of(cluster, cjk)) for cluster in clusters(text))


def clusters(text: str) -> tuple[str, ...]:
    """Return a text in what people take for one sign: a letter with its marks, a syllable, an emoji (UAX #29)."""
    return tuple(text) if _ALONE.fullmatch(text) else _clusters(text)


@lru_cache(TEXTS_LIMIT)
def _clusters(text: str) -> tuple[str, ...]:
    return tuple(grapheme_clusters(text))


def drawable(text: str) -> str:
    """Return a text without what no typeface has a shape for; fancy letters as the plain ones that they stand for."""
    cjk = _cjk(text)
    plain = ((cluster, unicodedata.normalize("NFKC", cluster)) for cluster, _ in typefaces_of(text))
    return "".join(next((each for each in pair if _typeface_of(each, cjk)), "") for pair in plain)


@lru_cache(CLUSTERS_LIMIT)
def _typeface_of(cluster: str, cjk: int) -> Typeface | None:
    emoji = _read(_FOLDER / "NotoEmoji[wght].ttf")
    if any(sign in cluster for sign in _PICTORIAL) and emoji.has(cluster):
        return emoji
    if main().has(cluster):
        return main()
    file = cjk_file()
    han = () if file is None else (_read(file, cjk),)
    others = (*map(_read, _companions()), *han, emoji)
    return next((typeface for typeface in others if typeface.has(cluster)), None)


@cache
def _companions() -> tuple[Path, ...]:
    """Return the files of other scripts and symbols: NotoSansTamil, but not NotoSans itself or NotoSans-Italic."""
    return tuple(sorted(path for path in _FOLDER.glob("NotoSans[A-Z]*.ttf")))


@cache
def cjk_file() -> Path | None:
    """Return the collection of Chinese, Japanese and Korean faces, None if this computer has none."""
    package = find_spec("manimgx_fonts_cjk")
    folders = package.submodule_search_locations if package is not None else None
    packaged = [Path(folder) / "NotoSansCJK-VF.otf.ttc" for folder in folders or ()]
    return next((path for path in (*packaged, *_CJK_FILES) if path.is_file()), None)


def _cjk(text: str) -> int:
    """Return the face of the collection whose Han signs a text means."""
    if any(ord(sign) in _KANA for sign in text):
        return _JAPANESE
    return _KOREAN if any(ord(sign) in block for sign in text for block in _HANGUL) else _CHINESE


@cache
def _read(path: Path, number: int = 0) -> Typeface:
    face = hb.Face(hb.Blob.from_file_path(str(path)), number)
    return Typeface(face, face.unicodes, face.upem)
