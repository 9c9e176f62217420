"""What an operator sets for Slack by environment variables or a `.env` file."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

WEB_API = "https://slack.com/api/"


class SlackSettings(BaseSettings):
    """The tokens and secrets of the Slack app. Raises ValidationError with all that is wrong."""

    model_config = SettingsConfigDict(env_prefix="SLACK_", env_file=".env", extra="ignore", env_ignore_empty=True)

    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    api_url: str = WEB_API
    http_host: str | None = None

    @property
    def wanted(self) -> bool:
        """Whether anything is set that only makes sense for serving Slack."""
        return any((self.bot_token, self.app_token, self.signing_secret, self.client_secret))

    @property
    def installable(self) -> bool:
        """Whether workspaces can install the app themselves, by OAuth."""
        return self.client_id is not None and self.client_secret is not None

    @property
    def web_api(self) -> str:
        """Where the Web API is, as the SDK wants it: with a slash at the end."""
        return f"{self.api_url.rstrip('/')}/"

    @property
    def authorize_url(self) -> str:
        """The page on which a workspace's admin consents: it is beside the Web API."""
        return f"{self.web_api.removesuffix('/').removesuffix('/api')}/oauth/v2/authorize"
