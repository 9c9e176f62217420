"""The state of a database before it is used: does it exist, is it whole, and has it the right form."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path


class State(Enum):
    """What a database needs before it can be used."""

    ABSENT = auto()  # There is no file yet; it is made at the first start.
    EMPTY = auto()  # None of the bot's tables are in it; they are made at the first start.
    BEHIND = auto()  # An older version's; it is brought up to date at the next start.
    CURRENT = auto()
    NEWER = auto()  # A newer version's: this one must not touch it.


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found. `step` is the migration that the database is at, `newest` the one that this version needs.

    `name` is the database in words, without a password; `damage` what SQLite finds wrong with a file, else empty;
    `writable` says whether the database takes changes at all. `path` is that of an SQLite file.
    """

    name: str
    state: State
    step: str | None = None
    newest: str = ""
    damage: str = ""
    writable: bool = True
    path: Path | None = None
