"""What the doctor checks on this machine, on any platform: settings, files, time zones, the database."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from bot.operating.configuration import BadSettings, check
from bot.operating.doctor import Finding, Status, ok, problem, unknown, warning
from bot.operating.env_file import ENV_FILE, faults_in_file
from bot.pictures import typefaces
from knowledge.encoder import EncoderError, load_encoder
from knowledge.matching.relearning import KEPT
from knowledge.pack.files import PackError, load_pack, pack_folder
from knowledge.pack.lint import lint
from knowledge.store.examination import Examination, State
from knowledge.store.protocol import StoreError

# Less free space soon runs out: a database grows by a few megabytes a year, and a backup is as large again.
FREE_BYTES = 200_000_000
# A file's permissions for everybody but its owner.
_OTHERS = 0o077
# Zones that a school's schedule may well be in; a system without time zone data has none.
_ZONES = ("America/New_York", "Europe/London", "Asia/Manila")


async def settings(kinds: Sequence[type[BaseSettings]]) -> Sequence[Finding]:
    """Check that all settings are what they should be."""
    name = "settings"
    try:
        doubtful = check(*kinds)
    except BadSettings as error:
        return [problem(name, fault, f"Correct it in the environment or in {ENV_FILE}.") for fault in error.faults]
    found = [warning(name, each, "Remove it if it was meant for the bot.") for each in doubtful]
    if _is_open(Path(ENV_FILE)):
        found.append(warning(name, f"Others on this machine may read {ENV_FILE}.", f"chmod 600 {ENV_FILE}"))
    return found or [ok(name, "Every setting is understood.")]


def _is_open(file: Path) -> bool:
    """Return whether others than its owner may read a file."""
    return os.name == "posix" and file.is_file() and bool(file.stat().st_mode & _OTHERS)


def _holds(folder: Path, pattern: str) -> bool:
    return any(folder.glob(pattern))


def readable(kind: type[BaseSettings]) -> bool:
    """Return whether these settings can be read, so that what they are for can be looked at."""
    try:
        if any(faults_in_file()):
            return False
        kind()
    except (ValidationError, OSError, UnicodeDecodeError):
        return False
    return True


async def knowledge_base() -> Sequence[Finding]:
    """Check that the base knowledge can be read and has no faults."""
    name = "knowledge base"
    try:
        pack = load_pack()
    except PackError as error:
        return [problem(name, str(error), "Correct the files, or install the bot again.")]
    faults = len(lint(pack_folder()))
    if faults:
        return [warning(name, f"It has {faults} faults.", "See `ijm-bot lint`.")]
    return [ok(name, f"{len(pack.entries)} entries, without a fault.")]


async def sentence_encoder(folder: Path | None) -> Sequence[Finding]:
    """Check that the sentence encoder can be used: the one in a folder, or the one that ships."""
    name = "sentence encoder"
    try:
        encoder = await asyncio.to_thread(load_encoder, folder)
    except EncoderError as error:
        if folder is not None:
            return [problem(name, str(error), "Correct IJM_EMBEDDINGS, or remove it to use the one that ships.")]
        return [warning(name, "Questions are matched by their words alone.", str(error))]
    where = "that ships" if folder is None else f"in {folder}"
    return [ok(name, f"The one {where} can be used ({encoder.dimensions} dimensions).")]


async def fonts() -> Sequence[Finding]:
    """Check that the fonts for pictures are there."""
    missing = typefaces.missing()
    if missing:
        text = f"Cards and charts cannot be drawn: {', '.join(missing)} is missing."
        return [problem("fonts", text, "Install the bot again.")]
    if typefaces.cjk_file() is None:
        text = "Chinese, Japanese and Korean characters are left out of cards and charts."
        return [warning("fonts", text, "Install the system's Noto CJK fonts (Debian: fonts-noto-cjk).")]
    return [ok("fonts", "All fonts for cards and charts are there.")]


async def cache(folder: Path, embeddings: Path | None) -> Sequence[Finding]:
    """Check that what another sentence encoder needs is already learned and can be kept."""
    name = "cache"
    if embeddings is None:
        return [ok(name, "Nothing has to be learned.")]
    if _holds(folder, KEPT):
        return [ok(name, f"What was learned for another encoder is in {folder}.")]
    writable = _folder(name, folder)
    if writable.status is not Status.OK:
        return [writable]
    text = f"Nothing is learned yet for IJM_EMBEDDINGS in {folder}; the first start takes a minute or two for it."
    return [warning(name, text, 'To do it now: ijm-bot ask "what is ijm"')]


async def time_zones() -> Sequence[Finding]:
    """Check that the system knows the time zones of the world."""
    try:
        for zone in _ZONES:
            ZoneInfo(zone)
    except ZoneInfoNotFoundError as error:
        return [problem("time zones", f"There is no time zone data: {error}.", "Install the package tzdata.")]
    return [ok("time zones", "The time zone data is there.")]


async def temporary_folder() -> Sequence[Finding]:
    """Check that the bot may write to the folder for temporary files."""
    return [_folder("temporary folder", Path(tempfile.gettempdir()))]


async def database(examine: Callable[[], Awaitable[Examination]]) -> Sequence[Finding]:
    """Check that the database answers and has the form that this version needs, and check an SQLite file's folder."""
    name = "database"
    try:
        found = await examine()
    except StoreError as error:
        return [problem(name, str(error), "See docs/operate.md for the forms of DATABASE_URL.")]
    findings = [_of_state(name, found)]
    if found.damage:
        fix = "Stop the bot, and restore a backup: ijm-bot restore FILE --replace"
        findings.append(problem(name, f"{found.name} is damaged: {found.damage}.", fix))
    if not found.writable:
        fix = "Set DATABASE_URL to the primary server, and grant its user CREATE on the schema."
        findings.append(problem(name, f"{found.name} is read-only for this user.", fix))
    if found.path is not None and _is_open(found.path):
        text = f"Others on this machine may read {found.path}, which an older version made."
        findings.append(warning(name, text, f"chmod 600 {found.path}*"))
    if found.path is not None:
        findings.append(_folder("data folder", found.path.absolute().parent))
    return findings


class Tokens(Protocol):
    """How many Slack tokens a database holds."""

    @property
    def plain(self) -> int:
        """In plain text."""

    @property
    def sealed(self) -> int:
        """Encrypted."""


async def encryption(keys: Sequence[str], tokens: Callable[[], Awaitable[Tokens]]) -> Sequence[Finding]:
    """Check that tokens in the database are encrypted."""
    name = "encryption"
    try:
        found = await tokens()
    except StoreError:
        return [unknown(name, "The database cannot say whether there are tokens in it.")]
    if keys:
        return [ok(name, "Slack tokens are encrypted in the database; keep IJM_ENCRYPTION_KEYS apart from it.")]
    if found.sealed:
        fix = "Set IJM_ENCRYPTION_KEYS to the keys that they were encrypted with."
        return [problem(name, f"{found.sealed} Slack tokens in the database are encrypted, and no key is set.", fix)]
    if found.plain:
        fix = "Set IJM_ENCRYPTION_KEYS to what `openssl rand -base64 32 | tr +/ -_` prints, and start the bot again."
        return [warning(name, f"{found.plain} Slack tokens are in the database in plain text.", fix)]
    return [ok(name, "There are no tokens in the database.")]


def _of_state(name: str, found: Examination) -> Finding:
    match found.state:
        case State.ABSENT:
            return ok(name, f"{found.name} does not exist yet; the first start creates it.")
        case State.EMPTY:
            return ok(name, f"{found.name} answers, and is empty; its tables are made at the first start.")
        case State.CURRENT:
            return ok(name, f"{found.name} answers, and is up to date ({found.step}).")
        case State.BEHIND:
            text = f"{found.name} answers, and is at {found.step}; this version needs {found.newest}."
            return warning(name, text, "Make a backup; the next start brings it up to date.")
        case State.NEWER:
            text = f"{found.name} was used by a newer version of the bot ({found.step})."
            return problem(name, text, "Run that version, or restore an older backup into another database.")
        case _:
            assert_never(found.state)


def _folder(name: str, folder: Path) -> Finding:
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return problem(
            name, f"This user may not write in {there}.", "Give it write permission, or choose another folder."
        )
    free = shutil.disk_usage(there).free
    if free < FREE_BYTES:
        return warning(name, f"{there} has only {free // 1_000_000} MB left.", "Free some space, or use a larger disk.")
    return ok(name, f"{folder} can be written." if there == folder else f"{folder} can be made.")
