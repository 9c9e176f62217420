"""A community's entries as a file, JSON, YAML or CSV, and back."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from knowledge.pack.files import validation_messages
from knowledge.pack.model import Entry
from knowledge.pack.records import entry_of, record_of
from knowledge.plain.parsing import ParseError, parse_json, parse_yaml

# A file of more rows is no list that moderators wrote.
ROWS_LIMIT = 2_000
# As many faults of one row as somebody mends before trying again.
_FAULTS_LIMIT = 5
# A spreadsheet takes a cell that begins so for a formula (owasp.org: CSV injection); an apostrophe keeps it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_COLUMNS = (
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
)
_NEEDED = ("question", "answer", "topic", "source", "year")


# Of the name of a field that there is not, as much as tells which one it is.
_NAME_LIMIT = 60
_Item = TypeVar("_Item")


class Format(StrEnum):
    """What a file can be."""

    CSV = "csv"
    JSON = "json"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: where it stands (from 1), and its entry, or the id of one that is removed, or its fault."""

    place: int
    entry: Entry | None = None
    removed: str = ""
    fault: str = ""


class BadFile(ValueError):  # noqa: N818 (the file is bad, and the message says why)
    """A file cannot be read at all; the message says what to change."""


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid")
    document: str
    section: str = ""


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    year: int
    source: _Source


class _Link(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    url: str


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


class _Removed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    removed: bool


_ROW: TypeAdapter[_Record | _Removed] = TypeAdapter(_Record | _Removed)


def dump(entries: Sequence[Entry], removed: Sequence[str], kind: Format) -> bytes:
    """The entries, and behind them the ids of those that are removed, as a file in UTF-8."""
    if kind is Format.CSV:
        return _csv(entries, removed)
    records: list[Mapping[str, Any]] = [record_of(entry) for entry in entries]
    records += [{"id": entry_id, "removed": True} for entry_id in removed]
    if kind is Format.JSON:
        return json.dumps(records, ensure_ascii=False, indent=2).encode()
    written: str = yaml.safe_dump(records, allow_unicode=True, sort_keys=False, width=120)
    return written.encode()


def load(name: str, content: bytes) -> tuple[Row, ...]:
    """The rows of a file, whose name says what it is. Raises BadFile if nothing of it can be read.

    A row that is wrong has a fault and does not keep the others from being read. An entry without an id has an empty
    one.
    """
    text = _text(content)
    kind = name.rpartition(".")[2].lower()
    if kind == Format.CSV:
        return tuple(_from_csv(place, cells) for place, cells in _limited(_cells(text)))
    if kind == Format.JSON:
        return _records(_parsed(parse_json, "JSON", text))
    if kind in {Format.YAML, "yml"}:
        return _records(_parsed(parse_yaml, "YAML", text))
    raise BadFile("The file's name has to end in .csv, .json, .yaml or .yml, which says what it is.")


def _text(content: bytes) -> str:
    # A spreadsheet may save its text as UTF-16, and begin UTF-8 with a mark.
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile("The file is not text in UTF-8; save it as “CSV UTF-8”.") from error
    if "\x00" in text:
        raise BadFile("The file holds a null character, so it is no text; export it again.")
    return text


def _limited(rows: list[_Item]) -> list[_Item]:
    if len(rows) > ROWS_LIMIT:
        raise BadFile(f"The file has {len(rows):,} rows; at most {ROWS_LIMIT:,} are taken at once. Split it.")
    return rows


def _parsed(parse: Callable[[str], Any], kind: str, text: str) -> Any:
    try:
        return parse(text)
    except ParseError as error:
        raise BadFile(f"The file cannot be read as {kind}: {error}") from error


def _records(content: Any) -> tuple[Row, ...]:
    if not isinstance(content, list):
        raise BadFile("The file has to be a list of entries, as an export is.")
    return tuple(_row(place, record) for place, record in enumerate(_limited(content), start=1))


def _row(place: int, record: Any) -> Row:
    removed = isinstance(record, Mapping) and "removed" in record
    try:
        read = (_Removed if removed else _Record).model_validate(record)
    except ValidationError as error:
        told = islice(validation_messages(error), _FAULTS_LIMIT)
        return Row(place, fault="; ".join(f"{field[:_NAME_LIMIT]}: {message}" for field, message in told))
    if isinstance(read, _Removed):
        return Row(place, removed=read.id) if read.removed else Row(place, fault="removed: is either true or left out")
    return Row(place, entry_of(read.model_dump()))


def _csv(entries: Sequence[Entry], removed: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, _COLUMNS, restval="")
    writer.writeheader()
    for entry in entries:
        record = record_of(entry)
        writer.writerow(
            {
                "id": as_text(entry.id),
                "question": as_text(entry.question),
                "phrasings": as_text("\n".join(entry.alternatives)),
                "answer": as_text(entry.answer),
                "topic": as_text(entry.topic),
                "source": as_text(entry.source.document),
                "section": as_text(entry.source.section),
                "year": entry.as_of,
                "links": as_text("\n".join(f"{link.url} {link.title}" for link in entry.links)),
                "related": as_text("\n".join(entry.related)),
                "facts": json.dumps(record["facts"], ensure_ascii=False) if entry.facts else "",
            }
        )
    writer.writerows({"id": as_text(entry_id), "removed": "yes"} for entry_id in removed)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_text(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(text: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file by column, whatever it is parted by."""
    first = text.split("\n", 1)[0]
    parted = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=parted, strict=True))
    except csv.Error as error:
        raise BadFile(f"The file is not CSV: {error}") from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if unknown := [name for name in header if name not in _COLUMNS]:
        raise BadFile(f"There is no column “{unknown[0]}”; there are {', '.join(_COLUMNS)}.")
    if len(set(header)) != len(header):
        raise BadFile("One column is there twice.")
    if missing := [name for name in _NEEDED if name not in header]:
        raise BadFile(f"The column “{missing[0]}” is missing; needed are {', '.join(_NEEDED)}.")
    found: list[tuple[int, dict[str, str]]] = []
    for place, row in enumerate(rows[1:], start=1):
        if len(row) > len(header):
            found.append((place, {"": "it has more cells than the first row has names"}))
        elif any(cell.strip() for cell in row):
            found.append((place, dict(zip(header, row, strict=False))))
    return found


def _from_csv(place: int, cells: Mapping[str, str]) -> Row:
    if "" in cells:
        return Row(place, fault=cells[""])
    plain = {name: cell[1:] if cell.startswith("'") else cell for name, cell in cells.items()}
    if plain.get("removed", "").strip():
        return Row(place, removed=plain.get("id", "").strip())
    record: dict[str, Any] = {
        "id": plain.get("id", "").strip(),
        "question": plain.get("question", ""),
        "alternatives": _lines(plain.get("phrasings", "")),
        "answer": plain.get("answer", ""),
        "topic": plain.get("topic", ""),
        "source": {"document": plain.get("source", ""), "section": plain.get("section", "")},
        "as_of": plain.get("year", "").strip(),
        "links": [_link(line) for line in _lines(plain.get("links", ""))],
        "related": _lines(plain.get("related", "")),
    }
    if facts := plain.get("facts", "").strip():
        try:
            record["facts"] = parse_json(facts)
        except ParseError as error:
            return Row(place, fault=f"facts: not the JSON that an export writes ({error})")
    return _row(place, record)


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _link(line: str) -> dict[str, str]:
    url, _, title = line.strip().partition(" ")
    return {"title": title or url, "url": url}
