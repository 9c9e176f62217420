"""The contacts of the safety card: the doctor warns of old ones, and a person records that they were checked."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.operating import contacts
from bot.operating.cli import cli
from knowledge.pack.files import load_pack, pack_folder
from knowledge.pack.model import SafetyCard

TODAY = date(2026, 9, 1)


@pytest.fixture
def safety(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's safety.md, a copy that may change; the rest of the pack is the shipped one."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    for path in pack_folder().iterdir():
        if path.name != "safety.md":
            (folder / path.name).symlink_to(path)
    (folder / "safety.md").write_text((pack_folder() / "safety.md").read_text("utf-8"), "utf-8")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(contacts, "pack_folder", lambda: folder)
    return folder / "safety.md"


def card(*days: date | None) -> SafetyCard:
    shipped = load_pack().safety
    return replace(shipped, contacts=tuple(replace(shipped.contacts[0], checked_on=day) for day in days))


def test_a_contact_is_due_if_nobody_checked_it_within_a_year() -> None:
    days = (None, date(2025, 8, 31), date(2025, 9, 1), TODAY)
    assert [each.checked_on for each in contacts.due(card(*days).contacts, TODAY)] == [None, date(2025, 8, 31)]


async def test_the_doctor_warns_and_does_not_fail() -> None:
    (finding,) = await contacts.checked()
    assert finding.name == "contacts"
    assert "5 of 5" in finding.text
    assert "ijm-bot contacts" in finding.fix


def test_a_day_is_recorded_for_all_and_nothing_else_changes(safety: Path) -> None:
    before = safety.read_text("utf-8")
    result = CliRunner().invoke(cli, ["contacts", "--checked", "2026-09-01"])
    assert result.exit_code == 0, result.output
    assert result.output.count("2026-09-01") == 5
    assert safety.read_text("utf-8") == before.replace("checked_on: null", "checked_on: 2026-09-01")
    assert {each.checked_on for each in load_pack(safety.parent).safety.contacts} == {TODAY}
    assert [path.name for path in safety.parent.glob("safety*")] == ["safety", "safety.md"]


def test_the_contacts_are_listed(safety: Path) -> None:
    result = CliRunner().invoke(cli, ["contacts"])
    assert result.exit_code == 0
    assert result.output.count("not checked") == 5
    assert "1-888-373-7888, 711" in result.output


@pytest.mark.parametrize(("day", "told"), [("2999-01-01", "in the future"), ("yesterday", "does not match")])
def test_a_day_that_cannot_be_is_refused(safety: Path, day: str, told: str) -> None:
    before = safety.read_text("utf-8")
    result = CliRunner().invoke(cli, ["contacts", "--checked", day])
    assert result.exit_code == 2
    assert told in result.output
    assert safety.read_text("utf-8") == before


def test_an_installed_package_says_where_to_record_it(safety: Path) -> None:
    (safety.parents[1] / "pyproject.toml").unlink()
    before = safety.read_text("utf-8")
    result = CliRunner().invoke(cli, ["contacts", "--checked", "2026-09-01"])
    assert result.exit_code == 1
    assert "checkout" in result.output
    assert safety.read_text("utf-8") == before
