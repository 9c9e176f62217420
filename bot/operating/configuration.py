"""All settings of the program: read, with every mistake reported at once, described, and shown without secrets."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

import click
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from bot.operating.env_file import ENV_FILE, faults_in_file, written

# How alike an unknown name has to be to a setting's to count as a mistyped one (difflib's ratio, 0 to 1).
NEAR = 0.8
# Names that begin so are the bot's alone.
_OURS = "IJM_"
HIDDEN = "(set, not shown)"


class BadSettings(Exception):  # noqa: N818 (the settings are bad; nothing is broken)
    """Some settings are wrong; `faults` says each in a sentence, without a secret."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(["The settings are wrong:", *(f"  {fault}" for fault in faults)]))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting: its name in the environment, what it is for, its default as it would be written, if it has one.

    `example` is a value that is right; it may be empty where any text is.
    """

    name: str
    field: str
    description: str
    default: str
    example: str


@dataclass(frozen=True, slots=True)
class Effective:
    """A setting's current value without secrets, and where it comes from."""

    name: str
    value: str
    origin: str


def variables(*kinds: type[BaseSettings]) -> tuple[Variable, ...]:
    """Return every setting of these kinds, in the order of declaration."""
    return tuple(_variable(kind, name, field) for kind in kinds for name, field in kind.model_fields.items())


def check(*kinds: type[BaseSettings]) -> tuple[str, ...]:
    """Return warnings about likely mistakes. Raises BadSettings with all certain ones."""
    try:
        lost = list(faults_in_file())
        in_file = written()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings([f"{ENV_FILE} cannot be read: {_reason(error)}. It has to be text, in UTF-8."]) from error
    if lost:
        raise BadSettings(lost)
    faults = [fault for kind in kinds for fault in _faults(kind)]
    mistyped, doubtful = _unknown(kinds, in_file)
    if faults or mistyped:
        raise BadSettings([*faults, *mistyped])
    return doubtful


def effective(*kinds: type[BaseSettings]) -> tuple[Effective, ...]:
    """Return every setting of these kinds with its current value. Raises BadSettings."""
    check(*kinds)
    in_file = written()
    shown = []
    for kind in kinds:
        values = kind()
        for variable in variables(kind):
            value = getattr(values, variable.field)
            shown.append(Effective(variable.name, _shown(value), _origin(variable.name, in_file)))
    return tuple(shown)


def example(*kinds: type[BaseSettings]) -> str:
    """Return a `.env` file with every setting of these kinds in it, commented out."""
    lines = ["# Copy this file to .env, and set what you need. `ijm-bot settings` shows what holds, `ijm-bot doctor`"]
    lines += ["# whether it works. A variable of the environment goes before the same name in here."]
    for kind in kinds:
        lines += ["", f"# {kind.model_config['title']}"]
        for each in variables(kind):
            lines += [f"# {each.description}", f"#{each.name}={each.default}"]
    return "\n".join([*lines, ""])


def table(*kinds: type[BaseSettings]) -> str:
    """Return every setting of these kinds as a Markdown table."""
    rows = ["| variable | what it is | default |", "|---|---|---|"]
    for each in variables(*kinds):
        default = f"`{each.default}`" if each.default else ""
        rows.append(f"| `{each.name}` | {each.description} | {default} |")
    return "\n".join(rows)


def _variable(kind: type[BaseSettings], name: str, field: FieldInfo) -> Variable:
    default = "" if field.default is None else _plain(field.default)
    example = str(field.examples[0]) if field.examples else default
    return Variable(_name_of(kind, name, field), name, field.description or "", default, example)


def _name_of(kind: type[BaseSettings], name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return alias if isinstance(alias, str) else f"{kind.model_config['env_prefix']}{name}".upper()


def _faults(kind: type[BaseSettings]) -> Iterator[str]:
    by_field = {each.field: each for each in variables(kind)} | {each.name: each for each in variables(kind)}
    try:
        kind()
    except ValidationError as error:
        told = set()
        for each in error.errors(include_input=False, include_url=False):
            said = each["msg"].removeprefix("Value error, ")
            if not each["loc"]:
                yield said
                continue
            # One value of a list may be wrong in several ways.
            setting = by_field[str(each["loc"][0])]
            if setting.name not in told:
                told.add(setting.name)
                yield f"{setting.name}: {said}{_by_example(setting)}"


def _by_example(setting: Variable) -> str:
    return f". For example: {setting.name}={setting.example}" if setting.example else ""


def _unknown(kinds: Sequence[type[BaseSettings]], written: Mapping[str, str]) -> tuple[list[str], tuple[str, ...]]:
    """Return names that are close to a setting's: certain typing errors, and ones next to the right name."""
    known = {each.name for each in variables(*kinds)}
    prefixes = tuple({f"{name.partition('_')[0]}_" for name in known if not name.startswith("DATABASE")} | {_OURS})
    there = {name.upper() for name in os.environ if name.upper().startswith(prefixes)} | set(written)
    surely, doubtful = [], []
    for name in sorted(there - known):
        near = get_close_matches(name, known, n=1, cutoff=NEAR)
        said = f"{name} is not a setting of the bot."
        if near and not _is_set(near[0], written):
            surely.append(f"{said} Did you mean {near[0]}?")
        elif near:
            doubtful.append(f"{said} {near[0]} is set, so I leave it alone.")
        elif name.startswith(_OURS):
            surely.append(f"{said} See `ijm-bot settings` for their names.")
    return surely, tuple(doubtful)


def _is_set(name: str, written: Mapping[str, str]) -> bool:
    return _origin(name, written) != "default"


def _origin(name: str, written: Mapping[str, str]) -> str:
    if any(value for given, value in os.environ.items() if given.upper() == name):
        return "environment"
    return ENV_FILE if written.get(name) else "default"


def _shown(value: Any) -> str:
    """Return a value for the operator, without secrets, which could end up in a log."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        # A path is no secret, and worth seeing; whatever else a URL is, a password may stand anywhere in it.
        return secret if secret.startswith("sqlite:") else HIDDEN
    return "" if value is None else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reason(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it has a byte that is not text"


def settings_command(kinds: Sequence[type[BaseSettings]]) -> click.Command:
    """Return the command for these kinds of settings."""

    @click.command(name="settings")
    @click.option(
        "--as",
        "form",
        type=click.Choice(["text", "json", "env", "markdown"]),
        default="text",
        help="text or json: the current values; env: a commented .env file; markdown: a table of all settings.",
    )
    def settings(form: str) -> None:
        """Show the current settings, without secrets, and where each comes from."""
        if form == "env":
            click.echo(example(*kinds), nl=False)
        elif form == "markdown":
            click.echo(table(*kinds))
        else:
            _show(kinds, as_json=form == "json")

    return settings


def mentioned(*kinds: type[BaseSettings]) -> tuple[str, ...]:
    """Return the names of these kinds that are set in the environment or the file, even without a value."""
    there = {name.upper() for name in os.environ} | set(written())
    return tuple(each.name for each in variables(*kinds) if each.name in there)


def warn(kinds: Sequence[type[BaseSettings]]) -> None:
    """Warn on stderr about likely mistyped settings. Raises ClickException with all mistakes."""
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
