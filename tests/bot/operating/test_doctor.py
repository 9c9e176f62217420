"""`ijm-bot doctor` on this host_checks, without any platform: the real program, and its checks one by one."""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import _passive, cli
from bot.commands.community_settings import Setting
from bot.operating import doctor, host_checks
from bot.operating.bootstrap import sentence_encoder
from bot.operating.doctor import Check, Finding, Status, examine, ok
from knowledge.encoder import shipped
from knowledge.store.sql.examination import examined
from knowledge.store.sql.store import SqlStore
from tests.conftest import NOW

# The entries are the same for each test, and looking through them is what takes the doctor a second.
_linted = cache(host_checks.lint)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, and no setting but the database's."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite3'}")
    monkeypatch.setattr(host_checks, "lint", _linted)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", *arguments])


def test_a_fresh_machine_is_well_and_the_doctor_leaves_nothing_behind(tmp_path: Path) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "ok       database: " in result.output
    assert "the first start creates it" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_problem_ends_with_status_1_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IJM_HTTP_PORT", "a")
    monkeypatch.setenv("DISCORD_TOKN", "secret")
    result = run()
    assert result.exit_code == 1
    assert "problem  settings: IJM_HTTP_PORT: " in result.output
    assert "Did you mean DISCORD_TOKEN?" in result.output
    assert "secret" not in result.output


@pytest.mark.slow
def test_secrets_that_others_may_read_are_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("IJM_LOG_LEVEL=info\n")
    for mode, said in ((0o644, True), (0o600, False)):
        (tmp_path / ".env").chmod(mode)
        result = run()
        assert result.exit_code == 0
        assert ("chmod 600 .env" in result.output) is said


@pytest.mark.slow
def test_as_json_every_finding_has_its_parts() -> None:
    found = json.loads(run("--json").stdout)["findings"]
    assert {finding["name"] for finding in found} >= {"settings", "database", "time zones", "data folder"}
    assert all(set(finding) == {"name", "status", "text", "fix"} for finding in found)
    assert {finding["name"] for finding in found if finding["status"] != "ok"} == {"contacts"}


@pytest.mark.slow
def test_what_is_not_known_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "Nw.abcdef.xxxxxxxxxxxxxxxxxxxxxxxxxxx")
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:9/api/v10")
    result = run()
    assert result.exit_code == 0, result.output
    assert "unknown  Discord: " in result.output
    assert result.output.rstrip().endswith("1 unknown.")


@pytest.mark.slow
def test_a_damaged_encoder_is_told_and_is_no_reason_not_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shipped, "SHIPPED", tmp_path / "nowhere")
    result = run()
    assert result.exit_code == 0, result.output
    assert "warning  sentence encoder: Questions are matched by their words alone." in result.output
    assert "model.onnx is missing or damaged; install the bot again." in result.output
    assert sentence_encoder() is None
    (told,) = caplog.messages
    assert told.startswith("Questions are matched by their words alone: ")


@pytest.mark.slow
def test_an_own_encoder_that_cannot_be_used_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setenv("IJM_EMBEDDINGS", str(tmp_path))
    result = run()
    assert result.exit_code == 1
    assert "problem  sentence encoder: IJM_EMBEDDINGS: " in result.output
    assert "put its ONNX export there" in result.output
    asked = CliRunner().invoke(cli, ["ask", "what is ijm"])
    assert asked.exit_code == 1
    assert "put its ONNX export there" in asked.output


async def test_on_a_fresh_machine_it_is_known_that_no_channel_wants_passive_answers(tmp_path: Path) -> None:
    assert await _passive() is False
    store = SqlStore(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    await store.migrate()
    assert await _passive() is False
    await store.set_place_setting("c", "p", Setting.PASSIVE, True, by="x", now=NOW)
    await store.close()
    assert await _passive() is True
    with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert await _passive() is None


async def test_a_check_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def for_ever() -> Sequence[Finding]:
        await asyncio.sleep(3600)
        return []

    async def at_once() -> Sequence[Finding]:
        return [ok("quick", "Fine.")]

    monkeypatch.setattr(doctor, "CHECK_SECONDS", 0.01)
    slow, quick = await examine([Check("slow", for_ever), Check("quick", at_once)])
    assert (slow.name, slow.status, quick.status) == ("slow", Status.UNKNOWN, Status.OK)


async def test_a_check_that_breaks_hides_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> Sequence[Finding]:
        raise LookupError("secret")

    async def well() -> Sequence[Finding]:
        return [ok("well", "Fine.")]

    broke, fine = await examine([Check("broken", broken), Check("well", well)])
    assert (broke.status, fine.status) == (Status.PROBLEM, Status.OK)
    assert "LookupError" in broke.text
    assert "secret" not in broke.text
    assert "secret" in caplog.text


async def found_of(url: str) -> Sequence[Finding]:
    return await host_checks.database(lambda: examined(url, 1))


async def test_the_database_is_looked_at_in_every_state(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    url = f"sqlite:///{path}"
    store = SqlStore(url)
    await store.migrate()
    await store.close()
    assert [finding.status for finding in await found_of(url)] == [Status.OK, Status.OK]
    for step, status, said in (("0001", Status.WARNING, "needs"), ("9999", Status.PROBLEM, "newer version")):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (step,))
        (finding, _) = await found_of(url)
        assert (finding.status, said in finding.text) == (status, True)
        assert finding.fix


async def test_a_database_that_is_away_is_a_problem_without_its_password() -> None:
    (finding,) = await found_of("postgresql://someone:hunter2@127.0.0.1:9/ijm")
    assert finding.status is Status.PROBLEM
    assert "does not answer" in finding.text
    assert "hunter2" not in str(finding)


async def test_a_damaged_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    (finding,) = await found_of(f"sqlite:///{path}")
    assert finding.status is Status.PROBLEM
    assert "is not an SQLite database" in finding.text


async def test_a_folder_that_cannot_be_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = await found_of(f"sqlite:///{tmp_path / 'file' / 'store.sqlite3'}")
    assert found[-1].name == "data folder"
    assert found[-1].status is Status.PROBLEM
