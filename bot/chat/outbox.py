"""Posts that are no replies: scheduled facts, notices to moderators."""

from datetime import datetime, timedelta
from typing import Protocol

from bot.chat.platform import Platform
from bot.chat.replies import Reply
from bot.chat.suiting import suited


class Unpostable(Exception):  # noqa: N818 (the place cannot be posted to; nothing is broken)
    """A place is gone or forbids posts; the message says which, for its moderators."""


class Unreached(Exception):  # noqa: N818 (the platform was not reached; nothing is broken)
    """The platform did not accept a post now, but may later. `maybe` says that it could have arrived anyway."""

    def __init__(self, message: str, *, maybe: bool = False) -> None:
        super().__init__(message)
        self.maybe = maybe


class Outbox(Protocol):
    """Posts to one platform; each adapter has one while it serves. `remembers` is how long the platform ignores a
    second post with the same key; None if it takes no key.
    """

    platform: Platform = Platform()
    remembers: timedelta = timedelta()

    async def check(self, community: str, place: str) -> None:
        """Check whether a post to the place may succeed, without asking the platform.

        Raises Unpostable if it cannot; Unreached if the community is not served by this process just now.
        """

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Post a reply to a place of a community, public, with its buttons, pinging nobody. `key` (at most 25
        characters) stays the same when a post is tried again: a platform that can posts it only once. Raises Unpostable
        if the place is gone, is not of that community, or forbids it; Unreached if the platform could not be reached.
        """

    async def arrived(self, community: str, place: str, reply: Reply, *, since: datetime) -> bool | None:
        """Look whether a reply was posted to a place after a moment; None if the bot cannot see that. Raises as `post`
        does.
        """
        return None

    async def examine(self, community: str, place: str) -> None:
        """Check whether a post to the place would succeed, also by asking the platform. Raises as `check` does."""
        await self.check(community, place)

    async def tell(self, community: str, person: str, reply: Reply) -> None:
        """Send a person of a community a direct message. Raises Unpostable if they accept none; Unreached."""
        raise Unpostable("This platform has no direct messages.")

    async def deaf(self, community: str, place: str) -> str:
        """Say why this process cannot read unaddressed messages in a place, and what to do; empty if it can."""
        return ""

    async def threadless(self, community: str, place: str) -> str:
        """Say why no answer can open a thread in a place, and what to do; empty if one can, or if none has to."""
        return ""


class Outboxes:
    """The outboxes of the platforms that this process serves, by the prefix of their ids (`discord:`, `slack:`)."""

    def __init__(self) -> None:
        self._of: dict[str, Outbox] = {}

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The prefixes of the platforms that can be posted to from here."""
        return tuple(self._of)

    def connect(self, prefix: str, outbox: Outbox) -> None:
        """Add a platform that is now served."""
        self._of[prefix] = outbox

    def disconnect(self, prefix: str) -> None:
        """Remove a platform that is no longer served."""
        self._of.pop(prefix, None)

    async def examine(self, community: str, place: str) -> None:
        """Ask the platform that the place belongs to. Raises as Outbox.examine does."""
        await self._outbox(place).examine(community, place)

    async def tell(self, community: str, person: str, reply: Reply) -> None:
        """Send a person a direct message on their platform. Raises as Outbox.tell does."""
        await self._outbox(person).tell(community, person, reply)

    async def deaf(self, community: str, place: str) -> str:
        """Ask the platform that the place belongs to; empty if none of this process is known to be deaf there."""
        outbox = self._of.get(f"{place.partition(':')[0]}:")
        return "" if outbox is None else await outbox.deaf(community, place)

    async def threadless(self, community: str, place: str) -> str:
        """Ask the platform that the place belongs to; empty if none of this process knows a reason."""
        outbox = self._of.get(f"{place.partition(':')[0]}:")
        return "" if outbox is None else await outbox.threadless(community, place)

    async def check(self, community: str, place: str) -> None:
        """Ask the platform that the place belongs to. Raises as Outbox.check does."""
        await self._outbox(place).check(community, place)

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Post by the platform that the place belongs to. Raises as Outbox.post does."""
        outbox = self._outbox(place)
        await outbox.post(community, place, suited(reply, outbox.platform), key=key)

    async def arrived(self, community: str, place: str, reply: Reply, *, since: datetime) -> bool | None:
        """Ask the platform that the place belongs to. Raises as Outbox.arrived does."""
        outbox = self._outbox(place)
        return await outbox.arrived(community, place, suited(reply, outbox.platform), since=since)

    def remembers(self, place: str) -> timedelta:
        """Say how long the place's platform ignores a second post with the same key. Raises Unreached."""
        return self._outbox(place).remembers

    def _outbox(self, place: str) -> Outbox:
        prefix = f"{place.partition(':')[0]}:"
        outbox = self._of.get(prefix)
        if outbox is None:
            raise Unreached(f"{prefix.rstrip(':')} is not served by this process")
        return outbox
