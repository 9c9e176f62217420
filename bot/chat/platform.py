"""What the core has to know about a platform: a few values, and what its ids stand for."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.chat.markup import Referent
from bot.chat.replies import BUTTON_ID_LIMIT

__all__ = ["SIGN", "Platform", "Referent"]

# The sign before a command in the bot's own texts, and on most platforms.
SIGN = "/"


def _unknown(_community: str, _id: str) -> Referent | None:
    return None


@dataclass(frozen=True, slots=True)
class Platform:
    """What an adapter says about its platform. All of its ids begin with `name` and a colon; `title` is what people
    call it. `sign` comes before a typed command, since a client may reserve "/". `channel` is how people write a
    channel there. `keeps` is a sentence of `/ijm privacy` about what is kept only because of this platform.

    `referent` says what an id stands for in a community; None if the adapter never minted it, or if it belongs to
    another community. It has to expect anything that people type.
    """

    name: str = ""
    title: str = ""
    sign: str = SIGN
    button_id_limit: int = BUTTON_ID_LIMIT
    channel: str = "#name"
    keeps: str = ""
    referent: Callable[[str, str], Referent | None] = _unknown

    @property
    def prefix(self) -> str:
        """What all ids of this platform begin with."""
        return f"{self.name}:"
