"""A community's entries as a file, and back: JSON, YAML, CSV; spreadsheets and other systems' exports are read, too."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from knowledge.pack.exchange.import_rows import ImportRow, from_cells, from_record
from knowledge.pack.model import Entry
from knowledge.pack.quiz_text import quiz_text
from knowledge.pack.records import record_of
from knowledge.pack.tables import foreign
from knowledge.pack.tables.bad_file import BadFile
from knowledge.pack.tables.cells import guarded
from knowledge.pack.tables.columns import COLUMNS, table_of
from knowledge.pack.tables.decoding import decode
from knowledge.pack.tables.sheet import ROWS_LIMIT, Sheet, csv_sheets, excel_sheet
from knowledge.plain.parsing import ParseError, parse_json, parse_yaml

# The formats that can be read, by the ending of a file's name.
ENDINGS = (".csv", ".tsv", ".xlsx", ".json", ".yaml", ".yml")
_Item = TypeVar("_Item")


class Format(StrEnum):
    """The formats of an export. Spreadsheets in countries with a decimal comma expect semicolons in CSV."""

    CSV = "csv"
    SEMICOLONS = "csv-semicolons"
    JSON = "json"
    YAML = "yaml"

    @property
    def ending(self) -> str:
        """The ending of the file's name."""
        return self.partition("-")[0]


def dump(entries: Sequence[Entry], removed: Sequence[str], kind: Format) -> bytes:
    """Return the entries, followed by the ids of removed ones, as a file in UTF-8."""
    if kind in {Format.CSV, Format.SEMICOLONS}:
        return _csv(entries, removed, ";" if kind is Format.SEMICOLONS else ",")
    records: list[Mapping[str, Any]] = [record_of(entry) for entry in entries]
    records += [{"id": entry_id, "removed": True} for entry_id in removed]
    if kind is Format.JSON:
        return json.dumps(records, ensure_ascii=False, indent=2).encode()
    written: str = yaml.safe_dump(records, allow_unicode=True, sort_keys=False, width=120)
    return written.encode()


def load(name: str, content: bytes, notes: list[str] | None = None) -> tuple[ImportRow, ...]:
    """Return the rows of a file, whose name tells its format. Raises BadFile if nothing in it can be read. A wrong row
    has a fault, and the others are still read. An entry without an id has an empty one. Remarks on the whole file are
    added to `notes`.
    """
    told: list[str] = [] if notes is None else notes
    kind = name.rpartition(".")[2].lower() if "." in name else ""
    if kind == "xlsx":
        sheet = excel_sheet(content)
        return _rows((sheet,), told)
    if f".{kind}" not in ENDINGS:
        kinds = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise BadFile(foreign.told(kind) or f"The file's name has to end in {kinds}, which says what it is.")
    decoded = decode(content)
    if decoded.guessed:
        told.append(f"The file is not in Unicode. I read it as {decoded.guessed}: please look at its letters.")
    if not decoded.text.strip():
        raise BadFile("The file is empty.")
    if kind in {"csv", "tsv"}:
        return _rows(csv_sheets(decoded.text), told)
    parse, called = (parse_json, "JSON") if kind == "json" else (parse_yaml, "YAML")
    return _records(_parsed(parse, called, decoded.text), told)


def _rows(sheets: Sequence[Sheet], notes: list[str]) -> tuple[ImportRow, ...]:
    """Return the rows of a table, from whichever reading of the file shows one."""
    notes += [sheets[0].note] if sheets and sheets[0].note else []
    table = foreign.qna_maker(sheets)
    if table is not None:
        notes.append(_exported(foreign.QNA_MAKER))
    table = table or table_of(sheets)
    if table.ignored:
        notes.append(f"Left out: {', '.join(table.ignored)}.")
    if not table.rows:
        raise BadFile("The file has column names, but no rows below them.")
    return tuple(from_cells(place, cells, table.columns) for place, cells in _limited(table.rows))


def _exported(system: str) -> str:
    return f"This is an export of {system}: I took its questions and answers, and nothing else."


def _limited(rows: Sequence[_Item]) -> Sequence[_Item]:
    if len(rows) > ROWS_LIMIT:
        raise BadFile(f"The file has {len(rows):,} rows; at most {ROWS_LIMIT:,} are taken at once. Split it.")
    return rows


def _parsed(parse: Callable[[str], Any], kind: str, text: str) -> Any:
    try:
        return parse(text)
    except ParseError as error:
        raise BadFile(f"The file cannot be read as {kind}: {error}") from error


def _records(content: Any, notes: list[str]) -> tuple[ImportRow, ...]:
    pairs = foreign.qnabot(content)
    if pairs is not None:
        notes.append(_exported(foreign.QNABOT))
        columns = frozenset({"question", "phrasings", "answer"})
        return _some(tuple(from_cells(place, pair, columns) for place, pair in enumerate(_limited(pairs), start=1)))
    sheet = foreign.flat(content)
    if sheet is not None:
        return _rows((sheet,), notes)
    if not isinstance(content, list):
        raise BadFile("The file has to be a list of entries, as an export is.")
    return _some(tuple(from_record(place, record) for place, record in enumerate(_limited(content), start=1)))


def _some(rows: tuple[ImportRow, ...]) -> tuple[ImportRow, ...]:
    if not rows:
        raise BadFile("The file holds no entries.")
    return rows


def _csv(entries: Sequence[Entry], removed: Sequence[str], separator: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", delimiter=separator)
    writer.writeheader()
    for entry in entries:
        record = record_of(entry)
        writer.writerow(
            {
                "id": guarded(entry.id),
                "question": guarded(entry.question),
                "phrasings": guarded("\n".join(entry.alternatives)),
                "answer": guarded(entry.answer),
                "topic": guarded(entry.topic),
                "source": guarded(entry.source.document),
                "section": guarded(entry.source.section),
                "year": entry.as_of,
                "links": guarded("\n".join(f"{link.url} {link.title}" for link in entry.links)),
                "related": guarded("\n".join(entry.related)),
                "facts": json.dumps(record["facts"], ensure_ascii=False) if entry.facts else "",
                "short title": guarded(entry.title),
                "quiz": guarded(quiz_text(entry.quiz)),
                "translations": "\n".join(
                    f"{language}: {text}" for language, texts in entry.translations.items() for text in texts
                ),
            }
        )
    writer.writerows({"id": guarded(entry_id), "removed": "yes"} for entry_id in removed)
    return b"\xef\xbb\xbf" + out.getvalue().encode()
