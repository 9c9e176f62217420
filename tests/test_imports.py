"""Imports point inwards: adapters know the bot, the bot knows the knowledge, and each SDK has one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMPOSITION_ROOT = "bot/__main__.py"
SDKS = {"discord", "slack_bolt", "slack_sdk", "aiohttp", "yarl", "prompt_toolkit", "rich"}
# Who may import what besides its own package and the standard library.
FORBIDDEN = {
    "knowledge": {"bot", "adapters", *SDKS - {"slack_sdk"}},
    "bot": {"adapters", "sqlalchemy", "alembic", "rapidfuzz", *SDKS},
    "adapters": {"sqlalchemy", "alembic", "rapidfuzz", "knowledge"},
}
# The only places that may import these.
ONLY_IN = {
    "rapidfuzz": ("knowledge/spelling.py",),
    # Imported only by what learns, so that a bot that has learnt already does without it.
    "scipy": ("knowledge/learning/",),
    "sqlalchemy": ("knowledge/sql", "knowledge/migrations/"),
    "alembic": ("knowledge/sql", "knowledge/migrations/"),
    "discord": ("adapters/discord/", COMPOSITION_ROOT),
    "slack_bolt": ("adapters/slack/",),
    # slack_sdk's own tables for installations are kept in the store's database.
    "slack_sdk": ("adapters/slack/", "knowledge/sql_installations.py"),
    "prompt_toolkit": ("adapters/console/",),
    **dict.fromkeys(("PIL", "uharfbuzz", "uniseg", "bidi"), ("bot/pictures/",)),
}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The full name of every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it points"
            yield node.module or ""


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_package_imports_only_what_lies_further_in(package: str) -> None:
    for path in sources(package):
        if path.relative_to(ROOT).as_posix() == COMPOSITION_ROOT:
            continue
        for module in imported(path):
            assert module.split(".")[0] not in FORBIDDEN[package], f"{path} imports {module}"


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_imported_in_its_own_place_only(library: str) -> None:
    for package in FORBIDDEN:
        for path in sources(package):
            place = path.relative_to(ROOT).as_posix()
            if library in {module.split(".")[0] for module in imported(path)}:
                assert place.startswith(ONLY_IN[library]), f"{place} imports {library}"


def test_an_adapter_never_imports_another() -> None:
    for path in sources("adapters"):
        own = path.relative_to(ROOT).parts[1]
        for module in imported(path):
            parts = module.split(".")
            assert parts[0] != "adapters" or parts[1:2] == [own], f"{path} imports {module}"
