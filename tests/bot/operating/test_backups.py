"""`ijm-bot backup` and `ijm-bot restore` as an operator sees them."""

import asyncio
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import cli
from bot.operating.backups import last_backup
from knowledge.store.sql.store import SqlStore

ROOT = Path(__file__).parents[3]
SECONDS = 120


@pytest.fixture(autouse=True)
async def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A database with one setting in it, which the environment names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    kept = SqlStore(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    await kept.migrate()
    await kept.set_setting("discord:guild/1", "notices", "x", by="someone", now=datetime.now(UTC))
    await kept.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_a_backup_is_for_its_owner_alone_and_can_be_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run("backup", "copy.gz")
    assert made.exit_code == 0, made.output
    assert "Saved 1 rows of" in made.stderr
    assert stat.S_IMODE((tmp_path / "copy.gz").stat().st_mode) == 0o600
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    restored = run("restore", "copy.gz")
    assert restored.exit_code == 0, restored.output
    assert "Restored 1 rows" in restored.stderr
    again = run("restore", "copy.gz")
    assert again.exit_code == 1
    assert "is not empty" in again.stderr
    assert run("restore", "copy.gz", "--replace").exit_code == 0


async def _known(path: Path) -> float:
    kept = SqlStore(f"sqlite:///{path}")
    try:
        return await last_backup(kept)
    finally:
        await kept.close()


def test_the_time_of_the_last_backup_is_noted_once_it_is_complete(tmp_path: Path) -> None:
    assert asyncio.run(_known(tmp_path / "kept.sqlite3")) == 0
    assert run("backup", "no such folder/copy.gz").exit_code == 1
    assert asyncio.run(_known(tmp_path / "kept.sqlite3")) == 0
    before = datetime.now(UTC).timestamp()
    assert run("backup", "copy.gz").exit_code == 0
    assert asyncio.run(_known(tmp_path / "kept.sqlite3")) >= before


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "copy.gz").write_text("precious")
    result = run("backup", "copy.gz")
    assert result.exit_code == 1
    assert "already exists" in result.stderr
    assert (tmp_path / "copy.gz").read_text() == "precious"


def test_a_backup_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite3'}")
    result = run("backup", "copy.gz")
    assert result.exit_code == 1
    assert "nothing to back up" in result.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["kept.sqlite3"]


def test_a_folder_that_is_not_there_is_told_in_a_sentence() -> None:
    result = run("backup", "no/such/folder/copy.gz")
    assert result.exit_code == 1
    assert "cannot be written: No such file or directory" in result.stderr


def test_what_is_no_backup_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "copy.gz").write_text("hello")
    result = run("restore", "copy.gz", "--replace")
    assert result.exit_code == 1
    assert "no backup of this bot" in result.stderr


async def test_nothing_is_restored_under_a_bot_that_runs(tmp_path: Path) -> None:
    assert (await asyncio.to_thread(run, "backup", "copy.gz")).exit_code == 0
    bot = SqlStore(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    await bot.migrate()
    await bot.set_setting("discord:guild/1", "notices", "newer", by="someone", now=datetime.now(UTC))
    refused = await asyncio.to_thread(run, "restore", "copy.gz", "--replace")
    assert refused.exit_code == 1
    assert "is in use: stop the bot" in refused.stderr
    assert await bot.setting("discord:guild/1", "notices") == "newer"
    # A backup disturbs nobody.
    assert (await asyncio.to_thread(run, "backup", "again.gz")).exit_code == 0
    await bot.close()
    assert (await asyncio.to_thread(run, "restore", "copy.gz", "--replace")).exit_code == 0


@pytest.mark.slow
def test_a_backup_goes_through_a_pipe(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot"]
    made = subprocess.run(
        [*command, "backup", "-"],
        capture_output=True,
        timeout=SECONDS,
        check=True,
        env=environment(tmp_path / "kept.sqlite3"),
    )
    subprocess.run(
        [*command, "restore", "-"],
        input=made.stdout,
        capture_output=True,
        timeout=SECONDS,
        check=True,
        env=environment(tmp_path / "piped.sqlite3"),
    )
    assert run("backup", "first.gz").exit_code == 0
    assert (tmp_path / "piped.sqlite3").exists()


def environment(path: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"sqlite:///{path}",
        "PATH": "/usr/bin:/bin",
        "HOME": str(path.parent),
    }
