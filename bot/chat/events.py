"""What can happen on a platform, as plain values. Adapters mint the ids (`discord:guild/123`, `slack:T1/U7`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from bot.chat.platform import Platform
from knowledge.plain.text import has_emoji, spoken

# What a command's option can hold.
Value = str | int | bool
# The largest file that is accepted: many times the largest knowledge base that a community could read.
UPLOAD_LIMIT = 1_000_000


class Role(IntEnum):
    """What a person may do in a community; each role includes the ones before it."""

    MEMBER = 0
    MODERATOR = 1
    ADMIN = 2


# The head of the commands for everyone, and that of those for moderators.
ASKING = "ijm"
MODERATING = "ijm-mod"


def written(given: Mapping[str, Value]) -> str:
    """Return all that somebody wrote into a command's options."""
    return " ".join(value for value in given.values() if isinstance(value, str))


@dataclass(frozen=True, slots=True)
class User:
    """A person, with the ids of the groups that the platform says they are in (see `roles.py`)."""

    id: str
    name: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happens: a channel, a direct conversation or a thread in one community (the tenant). `posts`:
    replies stay there as messages that can be shared and deleted; in a terminal they do not. `community_name` is what
    people call the community; empty if it has no name, or if the name is unknown. `platform` is the platform of the
    place.
    """

    id: str
    community: str
    direct: bool = False
    thread: str | None = None
    posts: bool = True
    # A name may change, so places are not compared by it.
    community_name: str = field(default="", compare=False)
    platform: Platform = field(default=Platform(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Happening:
    user: User
    place: Place


@dataclass(frozen=True, slots=True)
class Invocation(_Happening):
    """A command with structured arguments, as Discord sends it."""

    command: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    head: str = ASKING


@dataclass(frozen=True, slots=True)
class Typed(_Happening):
    """A command as a line of text after its head, as Slack and the console send it. `private` asks for a private reply,
    unless the line begins with the word `share`.
    """

    line: str
    head: str = ASKING
    private: bool = False


@dataclass(frozen=True, slots=True)
class Message(_Happening):
    """Free text. `addressed` says that it is meant for the bot (a mention, a direct message), not overheard. It may
    reply to another message, or be in its thread. If that is the bot's own, `replied` are the ids of its buttons. If it
    is somebody else's, `quoted` is its text, empty if it has none or the platform does not show it.
    """

    text: str
    addressed: bool
    replied: tuple[str, ...] = ()
    quoted: str | None = None

    @property
    def quotes(self) -> bool:
        """Whether it asks about another message, because it has no text of its own."""
        return self.addressed and self.quoted is not None and not spoken(self.text) and not has_emoji(self.text)

    @property
    def question(self) -> str:
        """What it asks: its own words, or those of the message that it replies to."""
        return (self.quoted or "") if self.quotes else self.text


@dataclass(frozen=True, slots=True)
class Press(_Happening):
    """A button pressed or a menu row chosen. `alone` says that only the presser sees its message, and that the platform
    can change it.
    """

    action: str
    value: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file; `content` is None if it has more than UPLOAD_LIMIT bytes."""

    name: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Submit(_Happening):
    """A submitted form: its id, what was typed into each field, and the files of the fields that take one."""

    form: str
    values: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Home(_Happening):
    """Somebody opens the bot itself: Slack's App Home, the first screen of the console."""


Event = Invocation | Typed | Message | Press | Submit | Home


@dataclass(frozen=True, slots=True)
class Complete(_Happening):
    """Somebody is typing a command's option; the answer is a list of choices, not a reply."""

    command: str
    option: str
    text: str
    head: str = ASKING
