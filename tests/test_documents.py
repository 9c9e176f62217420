"""What the pages state of the code is so."""

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from bot.__main__ import ADAPTERS
from bot.app.app import App
from bot.chat.events import Event, Place
from bot.chat.platform import Platform
from bot.chat.replies import Block
from bot.operating.adapter import Adapter
from tests.people import asked

ROOT = Path(__file__).parents[1]
ADD_A_PLATFORM = (ROOT / "docs" / "add-a-platform.md").read_text(encoding="utf-8")


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_page_on_adding_a_platform_states_the_size_of_the_example() -> None:
    example = ROOT / "examples" / "irc"
    sizes = {path.relative_to(ROOT).as_posix(): lines_of(path) for path in example.glob("*.py") if lines_of(path) > 1}
    stated = dict(re.findall(r"^\| `(examples/irc/\w+\.py)` \| (\d+) \|", ADD_A_PLATFORM, re.MULTILINE))
    assert {name: int(lines) for name, lines in stated.items()} == sizes
    assert f"| together | {sum(sizes.values())} |" in ADD_A_PLATFORM


def test_a_platform_is_named_in_the_composition_root_only() -> None:
    for adapter in ADAPTERS:
        package = f"adapters.{adapter.platform.name}"
        naming = [
            path.relative_to(ROOT).as_posix()
            for room in ("bot", "knowledge", "adapters")
            for path in (ROOT / room).rglob("*.py")
            if package in path.read_text(encoding="utf-8") and adapter.platform.name not in path.parts
        ]
        assert naming == ["bot/__main__.py"]


@pytest.mark.parametrize("described", [Adapter, Place, Platform])
def test_the_page_describes_every_field_that_an_adapter_fills_in(described: type) -> None:
    for field in fields(described):
        assert f"| `{field.name}` |" in ADD_A_PLATFORM, field.name


def test_the_page_counts_events_and_blocks_as_they_are() -> None:
    assert f"one of the {len(get_args(Event))} events" in ADD_A_PLATFORM
    for event in get_args(Event):
        assert f"`{event.__name__}`" in ADD_A_PLATFORM
    assert f"The {len(get_args(Block))} kinds of blocks" in ADD_A_PLATFORM


def test_every_adapter_has_the_files_that_the_page_names() -> None:
    named = set(re.findall(r"^\d\. \*\*`(\w+\.py)`\*\*", ADD_A_PLATFORM, re.MULTILINE))
    assert named == {"events.py", "render.py", "commands.py", "settings.py", "app.py", "adapter.py"}
    for adapter in ADAPTERS:
        folder = ROOT / "adapters" / adapter.platform.name
        # A large one is a folder, as `rendering` and `registering`.
        folders = {"rendering": "render.py", "registering": "commands.py"}
        files = {folders.get(path.name, path.name) for path in folder.iterdir()}
        assert named <= files


PAGES = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))


def anchors(page: str) -> set[str]:
    """What the headings of a page are linked by, as GitHub makes it."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_place_that_a_page_links_to_exists(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?://)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_readme_is_short() -> None:
    assert lines_of(ROOT / "README.md") <= 80


async def test_the_talk_in_the_readme_is_what_the_bot_says(app: App) -> None:
    talk = re.search(r"^```text\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert talk is not None
    lines = talk[1].splitlines()
    assert len(lines) == 8
    for question, answer in zip(lines[::2], lines[1::2], strict=True):
        assert answer in await asked(app, question.removeprefix("> "))


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    reasons = "\n".join(re.findall(r"^\| ([^|]+) \|", design, re.MULTILINE)).lower().replace("types-*", "")
    for dependency in named:
        name = re.split(r"[>=\[;]", dependency)[0].lower()
        assert name in reasons or name.startswith("types-"), name


def test_the_newest_version_in_the_changelog_is_the_package_s() -> None:
    named = re.findall(r"^## \[([\d.]+)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert named[0] == package["project"]["version"]


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", ".github/workflows/*.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/[!c]*.yml"),
        ("github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
    ],
)
def test_what_github_reads_is_as_it_wants_it(schema: str, files: str) -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    found = sorted(map(str, ROOT.glob(files)))
    assert found
    subprocess.run([checker, "--builtin-schema", f"vendor.{schema}", *found], check=True, capture_output=True)


def test_every_picture_is_shown_on_a_page() -> None:
    shown = {
        link for page in ROOT.glob("docs/*.md") for link in re.findall(r"pictures/[\w-]+\.png", page.read_text("utf-8"))
    }
    assert shown == {f"pictures/{path.name}" for path in ROOT.glob("docs/pictures/*.png")}
