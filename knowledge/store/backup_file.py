"""A backup as a file: JSON lines, compressed, with a checksum at the end; the same for every kind of database."""

import gzip
import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from knowledge.plain.parsing import parse_json
from knowledge.store.protocol import StoreError

FORMAT = "ijm-answers backup"
VERSION = 1
# Longer than any row: an entry has a few thousand characters.
LINE_LIMIT = 10_000_000
# The levels of gzip go from 1, fast, to 9, small.
_LEVEL = 6

BackupRow = tuple[Any, ...]


class BackupError(StoreError):
    """A backup cannot be made or restored; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a backup: the migration of its tables, and when it was made (UTC)."""

    step: str
    made_at: datetime


class BackupWriter:
    """Writes a backup: `begin`, then each `table` with its `row`s, then `end`."""

    def __init__(self, out: BinaryIO, header: Header) -> None:
        # Without a time in the file, the same rows make the same bytes.
        self._out = gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=_LEVEL, mtime=0)
        self._sum = hashlib.sha256()
        self.rows = 0
        about = {"format": FORMAT, "version": VERSION, "step": header.step, "made_at": header.made_at.isoformat()}
        self._line(about)

    def table(self, name: str, columns: Sequence[str]) -> None:
        """Begin a table, to which the rows that follow belong."""
        self._line({"table": name, "columns": list(columns)})

    def row(self, values: Sequence[Any]) -> None:
        """One row, with a value for each column. Raises TypeError if a value is of a kind that no backup holds."""
        self._line([_written(value) for value in values])
        self.rows += 1

    def end(self) -> None:
        """Write the checksum; a file without it was cut short."""
        self._line({"rows": self.rows, "sha256": self._sum.hexdigest()})
        self._out.close()

    def _line(self, content: Any) -> None:
        line = json.dumps(content, separators=(",", ":")).encode() + b"\n"
        self._sum.update(line)
        self._out.write(line)


class BackupReader:
    """Reads a backup, table by table. Raises BackupError if it is damaged."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = gzip.GzipFile(fileobj=source, mode="rb")
        self._sum = hashlib.sha256()
        self._ahead: Any = None
        self.rows = 0
        self.header = self._header()

    def tables(self) -> Iterator[tuple[str, Sequence[str], Iterator[list[BackupRow]]]]:
        """Each table: its name, its columns, and its rows in portions, which are to be read before the next table.

        When the last one is read, the checksum was right.
        """
        header, was = self._next()
        while "table" in header:
            columns = header.get("columns")
            if not isinstance(columns, list) or not all(isinstance(each, str) for each in columns):
                raise _damaged()
            yield str(header["table"]), columns, self._portions(len(columns))
            header, was = self._ahead if self._ahead is not None else self._next()
            self._ahead = None
        if header != {"rows": self.rows, "sha256": was}:
            raise _damaged()
        if self._read() is not None:
            raise _damaged()

    def _header(self) -> Header:
        try:
            about, _ = self._next()
        except BackupError as error:
            raise BackupError("The file is no backup of this bot, or is damaged from its beginning.") from error
        if about.get("format") != FORMAT:
            raise BackupError("The file is no backup of this bot.")
        if about.get("version") != VERSION:
            raise BackupError("The backup was made by a newer version of the bot: restore it with that version.")
        try:
            return Header(str(about["step"]), datetime.fromisoformat(about["made_at"]))
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged() from error

    def _portions(self, width: int, size: int = 500) -> Iterator[list[BackupRow]]:
        rows = self._rows(width)
        while portion := list(islice(rows, size)):
            yield portion

    def _rows(self, width: int) -> Iterator[BackupRow]:
        while True:
            content, was = self._line()
            if isinstance(content, dict):
                self._ahead = content, was
                return
            if not isinstance(content, list) or len(content) != width:
                raise _damaged()
            self.rows += 1
            yield tuple(_read(value) for value in content)

    def _next(self) -> tuple[Mapping[str, Any], str]:
        """Return the next line that is no row, and the checksum of all before it."""
        content, was = self._line()
        if not isinstance(content, dict):
            raise _damaged()
        return content, was

    def _line(self) -> tuple[Any, str]:
        was, line = self._sum.hexdigest(), self._read()
        if line is None:
            raise _damaged()
        self._sum.update(line)
        try:
            return parse_json(line.decode()), was
        except ValueError as error:
            raise _damaged() from error

    def _read(self) -> bytes | None:
        """Return a line as it stands in the file, None at its end."""
        try:
            line = self._source.readline(LINE_LIMIT)
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged() from error
        if line and not line.endswith(b"\n"):
            raise _damaged()
        return line or None


def _written(value: Any) -> Any:
    """Return a value in JSON; what JSON has no word for, as an object."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return {"bytes": b64encode(value).decode()}
        case datetime():
            return {"time": value.isoformat()}
        case _:
            raise TypeError(f"a backup cannot hold a {type(value).__name__}")


def _read(value: Any) -> Any:
    try:
        match value:
            case {"bytes": text}:
                return b64decode(text, validate=True)
            case {"time": text}:
                return datetime.fromisoformat(text)
            case dict() | list():
                raise _damaged()
            case _:
                return value
    except (TypeError, ValueError) as error:
        raise _damaged() from error


def _damaged() -> BackupError:
    return BackupError("The backup is damaged or cut short. Nothing was changed; use another one.")
