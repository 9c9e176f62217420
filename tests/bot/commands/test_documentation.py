"""What the README says of the commands is what the declarations say."""

from pathlib import Path

from bot.app.registry import default_registry
from bot.commands.documentation import command_table

README = Path(__file__).parent.parent.parent.parent / "README.md"


def test_the_command_table_in_the_readme_is_the_declared_one() -> None:
    assert command_table(default_registry()) in README.read_text(encoding="utf-8"), "run `ijm-bot commands`"
