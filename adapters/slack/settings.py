"""What an operator sets for Slack by environment variables or a `.env` file."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.slack.commands import Surface
from adapters.slack.connection.doorkeeper import networks

WEB_API = "https://slack.com/api/"


def _networks(given: str) -> str:
    try:
        networks(given)
    except ValueError as error:
        raise ValueError("write addresses or networks with commas between them, such as 10.0.0.0/8,::1") from error
    return given


class SlackSettings(BaseSettings):
    """The tokens and secrets of the Slack app. Raises ValidationError with all faults."""

    model_config = SettingsConfigDict(
        title="Slack", env_prefix="SLACK_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    bot_token: SecretStr | None = Field(
        default=None, description="the Bot User OAuth Token, `xoxb-…` (your app, *OAuth & Permissions*)"
    )
    app_token: SecretStr | None = Field(
        default=None, description="Socket Mode: the app-level token with `connections:write`, `xapp-…`"
    )
    signing_secret: SecretStr | None = Field(default=None, description="HTTP: *Basic Information*, *Signing Secret*")
    client_id: str | None = Field(default=None, description="HTTP, several workspaces: *Basic Information*")
    client_secret: SecretStr | None = Field(default=None, description="HTTP, several workspaces: *Basic Information*")
    http_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        examples=[3000],
        description="HTTP: the port to listen on, as `--slack-http` gives it; without it, Socket Mode",
    )
    http_host: str = Field(
        default="127.0.0.1", description="HTTP: the address to listen on, for a proxy on this machine; `0.0.0.0`: all"
    )
    proxies: Annotated[str, AfterValidator(_networks)] = Field(
        default="127.0.0.0/8,::1",
        description="HTTP: addresses or networks of your own proxies, with commas between: any other address may have "
        "only a few connections",
    )
    surface: Surface = Field(
        default=Surface.PLAIN,
        description="HTTP, several workspaces: `agent` or `assistant`, as the manifest was printed with `--surface`",
    )
    api_url: str = Field(
        default=WEB_API, pattern="^https?://", description="the Web API; another one is a local server, for tests"
    )

    @property
    def wanted(self) -> bool:
        """Whether anything is set that only makes sense for serving Slack."""
        given = (self.bot_token, self.app_token, self.signing_secret, self.client_secret)
        return self.http_port is not None or any(given)

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


def plain(secret: SecretStr | None) -> str:
    """Return a secret without spaces from copying; empty if it is not set."""
    return re.sub(r"\s+", "", secret.get_secret_value()) if secret is not None else ""
