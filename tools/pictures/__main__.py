"""Play the scenes, draw them in a browser, and keep the pictures in docs/pictures (`make pictures`)."""

import asyncio
import json
import random
import subprocess
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from PIL import Image

from bot.app.app import App
from bot.commands.deck import Deck
from bot.facts import quiz
from bot.operating.bootstrap import library, services
from knowledge.store.sql.store import SqlStore
from tools.pictures import scenes

HERE = Path(__file__).parent
BUILD = HERE / "build"
PICTURES = HERE.parents[1] / "docs" / "pictures"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
# A palette of this size keeps edges clean and makes a picture a third as large.
COLORS = 64


async def played() -> list[scenes.Scene]:
    """Every scene on both platforms, each platform with an empty store."""
    # The same quiz and the same fact come first each time, so that a new picture means something new.
    quiz.secrets = SimpleNamespace(token_hex=lambda size: "1f" * size)
    shipped = library()
    found: list[scenes.Scene] = []
    for play in (scenes.discord, scenes.slack):
        store = SqlStore("sqlite://")
        await store.migrate()
        deck = Deck(random.Random(1))  # noqa: S311
        found += await play(App(replace(services(shipped, store), deck=deck, now=lambda: NOW)))
        await store.close()
    return found


def main() -> None:
    """Write a picture of each scene at each width."""
    BUILD.mkdir(exist_ok=True)
    shown = [asdict(scene) for scene in asyncio.run(played())]
    (BUILD / "scenes.json").write_text(json.dumps(shown, indent=1), encoding="utf-8")
    subprocess.run(["node", "shoot.mjs"], cwd=HERE, check=True)  # noqa: S607 - nothing of it comes from outside
    PICTURES.mkdir(exist_ok=True)
    for path in sorted(BUILD.glob("*.png")):
        kept = PICTURES / path.name
        Image.open(path).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(kept, optimize=True)
        path.unlink()
        print(f"{kept.relative_to(PICTURES.parents[1])}: {kept.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
