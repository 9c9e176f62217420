"""How the database came to its present form, one step per file in `versions`, and how to bring one there."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection, step: str = "head") -> None:
    """Apply the steps that the database lacks, up to the given one, inside the connection's transaction.

    Raises alembic.util.CommandError if a newer version of the bot has been at the database.
    """
    with _config() as config:
        config.attributes["connection"] = connection
        command.upgrade(config, step)


def steps() -> tuple[str, ...]:
    """The steps that this version of the bot knows, the newest first."""
    with _config() as config:
        return tuple(step.revision for step in ScriptDirectory.from_config(config).walk_revisions())


def step_of(connection: Connection) -> str | None:
    """The step that the database is at; None if it has none of the bot's tables."""
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _config() -> Iterator[Config]:
    with resources.as_file(resources.files(__name__)) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        yield config
