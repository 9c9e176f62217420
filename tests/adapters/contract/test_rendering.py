"""What every adapter owes a reply, whichever platform it renders for."""

from collections.abc import Callable

import pytest

from bot.chat.markup import Anchor, Code, Emphasis, Plain, Reference, Strong
from bot.chat.replies import Button, Copyable, Fields, Heading, Items, Menu, Note, Reply, Text
from tests.adapters.contract.harness import harnesses

HOSTILE = "\x1b[2J\x1b]0;owned\x07 [bold red]x[/] *a* _b_ ~~c~~ <@1> @everyone \x9b31m \r"

# How each adapter's rendering of a reply reads for a person.
SHOWN: dict[str, Callable[[Reply], str]] = {
    name: shown for each in harnesses().values() for name, shown in each.shown.items()
}
adapters = pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)


@adapters
def test_every_block_and_button_of_a_maximal_reply_shows(shown: Callable[[Reply], str]) -> None:
    spans = (
        Plain("plain-1 "),
        Strong((Plain("strong-2"), Emphasis((Plain("both-3"),)))),
        Code("code-4"),
        Anchor((Plain("label-5"),), "https://example.org/6"),
        Reference("elsewhere:channel/7x"),
    )
    reply = Reply(
        (
            Heading("heading-7"),
            Text(spans),
            Items(((Plain("item-8"),), (Plain("item-9"),)), ordered=True),
            Items(((Plain("item-10"),),)),
            Heading("heading-11"),
            Fields((("name-12", (Plain("value-13"),)),)),
            Copyable("copy-14\ncopy-15"),
            Note((Plain("note-16"),)),
            Note((Plain("note-17"),)),
        ),
        (Button("button-18", "do"), Button("button-19", "do", "it")),
        menu=Menu("Choose", (Button("row-20", "entry", "a"), Button("row-21", "entry", "b"))),
    )
    text = shown(reply)
    for part in (
        "plain-1", "strong-2", "both-3", "code-4", "label-5", "https://example.org/6", "elsewhere:channel/7x", "heading-7",
        "item-8", "item-9", "item-10", "heading-11", "name-12", "value-13", "copy-14", "copy-15", "note-16", "note-17", "button-18",
        "button-19", "row-20", "row-21",
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
            Text((Reference(HOSTILE),)),
            Note(leaf),
        ),
        (Button(HOSTILE, "do"),),
        menu=Menu(HOSTILE, (Button(HOSTILE, "entry"),)),
    )
    text = shown(reply)
    assert text.count("[bold red]x[/] *a* _b_ ~~c~~") >= 9
    for obeyed in ("\x1b[2J", "\x1b]0;", "\x07", "\x9b", "\r"):
        assert obeyed not in text


@adapters
def test_an_absurd_reply_is_shown_as_far_as_there_is_room(shown: Callable[[Reply], str]) -> None:
    blocks = tuple(Text((Plain("x" * 5_000),)) for _ in range(60))
    rows = tuple(Button("z" * 200, "entry", str(number)) for number in range(60))
    buttons = tuple(Button("y" * 200, "do", str(number)) for number in range(60))
    text = shown(
        Reply((Heading("h" * 1_000), *blocks, Note((Plain("n" * 9_000),))), buttons, menu=Menu("m" * 900, rows))
    )
    assert text.count("x") > 1_000
    assert text.count("y") > 1_000


@adapters
def test_an_empty_reply_is_shown_as_nothing(shown: Callable[[Reply], str]) -> None:
    assert shown(Reply(())).strip() == ""
