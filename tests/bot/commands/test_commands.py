"""Declarations: what a function's signature becomes, and what is refused."""

from enum import StrEnum
from typing import Annotated

import pytest

from bot.app.registry import default_registry
from bot.chat.events import Role
from bot.chat.replies import Reply
from bot.commands.context import Context
from bot.commands.declarations import (
    CHOICES_LIMIT,
    DESCRIPTION_LIMIT,
    NAME_LIMIT,
    STRING_LIMIT,
    About,
    BadArgument,
    Command,
    Option,
    Registry,
    command,
)


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@command()
async def paint(
    context: Context,
    thing: Annotated[str, About("what to paint")],
    colour: Annotated[Colour, About("which colour", aliases={"rouge": "red"})] = Colour.RED,
    coats: Annotated[int, About("how many coats")] = 1,
    wet: Annotated[bool, About("leave it wet")] = False,
) -> Reply:
    """Paint a thing.

    It dries by itself.
    """
    return Reply(())


def option(name: str) -> Option:
    return next(each for each in paint.options if each.name == name)


def test_a_declaration_gives_name_summary_details_and_usage() -> None:
    assert (paint.name, paint.summary, paint.details) == ("paint", "Paint a thing", "It dries by itself.")
    assert paint.usage == "/ijm paint <thing> [colour:red|green] [coats] [wet:true]"


def test_types_defaults_and_choices_come_from_the_signature() -> None:
    assert [(each.name, each.type, each.required) for each in paint.options] == [
        ("thing", str, True),
        ("colour", str, False),
        ("coats", int, False),
        ("wet", bool, False),
    ]
    assert option("colour").choices == ("red", "green")


@pytest.mark.parametrize(
    ("given", "meant"), [("red", "red"), ("RED", "red"), ("gre", "green"), ("rouge", "red"), ("grean", "green")]
)
def test_a_choice_is_found_by_name_beginning_alias_or_likeness(given: str, meant: str) -> None:
    assert option("colour").read(given) == meant


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("colour", "mauve", "one of: red, green"),
        ("coats", "many", "whole number"),
        ("wet", "perhaps", "true or false"),
        ("thing", "x" * (STRING_LIMIT + 1), f"at most {STRING_LIMIT:,} characters"),
    ],
)
def test_a_bad_argument_says_what_would_be_right(name: str, given: str, said: str) -> None:
    with pytest.raises(BadArgument, match=said):
        option(name).read(given)


def test_required_options_come_first() -> None:
    async def wrong(
        context: Context, one: Annotated[str, About("one")] = "", *, two: Annotated[str, About("two")]
    ) -> Reply:
        """Do it wrong."""
        return Reply(())

    with pytest.raises(ValueError, match="required options come first"):
        command()(wrong)


def test_a_declaration_without_docstring_or_description_is_refused() -> None:
    async def silent(context: Context) -> Reply:
        return Reply(())

    async def bare(context: Context, one: str) -> Reply:
        """Do something."""
        return Reply(())

    with pytest.raises(ValueError, match="needs a description"):
        command()(silent)
    with pytest.raises(TypeError, match="Annotated"):
        command()(bare)


def test_two_commands_with_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Registry((paint, paint))


def test_members_see_their_commands_and_moderators_also_theirs() -> None:
    tend = Command("tend", "Tend", "", (), paint.handler, Role.MODERATOR, "ijm-mod")
    registry = Registry((paint, tend))
    assert registry.open_to(Role.MEMBER) == (paint,)
    assert registry.open_to(Role.ADMIN) == (paint, tend)
    assert registry.nearest("ijm-mod", "tnd", Role.MEMBER) is None
    assert registry.nearest("ijm-mod", "tnd", Role.MODERATOR) is tend


def test_every_command_of_the_bot_keeps_the_platforms_limits() -> None:
    commands = default_registry().commands
    assert {each.name for each in commands} >= {
        "ask", "outcomes", "referral", "topics", "fact", "cite", "help", "privacy",
    }  # fmt: skip
    for each in commands:
        assert 1 <= len(each.name) <= NAME_LIMIT
        assert 1 <= len(each.summary) <= DESCRIPTION_LIMIT
        for one in each.options:
            assert 1 <= len(one.name) <= NAME_LIMIT
            assert 1 <= len(one.description) <= DESCRIPTION_LIMIT
            assert len(one.choices) <= CHOICES_LIMIT
            assert set(one.aliases.values()) <= set(one.choices)
