"""The command `ijm-bot settings`: what holds, where it comes from, and what can be set at all."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import click
from pydantic_settings import BaseSettings

from bot.operating.configuration import BadSettings, check, effective, example, table


def settings_command(kinds: Sequence[type[BaseSettings]]) -> click.Command:
    """The command for these kinds of settings."""

    @click.command(name="settings")
    @click.option(
        "--as",
        "form",
        type=click.Choice(["text", "json", "env", "markdown"]),
        default="text",
        help="text or json: what holds; env: a commented .env file; markdown: a table of all that can be set.",
    )
    def settings(form: str) -> None:
        """Show the settings that hold, without secrets, and where each comes from."""
        if form == "env":
            click.echo(example(*kinds), nl=False)
        elif form == "markdown":
            click.echo(table(*kinds))
        else:
            _show(kinds, as_json=form == "json")

    return settings


def warn(kinds: Sequence[type[BaseSettings]]) -> None:
    """Say on stderr what looks like a mistyped setting. Raises ClickException with all mistakes."""
    try:
        doubtful = check(*kinds)
    except BadSettings as error:
        raise click.ClickException(str(error)) from error
    for each in doubtful:
        click.echo(f"Note: {each}", err=True)


def _show(kinds: Sequence[type[BaseSettings]], *, as_json: bool) -> None:
    warn(kinds)
    found = effective(*kinds)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
        return
    wide, value = (max(len(getattr(each, part)) for each in found) for part in ("name", "value"))
    for each in found:
        click.echo(f"{each.name:<{wide}}  {each.value or '-':<{value}}  {each.origin}")
