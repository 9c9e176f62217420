"""Delivering what has to arrive: one way after the other, until the platform takes it."""

import logging
from collections.abc import Awaitable, Callable, Iterable

import aiohttp

# Something that tries to deliver, and gives False if it was not taken.
Way = Callable[[], Awaitable[object]]

log = logging.getLogger(__name__)


async def first_taken(ways: Iterable[Way], refusal: type[Exception]) -> bool:
    """Try ways to deliver something, and tell whether the platform took one of them.

    A way that raises the platform's `refusal`, breaks off or gives False was not taken.
    """
    for number, way in enumerate(ways, start=1):
        try:
            if await way() is not False:
                return True
        except (refusal, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("Way %d to deliver something urgent was refused: %s", number, type(error).__name__)
    return False
