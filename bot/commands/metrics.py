"""What is counted of the bot while it runs. Here nothing is; whoever watches it puts something better in its place."""

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum

_NOTHING = nullcontext()


class Failure(StrEnum):
    """Why an event did not get its answer."""

    BROKE = "broke"
    STORE = "store"


class PlatformError(StrEnum):
    """What went wrong between the bot and a platform."""

    LATE = "late"  # The platform did not wait for the answer any more.
    REFUSED = "refused"  # The platform does not let the bot say it there.
    CONNECTION = "connection"  # The answer did not arrive, however often it was sent.
    BROKE = "broke"  # The adapter failed.


class Metrics:
    """Takes what is measured. Nothing in it tells people or communities apart, nor that a message was about danger."""

    def question(self, kind: str) -> None:
        """A question was answered in this way; one that may be about somebody's safety is never counted."""

    def answering(self, event: str) -> AbstractContextManager[None]:
        """The time in which an event of that kind is answered by the core."""
        return _NOTHING

    def under_way(self, platform: str) -> AbstractContextManager[None]:
        """The time from what came in from a platform to the end of what is sent for it."""
        return _NOTHING

    def failed(self, why: Failure) -> None:
        """An event did not get its answer."""

    def limited(self) -> None:
        """Somebody asked more than the limits allow."""

    def platform_error(self, platform: str, error: PlatformError) -> None:
        """Something went wrong between the bot and a platform."""

    def reconnected(self, platform: str) -> None:
        """A connection to a platform was made anew."""
