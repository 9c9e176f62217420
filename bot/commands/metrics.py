"""The metrics of the running bot. This class does nothing; monitoring replaces it with a real implementation."""

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum

_NOTHING = nullcontext()


class Failure(StrEnum):
    """Why an event got no answer."""

    BROKE = "broke"
    STORE = "store"


class PlatformError(StrEnum):
    """What went wrong between the bot and a platform."""

    LATE = "late"  # The platform no longer waited for the answer.
    REFUSED = "refused"  # The platform does not let the bot say it there.
    CONNECTION = "connection"  # The answer did not arrive in spite of retries.
    UNVERIFIED = "unverified"  # A request without a valid signature.
    UNREADABLE = "unreadable"  # The platform sent something that cannot be read.
    BROKE = "broke"  # The adapter failed.


class Step(StrEnum):
    """A step on the way to an answer that is measured separately."""

    ENCODING = "encoding"  # The sentence encoder, with the wait for a thread.
    SAFETY = "safety"  # Whether it may be about somebody in danger, with the encoding that this needs.


class Metrics:
    """Receives what is measured. Nothing in it reveals people, communities, or that a message was about danger."""

    def question(self, kind: str) -> None:
        """Count a question by how it was answered; one that may be about somebody's safety is never counted."""

    def answering(self, event: str) -> AbstractContextManager[None]:
        """Measure how long the core takes to answer an event of that kind."""
        return _NOTHING

    def step(self, step: Step) -> AbstractContextManager[None]:
        """Measure how long a step takes, even if it fails."""
        return _NOTHING

    def under_way(self, platform: str) -> AbstractContextManager[None]:
        """Measure the time from a platform's event to the end of the answer."""
        return _NOTHING

    def failed(self, why: Failure) -> None:
        """Count an event that got no answer."""

    def post(self, state: str) -> None:
        """Count a scheduled post that ended in this state, or was posted `late`."""

    def limited(self) -> None:
        """Count a request beyond the limits."""

    def platform_error(self, platform: str, error: PlatformError) -> None:
        """Count an error between the bot and a platform."""

    def reconnected(self, platform: str) -> None:
        """Count a connection to a platform that was made again."""
