"""The page of the commands says what the declarations say."""

from pathlib import Path

from bot.app.registry import default_registry
from bot.commands.documentation import command_page

PAGE = Path(__file__).parents[3] / "docs" / "commands.md"


def test_the_page_of_commands_is_the_declared_one() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == command_page(default_registry()), "run `.venv/bin/ijm-bot commands > docs/commands.md`"
