"""What an operator sets for IRC by environment variables or a `.env` file."""

from pydantic import Field, NonNegativeFloat, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class IrcSettings(BaseSettings):
    """The network, and where the bot is on it. Raises ValidationError with all that is wrong."""

    model_config = SettingsConfigDict(title="IRC", env_prefix="IRC_", env_file=".env", extra="ignore")

    server: str = Field(default="", description="the server's name, such as `irc.libera.chat`")
    port: int = Field(default=6697, ge=1, le=65_535, description="its port")
    tls: bool = Field(default=True, description="`false`: connect without TLS, to a server on this machine")
    nick: str = Field(default="ijm-answers", description="what the bot is called there")
    password: SecretStr | None = Field(default=None, description="the server's password, or `account:password`")
    channels: str = Field(default="", description="the channels that it is in, such as `#ijm #chapter`")
    pace: NonNegativeFloat = Field(default=2.0, description="seconds between lines, after the first few")
