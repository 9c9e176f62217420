"""Which platforms are served by this process, and whether each is connected just now."""

from collections.abc import Iterator
from contextlib import contextmanager


class Links:
    """The connections of this process."""

    def __init__(self) -> None:
        self._up: dict[str, bool] = {}

    @contextmanager
    def served(self, platform: str) -> Iterator[None]:
        """Count a platform as served in this block; it is not connected yet.

        In a block around it the platform stays served, and is not connected any more.
        """
        wanted_longer = platform in self._up
        self._up[platform] = False
        try:
            yield
        finally:
            self._up[platform] = False
            if not wanted_longer:
                del self._up[platform]

    def connected(self, platform: str, *, up: bool = True) -> None:
        """Note that a served platform is connected, or no longer is."""
        if platform in self._up:
            self._up[platform] = up

    @property
    def states(self) -> dict[str, bool]:
        """Each platform that is served, and whether it is connected."""
        return dict(self._up)

    @property
    def ready(self) -> bool:
        """Whether something is served, and all of it is connected."""
        return bool(self._up) and all(self._up.values())
