"""Imports point inwards: from the platforms to the core to the knowledge, and in each from room to room."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMPOSITION_ROOT = "bot/__main__.py"
# What all adapters may use, and which uses none of them.
SHARED = "adapters.shared"
# Libraries that say nothing of a platform. Whatever else an adapter imports belongs to that adapter alone,
EVERYBODYS = {"cachetools", "click", "pydantic", "pydantic_settings", "yaml"}
# but for what several platforms are reached with.
SEVERAL = {"aiohttp", "yarl"}
OURS = {"adapters", "bot", "examples", "knowledge"}
# What each package never imports. `knowledge` says how many threads numpy takes, and has to be imported first.
FORBIDDEN = {
    "knowledge": {"bot", "adapters", "examples"},
    "bot": {"adapters", "examples", "sqlalchemy", "alembic", "rapidfuzz", "numpy"},
    "adapters": {"examples", "sqlalchemy", "alembic", "rapidfuzz", "knowledge", "numpy"},
    "examples": {"sqlalchemy", "alembic", "rapidfuzz", "knowledge", "numpy"},
}
# The rooms of each package, the innermost first. A room imports from itself and from rooms in earlier rows.
ROOMS = {
    "knowledge": (
        ("plain", "linear"),
        ("encoder",),
        ("pack",),
        ("matching",),
        ("safety", "quiz", "store", "talk"),
    ),
    "bot": (
        ("chat", "pictures"),
        ("commands",),
        ("asking",),
        ("talking",),
        ("facts", "curating"),
        ("community",),
        ("schedules",),
        ("app",),
        ("operating",),
    ),
}
# The only places that may import these.
ONLY_IN = {
    "rapidfuzz": ("knowledge/matching/", "knowledge/talk/"),
    # What learns is tools/, so that the bot does without them.
    **dict.fromkeys(("scipy", "sklearn"), ()),
    "sqlalchemy": ("knowledge/store/",),
    "alembic": ("knowledge/store/",),
    # slack_sdk's own tables for installations are kept in the store's database.
    "slack_sdk": ("adapters/slack/", "knowledge/store/sql/installations.py"),
    **dict.fromkeys(("PIL", "uharfbuzz", "uniseg", "bidi"), ("bot/pictures/",)),
}
# A folder is taken in at a glance; entries, migrations, and example files are content, not code.
FILES_LIMIT = 15


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@cache
def imported(path: Path) -> tuple[str, ...]:
    """The full name of every module that a file imports, wherever in it."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it points"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def rank(package: str, room: str) -> int:
    """The row of a room in its package."""
    for row, rooms in enumerate(ROOMS[package]):
        if room in rooms:
            return row
    raise AssertionError(f"{package}/{room} is in no row of ROOMS")


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_package_imports_only_what_lies_further_in(package: str) -> None:
    for path in sources(package):
        if path.relative_to(ROOT).as_posix() == COMPOSITION_ROOT:
            continue
        for module in imported(path):
            assert module.split(".")[0] not in FORBIDDEN[package], f"{path} imports {module}"


@pytest.mark.parametrize("package", ROOMS)
def test_a_room_imports_only_from_rooms_further_in(package: str) -> None:
    for path in sources(package):
        place = path.relative_to(ROOT / package)
        if len(place.parts) == 1:  # the package's own door, and the composition root
            continue
        own = place.parts[0]
        for module in imported(path):
            parts = module.split(".")
            if parts[0] != package or len(parts) == 1:
                continue
            room = parts[1]
            allowed = room == own or rank(package, room) < rank(package, own)
            assert allowed, f"{package}/{place} imports {module}: {own} may not know {room}"


@pytest.mark.parametrize("package", ROOMS)
def test_each_room_says_at_its_door_what_it_is_for(package: str) -> None:
    for row in ROOMS[package]:
        for room in row:
            door = ROOT / package / room / "__init__.py"
            assert ast.get_docstring(ast.parse(door.read_text(encoding="utf-8"))), f"{door} has no sentence"


@pytest.mark.parametrize("package", [*FORBIDDEN, "tests"])
def test_no_folder_is_too_full_to_take_in(package: str) -> None:
    for folder in {path.parent for path in sources(package)}:
        files = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= FILES_LIMIT, f"{folder} has {len(files)} files"


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_imported_in_its_own_place_only(library: str) -> None:
    for package in FORBIDDEN:
        for path in sources(package):
            place = path.relative_to(ROOT).as_posix()
            if library in {module.split(".")[0] for module in imported(path)}:
                assert place.startswith(ONLY_IN[library]), f"{place} imports {library}"


def folder_of(path: Path) -> str:
    """The adapter that a file belongs to, as a package."""
    return ".".join(path.relative_to(ROOT).parts[:2])


def test_an_adapter_never_imports_another_but_what_they_share() -> None:
    for path in (*sources("adapters"), *sources("examples")):
        for module in imported(path):
            if module.split(".")[0] in {"adapters", "examples"}:
                assert module.startswith((folder_of(path), SHARED)), f"{path} imports {module}"


def test_what_a_platform_is_reached_with_belongs_to_its_adapter_alone() -> None:
    adapters = (*sources("adapters"), *sources("examples"))
    theirs: dict[str, set[str]] = {}
    for path in adapters:
        for library in {module.split(".")[0] for module in imported(path)}:
            if library not in sys.stdlib_module_names | OURS | EVERYBODYS:
                theirs.setdefault(library, set()).add(folder_of(path))
    for library, folders in theirs.items():
        assert len(folders) == 1 or library in SEVERAL, f"{sorted(folders)} import {library}"
    for path in (*sources("bot"), *sources("knowledge")):
        place = path.relative_to(ROOT).as_posix()
        for library in {module.split(".")[0] for module in imported(path)} & theirs.keys():
            assert place in ONLY_IN.get(library, ()), f"{place} imports {library}"
