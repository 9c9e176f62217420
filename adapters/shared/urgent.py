"""Delivering urgent replies: one way after another, until the platform accepts one."""

import logging
from collections.abc import Awaitable, Callable, Iterable

import aiohttp

# A way to deliver; it returns False if it was not accepted.
Way = Callable[[], Awaitable[object]]

log = logging.getLogger(__name__)


async def first_taken(ways: Iterable[Way], refusal: type[Exception]) -> bool:
    """Try ways to deliver something, and return whether the platform accepted one. A way that raises the platform's
    `refusal`, breaks off or returns False was not accepted.
    """
    for number, way in enumerate(ways, start=1):
        try:
            if await way() is not False:
                return True
        except (refusal, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("Way %d to deliver something urgent was refused: %s", number, type(error).__name__)
    return False
