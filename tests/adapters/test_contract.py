"""What every adapter owes a reply, whichever platform it renders for."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from adapters.console import render as console
from bot.markup import Anchor, Code, Emphasis, Plain, Strong
from bot.replies import Button, Copyable, Fields, Heading, Items, Note, Reply, Text

HOSTILE = "\x1b[2J\x1b]0;owned\x07 [bold red]x[/] *a* _b_ `c` <@1> @everyone \x9b31m \r"


def styled(reply: Reply) -> str:
    screen = Console(file=io.StringIO(), width=200, force_terminal=True, color_system=None, legacy_windows=False)
    screen.print(console.styled(reply))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


# How each adapter's rendering of a reply reads for a person.
SHOWN: dict[str, Callable[[Reply], str]] = {"console, piped": console.plain, "console": styled}
adapters = pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)


@adapters
def test_every_block_and_button_of_a_maximal_reply_shows(shown: Callable[[Reply], str]) -> None:
    spans = (
        Plain("plain-1 "),
        Strong((Plain("strong-2"), Emphasis((Plain("both-3"),)))),
        Code("code-4"),
        Anchor((Plain("label-5"),), "https://example.org/6"),
    )
    reply = Reply(
        (
            Heading("heading-7"),
            Text(spans),
            Items(((Plain("item-8"),), (Plain("item-9"),)), ordered=True),
            Items(((Plain("item-10"),),)),
            Fields((("name-11", (Plain("value-12"),)),)),
            Copyable("copy-13\ncopy-14"),
            Note((Plain("note-15"),)),
        ),
        (Button("button-16", "do"), Button("button-17", "do", "it")),
    )
    text = shown(reply)
    for part in (
        "plain-1", "strong-2", "both-3", "code-4", "label-5", "https://example.org/6", "heading-7", "item-8", "item-9",
        "item-10", "name-11", "value-12", "copy-13", "copy-14", "note-15", "button-16", "button-17",
    ):  # fmt: skip
        assert part in text


@adapters
def test_user_text_is_shown_as_it_is_and_cannot_break_out(shown: Callable[[Reply], str]) -> None:
    leaf = (Plain(HOSTILE),)
    reply = Reply(
        (
            Heading(HOSTILE),
            Text((Strong(leaf),)),
            Items((leaf,)),
            Fields(((HOSTILE, leaf),)),
            Copyable(HOSTILE),
            Note(leaf),
        ),
        (Button(HOSTILE, "do"),),
    )
    text = shown(reply)
    assert "[bold red]x[/] *a* _b_ `c`" in text
    for obeyed in ("\x1b[2J", "\x1b]0;", "\x07", "\x9b", "\r"):
        assert obeyed not in text


@adapters
def test_an_absurd_reply_is_shown(shown: Callable[[Reply], str]) -> None:
    blocks = tuple(Text((Plain("x" * 5_000),)) for _ in range(60))
    buttons = tuple(Button("y" * 200, "do", str(number)) for number in range(60))
    assert shown(Reply(blocks, buttons)).count("x") == 60 * 5_000


@adapters
def test_an_empty_reply_is_shown_as_nothing(shown: Callable[[Reply], str]) -> None:
    assert shown(Reply(())).strip() == ""
