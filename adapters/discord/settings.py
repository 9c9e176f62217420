"""What an operator sets for Discord by environment variables or a `.env` file."""

import base64
import binascii
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, NonNegativeInt, PositiveInt, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _numbers(given: object) -> object:
    """Read `0,1,2` as a list. A single number arrives as a number."""
    given = str(given) if isinstance(given, int) else given
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


_Shards = Annotated[list[NonNegativeInt], Field(min_length=1)]


class DiscordSettings(BaseSettings):
    """The token, and what only large or unusual installations need. Raises ValidationError with all faults."""

    model_config = SettingsConfigDict(
        title="Discord", env_prefix="DISCORD_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    token: SecretStr | None = Field(default=None, description="the bot's token (Developer Portal, your app, *Bot*)")
    application_id: int | None = Field(
        default=None,
        examples=["1234567890123456789"],
        description="the app's id (*General Information*), for `ijm-bot invite` where no token is at hand",
    )
    message_content: bool = Field(
        default=True,
        description="`false`: never ask for the message content intent, so passive answering rests",
    )
    shard_count: PositiveInt | None = Field(
        default=None, examples=[2], description="how many shards all processes have together"
    )
    shard_ids: Annotated[_Shards | None, NoDecode, BeforeValidator(_numbers)] = Field(
        default=None,
        examples=["0,1"],
        description="which of them this process serves, such as `0,1`; the first is 0",
    )
    api_url: str | None = Field(
        default=None,
        pattern="^https?://",
        examples=["http://127.0.0.1:8080/api/v10"],
        description="another address of Discord's API, with version: `http://127.0.0.1:8080/api/v10`",
    )
    gateway_url: str | None = Field(
        default=None,
        pattern="^wss?://",
        examples=["ws://127.0.0.1:8080/"],
        description="another address of its gateway, `ws://127.0.0.1:8080/`; also used to resume",
    )

    @model_validator(mode="after")
    def _shards_fit(self) -> Self:
        if self.shard_ids is not None and self.shard_count is None:
            raise ValueError(
                "DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT, the number of shards of all processes together."
            )
        if self.shard_ids and self.shard_count and max(self.shard_ids) >= self.shard_count:
            raise ValueError("DISCORD_SHARD_IDS counts from 0: each has to be below DISCORD_SHARD_COUNT.")
        return self

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
