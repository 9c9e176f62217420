"""All benches of the whole program, each beside its floor in the same run, in one table: `make bench`."""

import asyncio
import platform
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter

from tests.benchmarks import image, sizes
from tests.benchmarks.figures import Figure, machine, show
from tests.benchmarks.load import communities, discord_interactions, slack_http, soak, start, steady

Bench = Callable[[Path], Awaitable[list[Figure]]]


async def _sizes(_: Path) -> list[Figure]:
    return await sizes.measure()


BENCHES: dict[str, Bench] = {
    "slack": slack_http.measure,
    "discord": discord_interactions.measure,
    "matching": _sizes,
    "steady": steady.measure,
    "communities": communities.measure,
    "start": start.measure,
    "soak": soak.measure,
    "image": image.measure,
}


async def main(names: list[str]) -> None:
    """Run the benches with these names, or all."""
    found: list[Figure] = []
    begun = perf_counter()
    for name in names or BENCHES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            found += await BENCHES[name](Path(folder))
    show(found)
    print(f"{machine()}, Python {platform.python_version()}; {perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in BENCHES]
    if unknown:
        sys.exit(f"There is no bench {unknown[0]!r}; there are {', '.join(BENCHES)}.")
    asyncio.run(main(sys.argv[1:]))
