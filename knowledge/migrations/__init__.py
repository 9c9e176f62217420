"""How the database came to its present form, one step per file in `versions`, and how to bring one there."""

from importlib import resources

from sqlalchemy import Connection, inspect, text

_VERSIONS = "alembic_version"


class NewerDatabase(Exception):  # noqa: N818 (nothing is broken)
    """A newer version of the bot has been at the database."""


def upgrade(connection: Connection) -> None:
    """Apply the steps that the database lacks, inside the connection's transaction.

    Raises NewerDatabase if it has steps that are not known here.
    """
    if _is_newest(connection):
        return
    # Alembic takes as long to import as the rest of the store, and most starts have no need of it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    with resources.as_file(resources.files(__name__)) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise NewerDatabase(str(error)) from error


def newest() -> str:
    """The revision of the last step; each is in a file that is named after it."""
    steps = (each.name for each in resources.files(__name__).joinpath("versions").iterdir())
    return max(name.removeprefix("step_").removesuffix(".py") for name in steps if name.startswith("step_"))


def _is_newest(connection: Connection) -> bool:
    if not inspect(connection).has_table(_VERSIONS):
        return False
    return list(connection.scalars(text(f"SELECT version_num FROM {_VERSIONS}"))) == [newest()]  # noqa: S608 (a constant)
