"""An entry as a citation: by the styles' own rules in the Citation Style Language (CSL), or as BibTeX."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from knowledge.pack.files import pack_folder
from knowledge.pack.model import Document, Entry

# The name of this collection in citations.
COLLECTION = "IJM Answers"
# The styles as files, from https://github.com/citation-style-language/styles.
_FOLDER = "citation_styles"
# Marks for the beginning and end of italics: two characters that no text has (Unicode's private use area).
_BEGIN, _END = "\ue000", "\ue001"
_ITALICS = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*+){_END}")
# American styles put a period inside quotation marks, and none after another mark; citeproc-py puts it outside.
_STOP_OUTSIDE = re.compile(r"([.?!…]?)”\.")
# A heading's number in its document: "3. Restore Survivors", "2.1 Members".
_NUMBERED = re.compile(r"^\d{1,2}(?:[.)]|(?:\.\d{1,2})+)\s+")
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: f"\\{sign}" for sign in "&%$#_{}"
}


class Style(StrEnum):
    """The citation styles that students are asked for."""

    APA = "apa"
    MLA = "mla"
    CHICAGO = "chicago"
    HARVARD = "harvard"
    BIBTEX = "bibtex"

    @property
    def label(self) -> str:
        """Its name as it is written."""
        return {Style.APA: "APA", Style.MLA: "MLA", Style.BIBTEX: "BibTeX"}.get(self, self.value.capitalize())


@dataclass(frozen=True, slots=True)
class _Rules:
    """A style's file, its language, the marks around a part's title, and what it omits without an address."""

    file: str
    locale: str = "en-US"
    quotes: tuple[str, str] = ("“", "”")
    tail: str = ""


_RULES = {
    Style.APA: _Rules("apa", quotes=("", ""), tail=" Retrieved {long}."),
    Style.MLA: _Rules("modern-language-association"),
    Style.CHICAGO: _Rules("chicago-author-date", tail=" Accessed {long}."),
    Style.HARVARD: _Rules(
        "harvard-cite-them-right", "en-GB", ("‘", "’"), f" {COLLECTION}, {{where}} (Accessed: {{british}})."
    ),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation: pieces of text in order, each with whether it is in italics."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def plain(self) -> str:
        """Return the text without italics."""
        return "".join(text for text, _ in self.pieces)


def cite(entry: Entry, document: Document, style: Style, accessed: date, revised: date | None = None) -> Citation:
    """Return the citation of an entry; `accessed` is the day on which the asker reads it. `revised` is the day of a
    community's revision; None for a shipped entry. A document without a date gets the style's form for that (APA:
    n.d.), and one without an author begins with its title.
    """
    if style is Style.BIBTEX:
        return Citation(((_bibtex(entry, document, accessed, revised), False),))
    rules = _RULES[style]
    where = f"entry {entry.id}, revision {entry.revision}"
    where += f" of {long_day(revised)}" if revised else ""
    text = _formatted(rules, _item(entry, document, rules, accessed, where))
    if rules.quotes[1] == "”":
        text = _STOP_OUTSIDE.sub(lambda found: f"{found[1] or '.'}”", text)
    british = f"{accessed.day} {accessed:%B %Y}"
    text += rules.tail.format(long=long_day(accessed), british=british, where=where)
    return Citation(tuple(_pieces(text)))


def long_day(day: date) -> str:
    """Return a day in American English: October 2, 2026."""
    return f"{day:%B} {day.day}, {day.year}"


def _item(entry: Entry, document: Document, rules: _Rules, accessed: date, where: str) -> dict[str, Any]:
    """Return the entry as an item of the Citation Style Language: a part of its document, found in this collection."""
    figures = f"; figures as of {entry.as_of}" if entry.has_figures else ""
    cased = {text.casefold(): text for text in document.sentence_case}
    heading = _NUMBERED.sub("", _clean(entry.source.section))
    section, title = (cased.get(text.casefold(), text) for text in (heading, _clean(document.title)))
    item: dict[str, Any] = {
        "id": entry.id,
        "type": "entry-encyclopedia",
        "language": rules.locale,
        "genre": f"{_clean(document.kind)}{figures}",
        "archive": COLLECTION,
        "archive_location": where,
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
    }
    if document.author:
        item |= {"author": [{"literal": _clean(document.author)}], "title": section or title}
    else:
        # Without an author, the title comes first; citeproc-py would repeat it in its usual place.
        opened, closed = rules.quotes
        first = f"{opened}{section}{closed}" if section else f"{_BEGIN}{title}{_END}"
        item |= {"author": [{"literal": first}]}
    return item | ({"container-title": title} if section else {})


def _formatted(rules: _Rules, item: dict[str, Any]) -> str:
    # Imported for the first citation: it takes memory.
    citeproc, source = import_module("citeproc"), import_module("citeproc.source.json")
    style = citeproc.CitationStylesStyle(str(pack_folder() / _FOLDER / f"{rules.file}.csl"), rules.locale, False)
    bibliography = citeproc.CitationStylesBibliography(style, source.CiteProcJSON([item]), _FORMATTER)
    bibliography.register(citeproc.Citation([citeproc.CitationItem(item["id"])]))
    return "".join(map(str, bibliography.bibliography()[0]))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for found in _ITALICS.finditer(text):
        yield text[end : found.start()], False
        yield found[1], True
        end = found.end()
    yield text[end:], False


def _clean(text: str) -> str:
    return text.replace(_BEGIN, "").replace(_END, "")


class _Italic(str):
    """Text in italics, in the form that citeproc-py expects."""

    __slots__ = ()

    def __new__(cls, text: object) -> "_Italic":
        return super().__new__(cls, f"{_BEGIN}{text}{_END}")


# Everything but italics is plain text; whoever shows a citation escapes it.
_FORMATTER = SimpleNamespace(
    preformat=str,
    Italic=_Italic,
    Oblique=_Italic,
    **dict.fromkeys(("Bold", "Light", "Underline", "Superscript", "Subscript", "SmallCaps"), str),
)


def _bibtex(entry: Entry, document: Document, accessed: date, revised: date | None) -> str:
    heading = _NUMBERED.sub("", entry.source.section)
    section = f"Section “{heading}”" if heading else ""
    made = f" of {revised.isoformat()}" if revised else ""
    parts = (
        section,
        document.dated,
        f"figures as of {entry.as_of}" if entry.has_figures else "",
        f"{COLLECTION}, entry {entry.id}, revision {entry.revision}{made}",
        f"accessed {accessed.isoformat()}",
    )
    # BibTeX sorts by `key` what has no author, and warns where it has neither.
    first = {"author": f"{{{_tex(document.author)}}}"} if document.author else {"key": _tex(document.title)}
    fields = {
        **first,
        "title": f"{{{_tex(document.title)}}}",
        "howpublished": _tex(document.kind[:1].upper() + document.kind[1:]),
        "note": _tex("; ".join(part for part in parts if part)),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    # Two revisions of one entry can be in one bibliography.
    name = f"ijm-answers-{entry.id}" + (f"-r{entry.revision}" if revised else "")
    return f"@misc{{{name},\n{lines}\n}}"


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)
