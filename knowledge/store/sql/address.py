"""A database's address: read from DATABASE_URL, and put in words, with what to do when something fails there."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from knowledge.store.migrations import NewerDatabase
from knowledge.store.protocol import Reason, StoreError

# The forms of a URL, as every message about a wrong one tells them.
URL_FORMS = "sqlite:///folder/file.sqlite3 or postgresql://user:password@host/database"
# What went wrong, by SQLite's result code (sqlite.org/rescode.html), and what to do about it.
_SQLITE_ADVICE = {
    "SQLITE_CANTOPEN": "cannot be opened: make sure that its folder exists and that this user may write there,"
    " or set DATABASE_URL to another path",
    "SQLITE_READONLY": "cannot be written: give this user the right to write it and its folder,"
    " or set DATABASE_URL to another path",
    "SQLITE_NOTADB": "is not an SQLite database: set DATABASE_URL to another path",
    "SQLITE_CORRUPT": "is damaged: put a backup in its place",
    "SQLITE_BUSY": "stayed locked by another process: stop what holds it (a backup, a database browser)",
    "SQLITE_FULL": "cannot grow: the disk is full",
    "SQLITE_IOERR": "cannot be read or written: see whether the disk is full, over its quota, or broken",
}
# The same by SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html).
_POSTGRESQL_ADVICE = {
    "28000": "does not let this user in: correct DATABASE_URL, or let the user in (pg_hba.conf)",
    "28P01": "refuses this user or password: correct them in DATABASE_URL",
    "3D000": "has no such database: create it, or correct the name in DATABASE_URL",
    "53100": "cannot grow: its disk is full",
    "42501": "does not allow this user that: grant it CREATE on the schema and all rights on its tables",
    "25006": "is read-only: set DATABASE_URL to the primary server",
    "42704": "does not know one of the settings after the ? in DATABASE_URL: correct or remove it",
    "42703": "lacks columns of this version: start the bot once, so that it makes them",
    "42P01": "lacks tables of this version: start the bot once, so that it makes them",
    "53300": "has no connection left: raise max_connections, or run fewer replicas",
    "57P01": "is stopping: start it again",
    "57P03": "is starting or stopping: try again in a moment",
}
# Of these SQLite says no more than "error".
_SQLITE_LACKS = ("no such table", "no such column", "has no column named")


# By SQLite's result code or SQLSTATE.
_REASONS = {
    "SQLITE_FULL": Reason.FULL,
    "53100": Reason.FULL,
    "SQLITE_IOERR": Reason.IO,
    "58030": Reason.IO,
    "SQLITE_BUSY": Reason.LOCKED,
    "55P03": Reason.LOCKED,
    "57P01": Reason.AWAY,
    "57P03": Reason.AWAY,
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. Its `url` has the bare name of its kind."""

    url: URL

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite; else it is PostgreSQL."""
        return self.url.drivername == "sqlite"

    @property
    def in_memory(self) -> bool:
        """Whether it is an SQLite database that lives only as long as the process."""
        return self.is_sqlite and self.url.database in {None, "", ":memory:"}

    @property
    def path(self) -> Path | None:
        """The SQLite file; None if it is another kind of database."""
        named = self.is_sqlite and not self.in_memory and not str(self.url.database).startswith("file:")
        return Path(str(self.url.database)) if named else None

    def advice(self, error: Exception) -> str:
        """Return what failed there, in words, and what to change. Never holds a password."""
        cause = getattr(error, "orig", None) or error
        if isinstance(error, NewerDatabase):
            return f"{self.name} was used by a newer version of the bot: run that version, or use another DATABASE_URL."
        if self.is_sqlite and any(sign in str(cause) for sign in _SQLITE_LACKS):
            return f"{self.name} lacks tables of this version: start the bot once, so that it makes them."
        advice = (_SQLITE_ADVICE if self.is_sqlite else _POSTGRESQL_ADVICE).get(code_of(cause))
        if advice is not None:
            return f"{self.name} {advice}."
        words = self._without_password(f"{type(cause).__name__}: {cause}".rstrip(": "))
        if isinstance(cause, PermissionError) and cause.filename:
            return (
                f"{self.name} was not even asked, for this user may not look at {cause.filename}: allow it, or "
                "set HOME to a folder of the user's own."
            )
        if isinstance(cause, ssl.SSLError):
            return (
                f"{self.name} shows a certificate that this machine does not trust ({words}): set the clock right, or "
                "name the file that signed it in DATABASE_URL (?sslrootcert=/folder/file.pem)."
            )
        if isinstance(cause, OSError):
            return f"{self.name} does not answer: start it, or correct DATABASE_URL ({words})."
        # The words of a driver may hold the values that it was given.
        told = " ".join(filter(None, (type(cause).__name__, code_of(cause))))
        return f"{self.name} failed: see its log and DATABASE_URL ({told})."

    @property
    def name(self) -> str:
        """The database in words, without user and password."""
        if self.in_memory:
            return "The SQLite database in memory"
        if self.is_sqlite:
            path = self.url.database or ""
            return f"The SQLite file {path if path.startswith('file:') else Path(path).absolute()}"
        host = self.url.host or self.url.query.get("host") or "the default place"
        return f"The PostgreSQL server at {host}{f':{self.url.port}' if self.url.port else ''}"

    def _without_password(self, words: str) -> str:
        password = str(self.url.password or "")
        for form in {password, quote(password), quote(password, safe="")} - {""}:
            words = words.replace(form, "***")
        return words


def address_of(url: str) -> Address:
    """Return the address that a URL names. Raises StoreError, saying nothing of what is in it."""
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None:
        raise StoreError(f"DATABASE_URL is not a URL: write {URL_FORMS}.")
    kind = parsed.get_backend_name()
    if kind in {"postgresql", "postgres"}:
        # An unescaped @ in the password moves the rest of it into the host, where it would be shown.
        if any("@" in part for part in (parsed.host or "", parsed.database or "")):
            raise StoreError("DATABASE_URL has an @ too many: write @ in a user or password as %40.")
        return Address(parsed.set(drivername="postgresql"))
    if kind != "sqlite":
        raise StoreError(f"DATABASE_URL names a kind of database that the bot does not know: write {URL_FORMS}.")
    if parsed.host:
        raise StoreError("DATABASE_URL for SQLite has three slashes before a path (four before an absolute one).")
    return Address(parsed.set(drivername="sqlite"))


def code_of(error: BaseException) -> str:
    """SQLite's primary result code by name, or PostgreSQL's SQLSTATE."""
    name: str = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    return "_".join(name.split("_")[:2])


def reason_of(error: BaseException) -> Reason:
    """Return why the database failed."""
    cause = getattr(error, "orig", None) or error
    found = _REASONS.get(code_of(cause))
    if found is not None:
        return found
    return Reason.AWAY if isinstance(cause, OSError) else Reason.OTHER
