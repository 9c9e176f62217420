"""What is counted while the bot runs. Nothing is counted here; monitoring puts a real implementation in its place."""

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum

_NOTHING = nullcontext()


class Failure(StrEnum):
    """Why an event did not get its answer."""

    BROKE = "broke"
    STORE = "store"


class PlatformError(StrEnum):
    """What went wrong between the bot and a platform."""

    LATE = "late"  # The platform no longer waited for the answer.
    REFUSED = "refused"  # The platform does not let the bot say it there.
    CONNECTION = "connection"  # The answer did not arrive, however often it was sent.
    UNVERIFIED = "unverified"  # A request that did not prove that the platform sent it.
    UNREADABLE = "unreadable"  # The platform sent something that cannot be read.
    BROKE = "broke"  # The adapter failed.


class Step(StrEnum):
    """A part of the way to an answer that is measured by itself, for each event alike."""

    ENCODING = "encoding"  # The sentence encoder, with the wait for a thread.
    SAFETY = "safety"  # Whether it may be about somebody in danger, with the encoding that this needs.


class Metrics:
    """Takes what is measured. Nothing in it tells people or communities apart, nor that a message was about danger."""

    def question(self, kind: str) -> None:
        """Count a question that was answered in this way; one that may be about somebody's safety never is."""

    def answering(self, event: str) -> AbstractContextManager[None]:
        """Measure how long the core takes to answer an event of that kind."""
        return _NOTHING

    def step(self, step: Step) -> AbstractContextManager[None]:
        """Measure how long a step takes, whatever comes of it."""
        return _NOTHING

    def under_way(self, platform: str) -> AbstractContextManager[None]:
        """Measure the time from what a platform sent to the end of the answer."""
        return _NOTHING

    def failed(self, why: Failure) -> None:
        """Count an event that did not get its answer."""

    def post(self, state: str) -> None:
        """Count a scheduled post that came to its end in this state, or was posted `late`."""

    def limited(self) -> None:
        """Count somebody who asked more than the limits allow."""

    def platform_error(self, platform: str, error: PlatformError) -> None:
        """Count an error between the bot and a platform."""

    def reconnected(self, platform: str) -> None:
        """Count a connection to a platform that was made again."""
