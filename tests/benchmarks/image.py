"""What the image installs to run the bot: all packages, the bot with its encoder, and their byte code."""

from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.deployment.image import installed_as_in_the_image, megabytes

GOAL_MB = 330.0
HEAVIEST = 2


async def measure(folder: Path) -> list[Figure]:
    """Its size, and the packages that take most of it."""
    site = installed_as_in_the_image(folder)
    size = megabytes(site)
    by_package: dict[str, float] = {}
    for each in site.iterdir():
        name = each.name.removesuffix(".libs")
        by_package[name] = by_package.get(name, 0) + (megabytes(each) if each.is_dir() else 0)
    heaviest = sorted(by_package.items(), key=lambda pair: -pair[1])[:HEAVIEST]
    said = ", ".join(f"{name} {weight:.0f}" for name, weight in heaviest)
    return [
        Figure(f"Installed to run (of it: {said})", f"{size:.0f} MB", "", f"under {GOAL_MB:.0f} MB", size <= GOAL_MB)
    ]
