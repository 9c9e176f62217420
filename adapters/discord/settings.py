"""What an operator sets for Discord by environment variables or a `.env` file."""

import base64
import binascii
from typing import Annotated

from pydantic import BeforeValidator, Field, NonNegativeInt, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _numbers(given: object) -> object:
    """`0,1,2` as a list. A number alone has been read as one before it comes here."""
    given = str(given) if isinstance(given, int) else given
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


class DiscordSettings(BaseSettings):
    """The token, and what only large or unusual installations need. Raises ValidationError with all that is wrong."""

    model_config = SettingsConfigDict(env_prefix="DISCORD_", env_file=".env", extra="ignore", env_ignore_empty=True)

    token: SecretStr | None = None
    application_id: int | None = None
    api_url: str | None = None
    gateway_url: str | None = None
    # Whether the message content intent may be asked for where passive answering is on; without it, it rests.
    message_content: bool = True
    shard_ids: Annotated[list[NonNegativeInt], Field(min_length=1), NoDecode, BeforeValidator(_numbers)] | None = None
    shard_count: PositiveInt | None = None

    @property
    def app_id(self) -> int | None:
        """The application's id: the one that is set, or the one that a token begins with."""
        if self.application_id is not None or self.token is None:
            return self.application_id
        first = self.token.get_secret_value().strip().partition(".")[0]
        try:
            return int(base64.b64decode(first + "=" * (-len(first) % 4)).decode())
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
