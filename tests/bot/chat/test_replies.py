"""Replies as values: what is refused at birth, and what any screen can show."""

import pytest

from bot.chat.markup import Plain, Strong
from bot.chat.replies import (
    BUTTON_ID_LIMIT,
    Button,
    Copyable,
    Fields,
    Heading,
    Items,
    Note,
    Reply,
    Text,
    blocks_of,
    echo,
    short,
)


def test_every_block_and_button_is_in_the_plain_text() -> None:
    reply = Reply(
        (
            Heading("head"),
            Text((Plain("some "), Strong((Plain("text"),)))),
            Items(((Plain("one"),), (Plain("two"),)), ordered=True),
            Fields((("name", (Plain("value"),)),)),
            Copyable("copy me"),
            Note((Plain("small"),)),
        ),
        (Button("press", "do", "it"),),
    )
    assert reply.plain == "head\n\nsome text\n\n1. one\n2. two\n\nname: value\n\ncopy me\n\nsmall\n\n[press]"


def test_a_button_whose_id_no_platform_can_carry_is_refused() -> None:
    Button("fits", "do", "x" * (BUTTON_ID_LIMIT - len("do:")))
    with pytest.raises(ValueError, match="longer than"):
        Button("too long", "do", "x" * BUTTON_ID_LIMIT)
    with pytest.raises(ValueError, match="no label"):
        Button(" ", "do")


def test_an_answer_keeps_its_paragraphs_and_lists() -> None:
    assert [type(block).__name__ for block in blocks_of("a\n\n- b\n- c\n\nd")] == ["Text", "Items", "Text"]


def test_a_long_label_is_cut_at_a_word() -> None:
    assert short("how long do aftercare programs last", 20) == "how long do…"
    assert len(short("x" * 200, 75)) <= 75
    assert short("short", 20) == "short"


@pytest.mark.parametrize("typed", ["@everyone", "<@123>", "<!channel>", "<@&4>", "a\n@here"])
def test_what_is_echoed_mentions_nobody(typed: str) -> None:
    shown = echo(typed)
    assert "@e" not in shown
    assert "@h" not in shown
    assert "<@" not in shown
    assert "<!" not in shown
    assert "\n" not in shown
