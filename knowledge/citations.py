"""An entry as a citation: APA, MLA, Chicago or BibTeX, with its section, its figures' year and its revision."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from knowledge.model import Document, Entry

# What the citations call this collection of entries.
COLLECTION = "IJM Answers"
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SHORT_MONTHS = ["Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: f"\\{sign}" for sign in "&%$#_{}"
}


class Style(StrEnum):
    """The citation styles that students are asked for."""

    APA = "apa"
    MLA = "mla"
    CHICAGO = "chicago"
    BIBTEX = "bibtex"

    @property
    def label(self) -> str:
        """Its name as it is written."""
        return {"apa": "APA", "mla": "MLA", "chicago": "Chicago", "bibtex": "BibTeX"}[self.value]


def cite(entry: Entry, document: Document, style: Style, accessed: date) -> str:
    """The citation of an entry, plain text; `accessed` is the day on which the asker reads it.

    The document is undated, so the styles' own form for that is used (APA: n.d.), with the year of its figures.
    """
    return _STYLES[style](entry, document, accessed)


def _apa(entry: Entry, document: Document, accessed: date) -> str:
    day = f"{_MONTHS[accessed.month - 1]} {accessed.day}, {accessed.year}"
    return (
        f"{document.author}. (n.d.). {_ended(entry.source.section)} In {document.title} [{document.kind}; "
        f"figures as of {entry.as_of}]. {COLLECTION}, entry “{entry.id}”, revision {entry.revision}. Retrieved {day}."
    )


def _mla(entry: Entry, document: Document, accessed: date) -> str:
    day = f"{accessed.day} {_SHORT_MONTHS[accessed.month - 1]} {accessed.year}"
    return (
        f"{document.author}. “{_ended(entry.source.section)}” {document.title}, n.d., figures as of {entry.as_of}. "
        f"{COLLECTION}, entry “{entry.id},” revision {entry.revision}. Accessed {day}."
    )


def _chicago(entry: Entry, document: Document, accessed: date) -> str:
    day = f"{_MONTHS[accessed.month - 1]} {accessed.day}, {accessed.year}"
    return (
        f"{document.author}. “{_ended(entry.source.section)}” In {document.title}. {document.kind}, n.d., figures "
        f"as of {entry.as_of}. {COLLECTION}, entry “{entry.id},” revision {entry.revision}. Accessed {day}."
    )


def _bibtex(entry: Entry, document: Document, accessed: date) -> str:
    note = (
        f"Section “{entry.source.section}”; {document.dated}; figures as of {entry.as_of}; {COLLECTION}, "
        f"entry {entry.id}, revision {entry.revision}; accessed {accessed.isoformat()}"
    )
    fields = {
        "author": f"{{{_tex(document.author)}}}",
        "title": f"{{{_tex(document.title)}}}",
        "howpublished": _tex(document.kind),
        "note": _tex(note),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{ijm-answers-{entry.id},\n{lines}\n}}"


def _ended(section: str) -> str:
    """A heading as a title in quotes: with its own mark at the end, or a full stop."""
    return section if section.endswith(("?", "!", "…")) else f"{section.rstrip('.')}."


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)


_STYLES: Mapping[Style, Callable[[Entry, Document, date], str]] = {
    Style.APA: _apa,
    Style.MLA: _mla,
    Style.CHICAGO: _chicago,
    Style.BIBTEX: _bibtex,
}
