"""How the database came to its present form, one step per file in `versions`, and how to bring one there."""

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Apply the steps that the database lacks, inside the connection's transaction.

    Raises alembic.util.CommandError if a newer version of the bot has been at the database.
    """
    with resources.as_file(resources.files(__name__)) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
