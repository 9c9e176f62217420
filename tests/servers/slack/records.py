"""What Slack remembers beside messages and views: tokens, triggers, answers it still takes, and changes by the app."""

from dataclasses import dataclass
from enum import StrEnum

from tests.servers.slack.rules.values import Channel, Message, Team, User, View

# docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5
# docs.slack.dev/surfaces/modals
VIEW_STACK = 3


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is good for. `refused` is the error of a token that is not good any more."""

    token: str
    bot: User | None
    scopes: tuple[str, ...]
    refused: str | None = None


class Did(StrEnum):
    """What the app did to what people see."""

    POSTED = "posted"
    WHISPERED = "whispered"
    UPDATED = "updated"
    DELETED = "deleted"
    OPENED = "opened"
    PUSHED = "pushed"
    REPLACED = "replaced"
    PUBLISHED = "published"
    CLOSED = "closed"
    REACTED = "reacted"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the app changed for people; `via` is a Web API method, `response_url` or `ack`.

    `reaction` is the name of the emoji that it put to a message.
    """

    did: Did
    team: str
    via: str
    message: Message | None = None
    before: Message | None = None
    view: View | None = None
    reaction: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger_id: one view may be opened for the user within the world's `trigger_seconds`."""

    user: User
    at: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """What a response_url may do: answer `user` in `channel` about `source`, the message that was acted on."""

    user: User
    channel: Channel
    source: Message | None
    expires: float
    uses: int = RESPONSE_URL_USES


@dataclass(frozen=True, slots=True)
class Code:
    """What an OAuth code is exchanged for, once."""

    team: Team
    installer: User
    scopes: tuple[str, ...]
    redirect_uri: str | None = None
    used: bool = False
