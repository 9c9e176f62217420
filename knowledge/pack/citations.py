"""An entry as a citation: APA, MLA, Chicago or BibTeX, with its section, its figures' year and its revision."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from knowledge.pack.model import Document, Entry

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


def cite(entry: Entry, document: Document, style: Style, accessed: date, revised: date | None = None) -> str:
    """Return the citation of an entry, plain text; `accessed` is the day on which the asker reads it.

    `revised` is the day of the entry's revision, where a community made it; None for what ships with the bot. A
    document of which no date is known gets the styles' own form for that (APA: n.d.), with the year of its figures;
    one without an author begins with its title, as all four styles ask.
    """
    return _STYLES[style](entry, document, accessed, revised)


def long_day(day: date) -> str:
    """Return a day as it is written in American English: October 2, 2026."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _apa(entry: Entry, document: Document, accessed: date, revised: date | None) -> str:
    kind = f"{document.title} [{_capital(document.kind)}; figures as of {entry.as_of}]."
    section = _ended(entry.source.section)
    # What stands first stands before the date: the author, else the title.
    if document.author:
        work = " ".join(
            part for part in (f"{document.author}. (n.d.).", section, "In" if section else "", kind) if part
        )
    else:
        work = f"{section} (n.d.). In {kind}" if section else f"{kind} (n.d.)."
    made = f" ({long_day(revised)})" if revised else ""
    return f"{work} {COLLECTION}, entry “{entry.id}”, revision {entry.revision}{made}. Retrieved {long_day(accessed)}."


def _mla(entry: Entry, document: Document, accessed: date, revised: date | None) -> str:
    # The version, then its date, are parts of the container that the text is found in.
    made = f", {_short_day(revised)}" if revised else ""
    return (
        f"{_begun(entry, document)}{document.title}, n.d., figures as of {entry.as_of}. "
        f"{COLLECTION}, entry “{entry.id},” revision {entry.revision}{made}. Accessed {_short_day(accessed)}."
    )


def _chicago(entry: Entry, document: Document, accessed: date, revised: date | None) -> str:
    begun = _begun(entry, document)
    within = "In " if entry.source.section else ""
    made = f", last modified {long_day(revised)}" if revised else ""
    return (
        f"{begun}{within}{_ended(document.title)} {_capital(document.kind)}, n.d., figures as of {entry.as_of}. "
        f"{COLLECTION}, entry “{entry.id},” revision {entry.revision}{made}. Accessed {long_day(accessed)}."
    )


def _bibtex(entry: Entry, document: Document, accessed: date, revised: date | None) -> str:
    section = f"Section “{entry.source.section}”" if entry.source.section else ""
    made = f" of {revised.isoformat()}" if revised else ""
    parts = (
        section,
        document.dated,
        f"figures as of {entry.as_of}",
        f"{COLLECTION}, entry {entry.id}, revision {entry.revision}{made}",
        f"accessed {accessed.isoformat()}",
    )
    # BibTeX sorts by `key` what has no author, and warns where it has neither.
    first = {"author": f"{{{_tex(document.author)}}}"} if document.author else {"key": _tex(document.title)}
    fields = {
        **first,
        "title": f"{{{_tex(document.title)}}}",
        "howpublished": _tex(_capital(document.kind)),
        "note": _tex("; ".join(part for part in parts if part)),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    # Two revisions of one entry can stand in one bibliography.
    name = f"ijm-answers-{entry.id}" + (f"-r{entry.revision}" if revised else "")
    return f"@misc{{{name},\n{lines}\n}}"


def _begun(entry: Entry, document: Document) -> str:
    """Give what MLA and Chicago begin with: the author, if one is known, and the section in quotes, if there is one."""
    author = f"{document.author}. " if document.author else ""
    return f"{author}“{_ended(entry.source.section)}” " if entry.source.section else author


def _short_day(day: date) -> str:
    return f"{day.day} {_SHORT_MONTHS[day.month - 1]} {day.year}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ended(title: str) -> str:
    """Return a title with its own mark at the end, or a full stop; nothing of nothing."""
    return title if not title or title.endswith(("?", "!", "…")) else f"{title.rstrip('.')}."


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)


_STYLES: Mapping[Style, Callable[[Entry, Document, date, date | None], str]] = {
    Style.APA: _apa,
    Style.MLA: _mla,
    Style.CHICAGO: _chicago,
    Style.BIBTEX: _bibtex,
}
