"""Whether a request comes from Slack: its signature and its time, and what an operator learns about those that fail."""

import logging
import time
from collections.abc import Mapping
from enum import StrEnum
from time import monotonic

from slack_sdk.signature import SignatureVerifier

from adapters.slack.events import SLACK
from bot.commands.metrics import Metrics, PlatformError

# Older or newer requests may be repeated ones (docs.slack.dev/authentication/verifying-requests-from-slack).
FRESH_SECONDS = 300
# At most one line in the log in this time, however many requests fail: anybody can send them.
TOLD_SECONDS = 60

log = logging.getLogger(__name__)


class Fault(StrEnum):
    """What is wrong with a request, and what an operator should look at."""

    TIME = "is more than five minutes old or early. Check this machine's clock"
    SIGNATURE = "has a wrong signature. If Slack sent it, SLACK_SIGNING_SECRET is not this app's"


class Signatures:
    """Checks requests with the app's signing secret."""

    def __init__(self, secret: str, metrics: Metrics) -> None:
        self._verifier = SignatureVerifier(secret)
        self._metrics = metrics
        self._told_at: float | None = None
        self._untold = 0

    def accept(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        """Return whether a request is signed and fresh; count one that is not, and log it now and then."""
        fault = self._fault(raw, headers)
        if fault is None:
            return True
        self._metrics.platform_error(SLACK.name, PlatformError.UNVERIFIED)
        self._untold += 1
        now = monotonic()
        if self._told_at is None or now - self._told_at >= TOLD_SECONDS:
            log.warning("Refused a request for Slack (%d since the last line like this): it %s.", self._untold, fault)
            self._told_at, self._untold = now, 0
        return False

    def _fault(self, raw: bytes, headers: Mapping[str, str]) -> Fault | None:
        sent, signature = headers.get("X-Slack-Request-Timestamp"), headers.get("X-Slack-Signature")
        # A time that is no number, or one that no clock shows; a body that is no text, a signature that is not ASCII.
        try:
            if self._verifier.is_valid(raw, sent, signature):
                return None
            stale = sent is not None and abs(time.time() - int(sent)) > FRESH_SECONDS
        except (ValueError, TypeError, OverflowError):
            return Fault.SIGNATURE
        return Fault.TIME if stale else Fault.SIGNATURE
