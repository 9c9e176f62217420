"""How long a picture takes that nobody has asked for before, the easiest and the hardest."""

from types import ModuleType

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bot.pictures import paragraphs, shaping, typefaces
from bot.pictures.fact_picture import layout_of
from bot.pictures.layout import png
from bot.pictures.renderer import FactPicture, Shape
from knowledge.pack.files import load_pack
from tests.pictures import HARD, pictures_of

SHIPPED = pictures_of(load_pack())
PICTURES = {
    "the shortest fact": SHIPPED[0],
    "the longest fact": SHIPPED[-1],
    "the widest letters": HARD["widest letters, no spaces"],
    "full-width signs": HARD["full-width signs"],
    "Hindi": HARD["Hindi"],
}


def forget(*modules: ModuleType) -> None:
    """What was shaped before is shaped again."""
    for module in modules:
        for thing in vars(module).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_a_picture(benchmark: BenchmarkFixture, picture: FactPicture, shape: Shape) -> None:
    made = benchmark.pedantic(
        lambda: png(layout_of(picture, shape)), setup=lambda: forget(paragraphs, shaping, typefaces), rounds=9
    )
    benchmark.extra_info["kB"] = len(made) // 1_000
