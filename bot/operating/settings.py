"""The settings for all platforms, from environment variables or a `.env` file."""

import re
from base64 import urlsafe_b64decode
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.asking.helpline import LINE_LIMIT
from bot.commands.context import KNOWLEDGE_BYTES
from bot.commands.limits import Rate, rate

# The SQLite file where no DATABASE_URL is set: in the folder that the system gives a program for its data.
FILE_NAME = "ijm-answers.sqlite3"
# As many bytes as a key of Fernet has (cryptography.io/en/latest/fernet).
KEY_BYTES = 32

# The store reads the rest; a URL of another kind is said here already, beside all other mistakes.
_DATABASE = re.compile(r"(sqlite|postgres(ql)?)(\+\w+)?://")


class LogFormat(StrEnum):
    """How a line of the log is written."""

    PRETTY = "pretty"
    JSON = "json"


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _of_database(given: SecretStr) -> SecretStr:
    if not _DATABASE.match(given.get_secret_value().strip()):
        raise ValueError("write sqlite:////folder/file.sqlite3 or postgresql://user:password@host/database")
    return given


def _of_keys(given: SecretStr | None) -> SecretStr | None:
    for key in keys_in(given):
        try:
            right = len(urlsafe_b64decode(key)) == KEY_BYTES
        except ValueError:
            right = False
        if not right:
            raise ValueError(f"each key is {KEY_BYTES} bytes in base64, as `openssl rand -base64 32 | tr +/ -_` prints")
    return given


def keys_in(given: SecretStr | None) -> tuple[str, ...]:
    """Return the keys in a list with commas between them."""
    return tuple(key for each in (given.get_secret_value() if given else "").split(",") if (key := each.strip()))


def _lower(given: object) -> object:
    return given.strip().lower() if isinstance(given, str) else given


class Settings(BaseSettings):
    """The settings that belong to no single platform. Secrets are never printed.

    Raises ValidationError with all that is wrong.
    """

    model_config = SettingsConfigDict(
        title="All platforms",
        env_prefix="IJM_",
        env_file=".env",
        extra="ignore",
        env_ignore_empty=True,
        populate_by_name=True,
    )

    database_url: Annotated[SecretStr, AfterValidator(_of_database)] | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="where everything is kept: `sqlite:////folder/file.sqlite3` or "
        "`postgresql://user:password@host/database`; without it, a file on this computer",
    )
    log_format: Annotated[LogFormat, BeforeValidator(_lower)] = Field(
        default=LogFormat.PRETTY, description="`pretty`: lines for people; `json`: an object a line, for programs"
    )
    log_level: Annotated[LogLevel, BeforeValidator(_lower)] = Field(
        default=LogLevel.INFO, description="the least that is logged: `debug`, `info`, `warning` or `error`"
    )
    http_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        examples=[9090],
        description="a port for `/metrics`, `/healthz` and `/readyz`; without it, none",
    )
    http_host: str = Field(default="127.0.0.1", description="the address to listen on for them")
    person_limit: Annotated[Rate | None, NoDecode, BeforeValidator(rate)] = Field(
        default=Rate(20, 60),
        description="what one person may ask: so much each `second`, `minute` or `hour`; `off`: no limit",
    )
    community_limit: Annotated[Rate | None, NoDecode, BeforeValidator(rate)] = Field(
        default=Rate(300, 60), description="the same for all people of a server or workspace together"
    )
    help_line: str = Field(
        default="",
        max_length=LINE_LIMIT,
        examples=["Campus safety, 555 0100"],
        description="a local help line, shown first to people in danger where a community has set none; dial it "
        "yourself before you set it",
    )
    encryption_keys: Annotated[SecretStr | None, AfterValidator(_of_keys)] = Field(
        default=None,
        description="keys for the Slack tokens in the database, with commas between: the first one encrypts, all of "
        "them decrypt; a key is what `openssl rand -base64 32 | tr +/ -_` prints",
    )
    knowledge_memory: int = Field(
        default=KNOWLEDGE_BYTES // 1_000_000,
        ge=64,
        le=1_000_000,
        description="megabytes of memory for what communities added, all together; what does not fit is built again "
        "when it is asked for",
    )
    embeddings: Path | None = Field(
        default=None,
        examples=["/data/encoder"],
        description="a folder with another sentence encoder (`model.onnx` and `tokenizer.json`, as model hubs export "
        "them), for other languages; without it, the one that ships",
    )

    @property
    def default_path(self) -> Path:
        """Return the default SQLite file. Its folder need not exist."""
        return user_data_path("ijm-answers", appauthor=False) / FILE_NAME

    @property
    def store_url(self) -> str:
        """The database: DATABASE_URL, or an SQLite file that survives restarts (its folder is made)."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        self.default_path.parent.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{self.default_path}"
