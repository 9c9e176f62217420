"""What goes wrong on the way to the local Discord: rate limits, server errors, delays and broken connections."""

import asyncio
import hashlib
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.servers.discord.requests import Call

Json = dict[str, Any]
Headers = dict[str, str]
# A pattern such as "POST /interactions/*/callback" (`*` also stands for slashes), or any test of a call.
Match = str | Callable[[Call], bool]

# Discord is behind Google's load balancer; without this header a 429 comes from Cloudflare, and SDKs give up on it.
VIA = {"Via": "1.1 google"}
# The parts of a path by which Discord counts separately (topics/rate-limits.mdx).
MAJOR_PARAMETERS = ("channel_id", "guild_id", "webhook_id", "interaction_id", "token")


def matches(match: Match, call: Call) -> bool:
    """Whether a call is meant."""
    return match(call) if callable(match) else fnmatchcase(call.line, match)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request: it waits `delay` seconds, then is answered with `status`, if that is given.

    With `applied` the request takes effect all the same, only its answer is lost; with `cut` the connection breaks.
    """

    status: int | None = None
    json: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0
    held: asyncio.Event | None = None
    applied: bool = False
    cut: bool = False

    @property
    def answers(self) -> bool:
        """Whether it takes the place of the real answer."""
        return self.cut or self.status is not None


def rate_limited(retry_after: float, *, everywhere: bool = False) -> Fault:
    """A 429 as Discord sends it; `everywhere` is the global limit."""
    body = rate_limit_json(retry_after, everywhere=everywhere)
    spent = {} if everywhere else {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": f"{retry_after:.3f}"}
    return Fault(429, body, headers=spent | _limited(retry_after, everywhere=everywhere))


def banned(retry_after: float = 600) -> Fault:
    """A 429 as Cloudflare sends it after too many invalid requests: no JSON, not through Discord's load balancer."""
    return Fault(429, text="error code: 1015", headers={"Retry-After": str(math.ceil(retry_after)), "Via": ""})


def server_error(status: int = 500, *, applied: bool = False) -> Fault:
    """A 500 of Discord's own, or a 502, 503 or 504 of the load balancer."""
    if status == 500:
        return Fault(500, {"message": "500: Internal Server Error", "code": 0}, applied=applied)
    return Fault(status, text=f"<html><title>{status} Server Error</title></html>", applied=applied)


def delayed(seconds: float) -> Fault:
    """A slow way to Discord: the request arrives that much later."""
    return Fault(delay=seconds)


def held(until: asyncio.Event) -> Fault:
    """A way to Discord that is blocked: the request arrives once that has happened."""
    return Fault(held=until)


def disconnected(*, applied: bool = False) -> Fault:
    """The connection breaks instead of an answer."""
    return Fault(cut=True, applied=applied)


@dataclass(slots=True)
class _Queued:
    match: Match
    fault: Fault
    left: int


class Faults:
    """The faults that wait for their requests, each taken as often as it was queued."""

    def __init__(self) -> None:
        self._queue: list[_Queued] = []

    def add(self, match: Match, fault: Fault, times: int = 1) -> None:
        """Let a fault happen to the next `times` requests that match."""
        self._queue.append(_Queued(match, fault, times))

    def take(self, call: Call) -> Fault | None:
        """The fault of a call, if there is one: the one that waits longest."""
        for queued in self._queue:
            if queued.left and matches(queued.match, call):
                queued.left -= 1
                return queued.fault
        return None

    @property
    def left(self) -> int:
        """How many faults have not happened yet."""
        return sum(queued.left for queued in self._queue)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    limit: int
    seconds: float


@dataclass(slots=True)
class _Window:
    ends: float
    left: int


class RateLimits:
    """Discord's buckets: one for each method and route template, counted apart for each major parameter."""

    def __init__(self) -> None:
        # So wide that only a test that sets a rate feels one.
        self.default = Rate(1000, 1)
        self._rates: dict[str, Rate] = {}
        self._windows: dict[tuple[str, ...], _Window] = {}

    def set(self, route: str, rate: Rate) -> None:
        """Give a route such as "POST /channels/{channel_id}/messages" its rate."""
        self._rates[route] = rate

    def take(self, call: Call) -> tuple[Headers, float | None]:
        """The headers for a call and, if it is one too many, in how many seconds to come back."""
        name = f"{call.method} {call.route}"
        rate = self._rates.get(name, self.default)
        key = (name, *(call.params.get(part, "") for part in MAJOR_PARAMETERS))
        window = self._windows.get(key)
        if window is None or window.ends <= call.time:
            window = self._windows[key] = _Window(call.time + rate.seconds, rate.limit)
        reset_after = window.ends - call.time
        too_many = window.left == 0
        window.left = max(0, window.left - 1)
        headers = {
            "X-RateLimit-Limit": str(rate.limit),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        }
        if not too_many:
            return headers, None
        return headers | _limited(reset_after, everywhere=False), reset_after


def rate_limit_json(retry_after: float, *, everywhere: bool = False) -> Json:
    """The body of a 429."""
    return {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": everywhere}


def _limited(retry_after: float, *, everywhere: bool) -> Headers:
    scope = {"X-RateLimit-Scope": "global" if everywhere else "user"}
    known = {"X-RateLimit-Global": "true"} if everywhere else {}
    return {"Retry-After": str(math.ceil(retry_after)), **scope, **known}
