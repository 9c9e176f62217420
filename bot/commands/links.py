"""Which platforms this process serves, and whether each is connected."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager


class Links:
    """The connections of this process."""

    def __init__(self) -> None:
        self._up: dict[str, bool] = {}
        self._counts: dict[str, Callable[[], Awaitable[int]]] = {}

    @contextmanager
    def served(self, platform: str) -> Iterator[None]:
        """Count a platform as served in this block; it is not connected yet. Blocks may be nested: after the inner one,
        the platform is still served but not connected.
        """
        wanted_longer = platform in self._up
        self._up[platform] = False
        try:
            yield
        finally:
            self._up[platform] = False
            if not wanted_longer:
                del self._up[platform]
                self._counts.pop(platform, None)

    def connected(self, platform: str, *, up: bool = True) -> None:
        """Note that a served platform is connected, or no longer is."""
        if platform in self._up:
            self._up[platform] = up

    def counted(self, platform: str, count: Callable[[], Awaitable[int]]) -> None:
        """Register how to count the communities of a served platform."""
        self._counts[platform] = count

    async def communities(self) -> dict[str, int]:
        """Count the communities of each served platform that can be counted. Raises StoreError."""
        return {platform: await count() for platform, count in list(self._counts.items())}

    @property
    def states(self) -> dict[str, bool]:
        """Each platform that is served, and whether it is connected."""
        return dict(self._up)

    @property
    def ready(self) -> bool:
        """Whether at least one platform is served, and all served ones are connected."""
        return bool(self._up) and all(self._up.values())
