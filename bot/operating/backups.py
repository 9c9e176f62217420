"""The commands `ijm-bot backup` and `ijm-bot restore`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import click

from knowledge.store.protocol import NO_COMMUNITY, Store, StoreError

# Only its owner may read a backup: it holds everything that the bot keeps, including Slack tokens.
MODE = 0o600
# Without the last, Windows would write two bytes for each that looks like the end of a line.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_PIPE = "-"
# The setting, of no community, that says when the last backup was made, in seconds since 1970.
LAST_BACKUP = "last backup"


class Account(Protocol):
    """What was saved or restored."""

    @property
    def rows(self) -> int:
        """How many rows."""

    @property
    def tables(self) -> int:
        """Of how many tables."""

    @property
    def step(self) -> str:
        """At which migration they were."""

    @property
    def contents(self) -> str:
        """A sentence on the secrets in it."""

    @property
    def made_at(self) -> datetime:
        """When the backup was made (UTC)."""


class Restore(Protocol):
    """Fills a database from a backup."""

    def __call__(self, url: str, source: BinaryIO, *, replace: bool) -> Awaitable[Account]:
        """Restore, all or nothing. Raises StoreError."""


Save = Callable[[str, BinaryIO, datetime], Awaitable[Account]]
# From a URL to the store there, which is closed at the end.
Open = Callable[[str], AbstractAsyncContextManager[Store]]


async def last_backup(store: Store) -> float:
    """Return when the last backup was made, in seconds since 1970; 0 if none ever was. Raises StoreError."""
    at = await store.setting(NO_COMMUNITY, LAST_BACKUP)
    return float(at) if isinstance(at, int | float) else 0


async def _noted(opened: AbstractAsyncContextManager[Store], now: datetime) -> None:
    async with opened as store:
        await store.set_setting(NO_COMMUNITY, LAST_BACKUP, now.timestamp(), by="", now=now)


def backup_command(url: Callable[[], str], save: Save, opened: Open) -> click.Command:
    """Return the command that backs up the database at a URL, and notes the time in its store."""

    @click.command(name="backup")
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    def backup(file: Path) -> None:
        """Save all that the bot keeps into FILE (-: to a pipe); the bot may go on running.

        The file fits SQLite and PostgreSQL alike. It holds secrets: keep it as you keep a password.
        """
        now, where = datetime.now(UTC), url()
        with _written(file) as out:
            account = asyncio.run(_awaited(save(where, out, now)))
        try:
            asyncio.run(_noted(opened(where), now))
        except StoreError as error:
            click.echo(f"The backup is complete, but its time could not be noted for the metrics: {error}", err=True)
        click.echo(f"Saved {account.rows:,} rows of {account.tables} tables (at {account.step}) into {file}.", err=True)
        click.echo(account.contents, err=True)

    return backup


def restore_command(url: Callable[[], str], restore: Restore) -> click.Command:
    """Return the command that restores the database at a URL."""

    @click.command(name="restore")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
    @click.option("--replace", is_flag=True, help="Discard what is in the database.")
    def restore_(file: Path, *, replace: bool) -> None:
        """Fill the database from a backup FILE (-: from a pipe), all or nothing. Stop the bot before.

        A database that is not empty is left alone, unless --replace is given.
        """
        with _read(file) as source:
            account = asyncio.run(_awaited(restore(url(), source, replace=replace)))
        when = f"{account.made_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"Restored {account.rows:,} rows of {account.tables} tables, as they were on {when}.", err=True)

    return restore_


async def _awaited(work: Awaitable[Account]) -> Account:
    return await work


@contextmanager
def _written(file: Path) -> Iterator[BinaryIO]:
    """Write a file completely or not at all. Raises ClickException if that fails."""
    if str(file) == _PIPE:
        if sys.stdout.isatty():
            raise click.ClickException("A backup is not text: send it to a file or a pipe.")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if file.exists():
        raise click.ClickException(f"{file} already exists. Name another file, or remove it first.")
    partial = file.with_name(f"{file.name}.partial")
    try:
        with os.fdopen(os.open(partial, _NEW, MODE), "wb") as out:
            try:
                yield out
                out.flush()
                os.fsync(out.fileno())
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        partial.rename(file)
    except FileExistsError as error:
        raise click.ClickException(
            f"{partial} is there: another backup is being made. If one was interrupted, remove it."
        ) from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error


@contextmanager
def _read(file: Path) -> Iterator[BinaryIO]:
    if str(file) == _PIPE:
        yield sys.stdin.buffer
        return
    try:
        with file.open("rb") as source:
            yield source
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
