"""What an operator sets by environment variables or a `.env` file, for all platforms alike."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

# The SQLite file where no DATABASE_URL is set: in the folder that the system gives a program for its data.
FILE_NAME = "ijm-answers.sqlite3"


class Settings(BaseSettings):
    """Where things are kept. What concerns one platform is its adapter's own. Secrets are never printed."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    database_url: SecretStr | None = None
    # A folder with a sentence-embedding model: questions are matched by their meaning, too (docs/matching.md).
    ijm_embeddings: Path | None = None

    @property
    def store_url(self) -> str:
        """The database: DATABASE_URL, or an SQLite file that survives restarts (its folder is made)."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        folder: Path = user_data_path("ijm-answers", appauthor=False, ensure_exists=True)
        return f"sqlite:///{folder / FILE_NAME}"
