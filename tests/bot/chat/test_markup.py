"""Markdown becomes a tree; what is outside the subset stays as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.markup import (
    Anchor,
    Bullets,
    Code,
    Emphasis,
    Paragraph,
    Plain,
    Strong,
    Verbatim,
    parse,
    parse_line,
    plain,
)


def test_the_subset_is_parsed_into_spans() -> None:
    assert parse_line("a **b *c*** `d` [e](https://f.org)") == (
        Plain("a "),
        Strong((Plain("b "), Emphasis((Plain("c"),)))),
        Plain(" "),
        Code("d"),
        Plain(" "),
        Anchor((Plain("e"),), "https://f.org"),
    )


def test_paragraphs_lists_and_verbatim_lines_are_parts() -> None:
    parts = parse("one\ntwo\n\n- a\n- **b**\n\n1. c\n\n```\nx = 1\n```")
    assert parts == (
        Paragraph((Plain("one two"),)),
        Bullets(((Plain("a"),), (Strong((Plain("b"),)),))),
        Bullets(((Plain("c"),),), ordered=True),
        Verbatim("x = 1"),
    )


@pytest.mark.parametrize(
    "typed", ["# head", "<b>x</b>", "| a | b |", "~~gone~~", "[x](javascript:alert(1))", "2 * 3 * 4"]
)
def test_what_is_outside_the_subset_stays_text(typed: str) -> None:
    assert plain(parse_line(typed)) == typed


def test_an_image_never_loads_but_keeps_its_address_as_a_link() -> None:
    assert plain(parse_line("![alt](https://x.org/a.png)")) == "!alt (https://x.org/a.png)"


def test_a_link_says_its_address_once() -> None:
    assert plain(parse_line("[lawhelp.org](https://lawhelp.org)")) == "https://lawhelp.org"
    assert plain(parse_line("[Law](https://lawhelp.org)")) == "Law (https://lawhelp.org)"


@given(st.text(max_size=300))
def test_any_text_can_be_parsed(typed: str) -> None:
    for part in parse(typed):
        assert isinstance(part, Paragraph | Bullets | Verbatim)
    plain(parse_line(typed))
