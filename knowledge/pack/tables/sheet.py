"""A sheet as rows of cells, each row with the number that its spreadsheet shows: from CSV text or a workbook."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zipfile import BadZipFile, ZipFile

from knowledge.pack.tables.bad_file import BadFile

# A file with more rows is not a list that moderators wrote.
ROWS_LIMIT = 2_000
# A title, a note and some empty rows may stand above the column names.
HEADER_ROWS = 20
# Far more columns than entries have fields.
COLUMNS_LIMIT = 60
# An upload has at most a megabyte; XML packs to about a tenth.
UNPACKED_LIMIT = 10_000_000
_SEPARATORS = (",", ";", "\t")
# Excel reads this first line, and does not show it as a row.
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_NOT_EXCEL = "The file is not an Excel workbook that I can read. Save it again as .xlsx, or as “CSV UTF-8”."


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row with any text in it, and its number as the spreadsheet shows it (from 1)."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that are not empty, in their order. `note` says what of the file was left out."""

    rows: tuple[SheetRow, ...]
    note: str = ""


def csv_sheets(text: str) -> tuple[Sheet, ...]:
    """Return the text read with every separator that it may have, the likeliest first.

    Raises BadFile if none can read it.
    """
    named = _SEPARATOR_LINE.match(text)
    if named:
        return (_csv(text[named.end() :], named[1]),)
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    sheets: list[Sheet] = []
    failed: BadFile | None = None
    for separator in sorted(_SEPARATORS, key=first.count, reverse=True):
        try:
            sheets.append(_csv(text, separator))
        except BadFile as error:
            failed = failed or error
    if failed is not None and not sheets:
        raise failed
    return tuple(sheets)


def _csv(text: str, separator: str) -> Sheet:
    try:
        return Sheet(_filled(_parsed(text, separator, csv.QUOTE_MINIMAL)))
    except csv.Error as error:
        if separator != "\t" or separator not in text:
            raise BadFile(f"The file is not CSV: {error}.") from error
        # Tab-separated exports often quote nothing.
        return Sheet(_filled(_parsed(text, separator, csv.QUOTE_NONE)))


def _parsed(text: str, separator: str, quoting: Literal[0, 3]) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting, strict=True)


def excel_sheet(content: bytes) -> Sheet:
    """Return the first visible sheet of an .xlsx workbook, formulas as their text.

    Raises BadFile if it is no workbook, or larger than a list of entries can be. No external entity is read: openpyxl
    parses with defusedxml.
    """
    # Imported only where somebody has a workbook.
    from openpyxl import load_workbook  # noqa: PLC0415

    _check_size(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not shown:
            raise BadFile("The workbook has no visible sheet.")
        shown[0].reset_dimensions()
        rows = _filled(_near(shown[0].iter_rows(values_only=True)))
    except BadFile:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part of the file runs into
        raise BadFile(_NOT_EXCEL) from error
    others = len(shown) - 1
    note = f"I read only the first sheet, “{shown[0].title}”; the workbook has {others} more." if others else ""
    return Sheet(rows, note)


def _check_size(content: bytes) -> None:
    """Raise BadFile if the parts are too much to unpack. A part never unpacks to more than it declares (zipfile)."""
    try:
        with ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise BadFile(_NOT_EXCEL) from error
    if unpacked > UNPACKED_LIMIT:
        raise BadFile(f"The workbook unpacks to more than {UNPACKED_LIMIT:,} bytes. Split it, or save it as CSV.")


def _near(rows: Iterable[Sequence[Any]]) -> Iterator[list[str]]:
    """Yield the rows of a sheet, which may show one cell a million rows below the others, with all between."""
    for number, cells in enumerate(rows):
        if number == ROWS_LIMIT + HEADER_ROWS:
            raise _too_many_rows()
        yield [_text(cell) for cell in cells]


def _too_many_rows() -> BadFile:
    return BadFile(f"The sheet has more than {ROWS_LIMIT:,} rows. Split it, or delete the empty rows at its end.")


def _text(cell: Any) -> str:
    """Return a cell's value as somebody sees it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(getattr(cell, "text", cell) or "")


def _filled(rows: Iterable[Sequence[str]]) -> tuple[SheetRow, ...]:
    """Return the rows that are not empty. Raises BadFile as soon as there are too many, or one is too wide."""
    found: list[SheetRow] = []
    for number, cells in enumerate(rows, start=1):
        if any(cells[COLUMNS_LIMIT:]):
            raise BadFile(f"The sheet has more than {COLUMNS_LIMIT} columns. Keep those of the entries only.")
        if any(cell.strip() for cell in cells):
            found.append(SheetRow(number, tuple(cells)))
            if len(found) > ROWS_LIMIT + HEADER_ROWS:
                raise _too_many_rows()
    return tuple(found)
