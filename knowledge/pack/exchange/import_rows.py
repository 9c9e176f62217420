"""One row of a file as an entry, a removal or a fault, whether it was an object or the cells of a table."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.pack.addresses import address_in, mended
from knowledge.pack.files import validation_messages
from knowledge.pack.model import Entry
from knowledge.pack.quiz_text import BadQuiz, read_quiz
from knowledge.pack.records import entry_of
from knowledge.pack.tables.cells import lines, unguarded, warnings_of, yes_or_no
from knowledge.plain.parsing import ParseError, parse_json

# How many faults of one row to report.
_FAULTS_LIMIT = 5
# How much of an unknown field's name to repeat.
_NAME_LIMIT = 60
# How much of a cell a fault repeats.
_CELL_LIMIT = 40
# A year as spreadsheets write it: a number, or the date that they made of it.
_YEAR = re.compile(r"(\d{4})(?:\.0+|-\d\d-\d\d(?:[T ].*)?)?")
# The entry's own names for these columns.
_FIELDS = {"phrasings": "alternatives", "year": "as_of", "short title": "title"}
_COLUMNS = {field: column for column, field in _FIELDS.items()}
FIELDS = frozenset(
    {
        "question",
        "alternatives",
        "answer",
        "topic",
        "facts",
        "source",
        "as_of",
        "links",
        "related",
        "title",
        "quiz",
        "translations",
    }
)
# An empty cell in these columns says nothing; in the others it means that there is none.
_NEVER_EMPTY = frozenset({"topic", "source", "year"})


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a file: its place (as a spreadsheet numbers rows), and its content. That is an entry, or the id or
    question of one to remove, or a fault. `given` are the fields that the file has; the entry's others mean nothing.
    `table`: the fields have the names of columns. `warnings` are likely mistakes.
    """

    place: int
    entry: Entry | None = None
    removed: str = ""
    fault: str = ""
    given: frozenset[str] = FIELDS
    table: bool = False
    warnings: tuple[str, ...] = ()

    def named(self, field: str) -> str:
        """Return the file's own name for a field: `alternatives.0` of a table is line 1 of `phrasings`."""
        if not self.table:
            return field
        name, _, place = field.partition(".")
        number, _, _ = place.partition(".")
        column = _COLUMNS.get(name, name)
        return f"{column} (line {int(number) + 1})" if number.isdecimal() else column


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid")
    document: str
    section: str = ""


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    year: int | None = None
    source: _Source


class _Link(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    url: str


class _QuizQuestion(BaseModel):
    model_config = ConfigDict(extra="forbid")
    question: str
    right: str
    wrong: list[str]
    why: str


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = ""
    question: str
    alternatives: list[str] = []
    answer: str
    topic: str
    facts: list[_Fact] = []
    source: _Source
    as_of: int
    links: list[_Link] = []
    related: list[str] = []
    title: str = ""
    quiz: list[_QuizQuestion] = []
    translations: dict[Literal["es", "pt", "fr"], list[str]] = {}


class _Removed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    removed: bool


def from_record(place: int, record: Any) -> ImportRow:
    """Read a row from an object of a JSON or YAML file."""
    if isinstance(record, Mapping) and record.get("removed") is False:
        record = {name: value for name, value in record.items() if name != "removed"}
    removed = isinstance(record, Mapping) and "removed" in record
    try:
        read = (_Removed if removed else _Record).model_validate(record)
    except ValidationError as error:
        told = islice(validation_messages(error), _FAULTS_LIMIT)
        return ImportRow(place, fault="; ".join(f"{field[:_NAME_LIMIT]}: {message}" for field, message in told))
    if isinstance(read, _Removed):
        return ImportRow(place, removed=read.id)
    return ImportRow(place, entry_of(read.model_dump()), given=frozenset(read.model_fields_set))


def from_cells(place: int, cells: Mapping[str, str], columns: Collection[str]) -> ImportRow:
    """Read a row from a table's cells by column; the file has these `columns`."""
    plain = {name: unguarded(cell) for name, cell in cells.items()}
    gone = yes_or_no(plain.get("removed", ""))
    if gone is None:
        fault = f"removed: “{_short(plain['removed'])}” is neither yes nor no; only yes removes an entry"
        return ImportRow(place, fault=fault, table=True)
    if gone:
        named = plain.get("id", "").strip() or " ".join(plain.get("question", "").split())
        return ImportRow(
            place, removed=named, fault="" if named else "removed: say which one in the column id", table=True
        )
    warnings = tuple(warning for name, cell in plain.items() for warning in warnings_of(name, cell))
    record = _record(plain)
    year = _YEAR.fullmatch(plain.get("year", "").strip())
    record["as_of"] = int(year[1]) if year else 0
    fault = _mistyped(plain.get("links", ""))
    if year is None and plain.get("year", "").strip():
        fault = fault or f"year: “{_short(plain['year'])}” is not a year such as 2026"
    if plain.get("facts", "").strip():
        try:
            record["facts"] = parse_json(plain["facts"])
        except ParseError as error:
            fault = fault or f"facts: this is not the JSON that an export writes ({error})"
    try:
        record["quiz"] = [asdict(each) for each in read_quiz(plain.get("quiz", ""))]
    except BadQuiz as error:
        fault = fault or f"quiz: {error}"
    row = from_record(place, record)
    if fault or row.fault:
        return ImportRow(place, fault=fault or row.fault, table=True, warnings=warnings)
    said = (name for name in columns if name not in _NEVER_EMPTY or plain.get(name, "").strip())
    given = frozenset(_FIELDS.get(name, name) for name in said if name not in {"removed", "section"})
    return ImportRow(place, row.entry, given=given, table=True, warnings=warnings)


def _record(plain: Mapping[str, str]) -> dict[str, Any]:
    translations: dict[str, list[str]] = {}
    for language, _, text in (line.partition(":") for line in lines(plain.get("translations", ""))):
        translations.setdefault(language.strip(), []).append(text.strip())
    return {
        "id": plain.get("id", "").strip(),
        "question": plain.get("question", ""),
        "alternatives": lines(plain.get("phrasings", "")),
        "answer": plain.get("answer", ""),
        "topic": plain.get("topic", ""),
        "source": {"document": plain.get("source", ""), "section": plain.get("section", "")},
        "links": [_link(line) for line in lines(plain.get("links", ""))],
        # Ids have none of these characters.
        "related": [each for each in re.split(r"[\s,;]+", plain.get("related", "")) if each],
        "title": plain.get("short title", ""),
        "translations": translations,
    }


def _link(line: str) -> dict[str, str]:
    """Return the address and title in a line, in either order."""
    url, title = address_in(line) or (line.split(maxsplit=1)[0], line)
    return {"title": title or url, "url": url}


def _mistyped(cell: str) -> str:
    """Say which line of a cell looks like a broken address, and what was meant; empty if none does."""
    for place, line in enumerate(lines(cell), start=1):
        if address_in(line) is None and (meant := mended(line)):
            return f"links (line {place}): “{_short(line)}” is not an address. Did you mean {meant}?"
    return ""


def _short(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= _CELL_LIMIT else f"{text[: _CELL_LIMIT - 1]}…"
