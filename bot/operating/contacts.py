"""The contacts of the safety card: whether a person has checked them lately, and how that is recorded."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from bot.operating.doctor import Finding, ok, warning
from knowledge.pack.files import load_pack, pack_folder
from knowledge.pack.model import Contact

# Numbers and addresses change: what was checked longer ago has to be checked again before a release.
VALID = timedelta(days=365)
_CHECKED = re.compile(r"^(?P<field> {1,8}checked_on:).*$", re.MULTILINE)


def due(contacts: Sequence[Contact], today: date) -> tuple[Contact, ...]:
    """Select the contacts that nobody has checked within a year."""
    return tuple(each for each in contacts if each.checked_on is None or today - each.checked_on > VALID)


async def checked() -> Sequence[Finding]:
    """Warn of contacts that a person has to check."""
    contacts = load_pack().safety.contacts
    late = due(contacts, _today())
    if not late:
        return [ok("contacts", f"All {len(contacts)} of the safety card were checked within a year.")]
    told = f"{len(late)} of {len(contacts)} on the safety card were not checked within a year."
    return [warning("contacts", told, "Call each number, open each address, then see `ijm-bot contacts`.")]


def record(safety: Path, day: date) -> None:
    """Write into a pack's safety.md that a person checked all contacts that day; nothing else of it changes."""
    text = _CHECKED.sub(rf"\g<field> {day.isoformat()}", safety.read_text(encoding="utf-8"))
    # In one step, so that a full disk or a power cut leaves the old file.
    fresh = safety.with_name(f"{safety.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, safety)


def is_checkout(folder: Path) -> bool:
    """Return whether a pack's folder is in a checkout of the project, not in an installed package."""
    return (folder.parent / "pyproject.toml").is_file()


@click.command()
@click.option("--checked", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Record YYYY-MM-DD for all.")
def contacts(day: datetime | None) -> None:
    """List the contacts of the safety card, or record that a person called and opened all of them on a day."""
    folder = pack_folder()
    if day is not None:
        if day.date() > _today():
            raise click.BadParameter(f"{day.date()} is in the future.", param_hint="--checked")
        if not is_checkout(folder):
            raise click.ClickException(
                "This is an installed package, whose files the next update replaces. Record it in a checkout of the "
                "project, and commit knowledge/safety.md."
            )
        record(folder / "safety.md", day.date())
    for each in load_pack(folder).safety.contacts:
        reach = ", ".join([*each.phones, *filter(None, [each.url])])
        click.echo(f"{each.checked_on or 'not checked'!s:<11}  {each.name}: {reach}")


def _today() -> date:
    return datetime.now(UTC).date()
