"""How the database came to its present form, one step per file in `versions`, and how to bring one there."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

# Alembic takes as long to import as the rest of the store, and most starts have no need of it.
if TYPE_CHECKING:
    from alembic.config import Config

_VERSIONS = "alembic_version"
_HEAD = "head"


class NewerDatabase(Exception):  # noqa: N818 (nothing is broken)
    """A newer version of the bot has been at the database."""


def upgrade(connection: Connection, step: str = _HEAD) -> None:
    """Apply the steps that the database lacks, up to the given one, inside the connection's transaction.

    Raises NewerDatabase if it has steps that are not known here.
    """
    if step_of(connection) == (newest() if step == _HEAD else step):
        return
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    with _config() as config:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, step)
        except CommandError as error:
            raise NewerDatabase(str(error)) from error


def newest() -> str:
    """Return the last step."""
    return steps()[0]


def steps() -> tuple[str, ...]:
    """Return the steps that this version of the bot knows, the newest first; each file is named after its step."""
    names = (each.name for each in resources.files(__name__).joinpath("versions").iterdir())
    found = (name.removeprefix("step_").removesuffix(".py") for name in names if name.startswith("step_"))
    return tuple(sorted(found, reverse=True))


def step_of(connection: Connection) -> str | None:
    """Return the step that the database is at; None if it has none of the bot's tables."""
    if not inspect(connection).has_table(_VERSIONS):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSIONS}"))  # noqa: S608 (a constant)
    return found


@contextmanager
def _config() -> "Iterator[Config]":
    from alembic.config import Config  # noqa: PLC0415

    with resources.as_file(resources.files(__name__)) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        yield config
