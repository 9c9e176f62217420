"""What is posted without anybody having asked just then: scheduled facts, notices to moderators."""

from typing import Protocol

from bot.replies import Reply


class Unpostable(Exception):  # noqa: N818 (the place cannot be posted to; nothing is broken)
    """A place is gone or does not let the bot post; the message says which, in words for its moderators."""


class Unreached(Exception):  # noqa: N818 (the platform was not reached; nothing is broken)
    """The platform did not take a post now; it may later. `maybe` says that it could have arrived all the same."""

    def __init__(self, message: str, *, maybe: bool = False) -> None:
        super().__init__(message)
        self.maybe = maybe


class Outbox(Protocol):
    """Where one platform takes posts; each adapter has one while it serves."""

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Post a reply to a place of a community, public, with its buttons, pinging nobody.

        `key` (at most 25 characters) is the same when a post is tried again: a platform that can, posts it once.
        Raises Unpostable if the place is gone, is not of that community, or forbids it; Unreached if the platform
        could not be reached.
        """


class Outboxes:
    """The platforms that are served by this process, by the beginning of their ids (`discord:`, `slack:`)."""

    def __init__(self) -> None:
        self._of: dict[str, Outbox] = {}

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The platforms that can be posted to from here."""
        return tuple(self._of)

    def connect(self, prefix: str, outbox: Outbox) -> None:
        """A platform is served from now on."""
        self._of[prefix] = outbox

    def disconnect(self, prefix: str) -> None:
        """A platform is not served any more."""
        self._of.pop(prefix, None)

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Post by the platform that the place belongs to. Raises as Outbox.post does."""
        prefix = f"{place.partition(':')[0]}:"
        outbox = self._of.get(prefix)
        if outbox is None:
            raise Unreached(f"{prefix.rstrip(':')} is not served by this process")
        await outbox.post(community, place, reply, key=key)
