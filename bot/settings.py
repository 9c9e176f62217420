"""What an operator sets by environment variables or a `.env` file, as far as the core needs it."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Which platforms to serve; a platform is on when its token is set. Secrets are never printed."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    discord_token: SecretStr | None = None
    slack_bot_token: SecretStr | None = None

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms whose token is set."""
        tokens = {"DISCORD_TOKEN": self.discord_token, "SLACK_BOT_TOKEN": self.slack_bot_token}
        return tuple(name for name, token in tokens.items() if token is not None)
