"""What the core has to know of a platform: a few values, and what its ids stand for."""

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
    """What an adapter says of its platform.

    `name` is what all of its ids begin with, before a colon; `title` is what people call it. `sign` stands before a
    typed command, for a client may keep "/" for itself. `channel` is how a channel is written there. `keeps` says, in
    a sentence of `/ijm privacy`, what is kept only because of this platform.

    `referent` says what an id stands for, given a community and the id; None if the adapter never minted it, or if it
    belongs to another community. What people type may come to it.
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
