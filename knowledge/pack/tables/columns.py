"""Which column of a sheet is which field of an entry: by name, by another word for it, or by a word in the title."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from string import ascii_uppercase

from knowledge.pack.tables.bad_file import BadFile
from knowledge.pack.tables.sheet import HEADER_ROWS, Sheet, SheetRow

COLUMNS = (
    "id",
    "removed",
    "question",
    "phrasings",
    "answer",
    "topic",
    "source",
    "section",
    "year",
    "links",
    "related",
    "facts",
    "short title",
    "quiz",
    "translations",
)
NEEDED = ("question", "answer")
# A file that only removes entries names them by one of these.
_REMOVED, _NAMING = "removed", frozenset({"id", "question"})
# Other words for the columns, as people and other systems write them; a Notion database's first column is its Name.
_WORDS = {
    "q": "question", "questions": "question", "name": "question", "title": "question",
    "a": "answer", "answers": "answer", "response": "answer", "reply": "answer",
    "alternatives": "phrasings", "phrasing": "phrasings", "aliases": "phrasings", "variations": "phrasings",
    "other phrasings": "phrasings", "alternative questions": "phrasings",
    "topics": "topic", "category": "topic", "categories": "topic", "tag": "topic", "tags": "topic",
    "sources": "source", "document": "source", "reference": "source",
    "as of": "year", "link": "links", "url": "links", "urls": "links",
    "related entries": "related", "see also": "related", "deleted": "removed", "remove": "removed",
}  # fmt: skip
# What Google Forms and Notion add by themselves. Who answered a form is not kept.
TIMESTAMP = "timestamp"
_BESIDE = frozenset(
    {
        TIMESTAMP,
        "email address",
        "username",
        "score",
        "created time",
        "created by",
        "last edited time",
        "last edited by",
    }
)
# How alike a mistyped column name has to be to be suggested (difflib's ratio, 0 to 1).
_NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet by column: each row's number with its cells by field, and the columns that were left out."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    columns: frozenset[str]
    ignored: tuple[str, ...] = ()


def table_of(sheets: Sequence[Sheet]) -> Table:
    """Return the table from the reading of a file that has column names. Raises BadFile with all wrong names."""
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:HEADER_ROWS]):
            names = [plain_name(cell) for cell in row.cells]
            fields = {_WORDS.get(name, name) for name in names}
            if set(NEEDED) & fields or (_REMOVED in fields and _NAMING & fields) or set(NEEDED) <= set(_forms(names)):
                return _table(row, sheet.rows[place + 1 :])
    if not any(sheet.rows for sheet in sheets):
        raise BadFile("The file is empty.")
    raise BadFile(
        f"I found no row with column names. The first row of the table names its columns: {', '.join(COLUMNS)}. "
        f"Needed are {' and '.join(NEEDED)}."
    )


def plain_name(cell: str) -> str:
    """Return a column's name for comparison: in lower case, without punctuation around its words."""
    return " ".join(re.sub(r"[\s_\-:*]+", " ", cell.replace("\ufeff", "")).casefold().split())


def _table(header: SheetRow, rows: Sequence[SheetRow]) -> Table:
    fields = _fields(header.cells, rows)
    read = tuple((row.number, _cells(fields, row)) for row in rows)
    ignored = tuple(header.cells[place].strip() for place, field in enumerate(fields) if field in _BESIDE)
    return Table(read, frozenset(field for field in fields if field in COLUMNS), ignored)


def _cells(fields: Sequence[str], row: SheetRow) -> dict[str, str]:
    return {field: cell for field, cell in zip(fields, row.cells, strict=False) if field in COLUMNS}


def _fields(header: Sequence[str], rows: Sequence[SheetRow]) -> list[str]:
    """Return the field of each column; empty for one without a name and without a cell. Raises BadFile."""
    width = max([len(header), *(len(row.cells) for row in rows)])
    names = [plain_name(cell) for cell in header] + [""] * (width - len(header))
    by_words = _forms(names) if TIMESTAMP in names else [""] * width
    fields: list[str] = []
    faults: list[str] = []
    unknown: list[str] = []
    for place, name in enumerate(names):
        word = _WORDS.get(name, "")
        if name in COLUMNS or name in _BESIDE:
            fields.append(name)
        elif word and word not in names:
            fields.append(word)
        elif by_words[place]:
            fields.append(by_words[place])
        else:
            fields.append("")
            unknown += [header[place].strip()] if name else []
            faults += [] if name else _nameless(place, rows)
    faults = [*_unknown(unknown), *faults]
    twice = sorted({field for field in fields if field in COLUMNS and fields.count(field) > 1})
    faults += [f"The column “{field}” is there twice." for field in twice]
    needed = () if _REMOVED in fields and _NAMING & set(fields) else NEEDED
    faults += [f"The column “{name}” is missing." for name in needed if name not in fields]
    if faults:
        raise BadFile(" ".join([*faults, f"The columns are {', '.join(COLUMNS)}."]))
    return fields


def _unknown(columns: Sequence[str]) -> list[str]:
    """Report the unknown columns once, each with the name that was probably meant."""
    if not columns:
        return []
    named: list[str] = []
    for column in columns:
        near = get_close_matches(plain_name(column), [*COLUMNS, *_WORDS], n=1, cutoff=_NEAR)
        named.append(f"“{column}” (did you mean “{_WORDS.get(near[0], near[0])}”?)" if near else f"“{column}”")
    one = len(columns) == 1
    which = f"the column {named[0]}" if one else f"these columns: {', '.join(named)}"
    return [f"I don't know {which}. Delete {'it, or give it' if one else 'them, or give them'} one of our names."]


def _nameless(place: int, rows: Sequence[SheetRow]) -> list[str]:
    if not any(row.cells[place : place + 1] and row.cells[place].strip() for row in rows):
        return []
    return [f"Column {letters(place)} has cells but no name."]


def letters(place: int) -> str:
    """Return a spreadsheet's letters for a column, from its place (from 0)."""
    more, last = divmod(place, len(ascii_uppercase))
    return (letters(more - 1) if more else "") + ascii_uppercase[last]


def _forms(names: Sequence[str]) -> list[str]:
    """Return the fields of a Google form's columns, whose names are questions: each with one field's word in it."""
    found: list[str] = []
    for name in names:
        words = {field for word in re.findall(r"[a-z]+", name) if (field := _WORDS.get(word, word)) in COLUMNS}
        found.append(words.pop() if len(words) == 1 else "")
    return [field if found.count(field) == 1 else "" for field in found]
