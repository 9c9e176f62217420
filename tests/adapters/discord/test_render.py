"""Replies as Discord's embeds and components: within every limit, and with nothing that Discord would obey."""

from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.rendering.components import MENUS
from adapters.discord.rendering.embeds import (
    CONTENT_LIMIT,
    DESCRIPTION_LIMIT,
    EMBED_LIMIT,
    FOOTER_LIMIT,
    TITLE_LIMIT,
    content,
    escape,
    render,
)
from adapters.discord.rendering.forms import modal
from bot.app.app import App
from bot.app.registry import default_registry
from bot.chat.markup import Anchor, Code, Plain, Strong
from bot.chat.replies import (
    Button,
    Copyable,
    Fields,
    Form,
    Heading,
    Items,
    Menu,
    Note,
    Question,
    Reply,
    Text,
    blocks_of,
)
from tests.people import typed


def components(reply: Reply) -> list[dict[str, Any]]:
    controls = render(reply).controls
    return controls.to_components() if controls else []


def test_an_answer_reads_as_an_embed_with_its_source_below() -> None:
    blocks = blocks_of("Over **20** people:\n\n- one\n- [two](https://a.org/x_y)\n\nEnd.")
    embed = render(Reply((Heading("A *question*?"), *blocks, Note((Plain("Source: x_y"),))))).embed
    assert embed.title == r"A \*question\*?"
    assert embed.description == "Over **20** people:\n\n- one\n- [two](https://a.org/x_y)\n\nEnd."
    assert embed.footer.text == "Source: x_y"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**x** __y__ ~~z~~ ||s|| `c`", r"\*\*x\*\* \_\_y\_\_ \~\~z\~\~ \|\|s\|\| \`c\`"),
        ("@everyone @here", "@\u200beveryone @\u200bhere"),
        ("<@1> <@&2> <#3> </x:4> <t:5>", "\\<@\u200b1> \\<@\u200b&2> \\<#3> \\</x:4> \\<t:5>"),
        ("# head\n> quote\n- item\n1. one", "\\# head\n\\> quote\n\\- item\n1\\. one"),
        ("[a](https://b.c)", "\\[a\\](https\\://b.c)"),
        ("3. one - two # 4 > 2", "3\\. one - two # 4 > 2"),
        ("a\\b", "a\\\\b"),
    ],
)
def test_what_a_user_writes_is_escaped_at_the_leaf(typed: str, shown: str) -> None:
    assert escape(typed) == shown
    assert render(Reply((Text((Plain(typed),)),))).embed.description == shown


def test_what_is_chosen_between_stands_out_in_rows_of_its_own() -> None:
    chosen, others = ("picked", "quizpick", "card"), ("none", "delete")
    shown = components(Reply((), tuple(Button(action, action, "1") for action in (*chosen, *others))))
    rows = [[(each["label"], each["style"]) for each in row["components"]] for row in shown]
    primary, secondary = discord.ButtonStyle.primary.value, discord.ButtonStyle.secondary.value
    assert rows == [[(each, primary) for each in chosen], [(each, secondary) for each in others]]


def test_code_cannot_be_closed_from_inside() -> None:
    shown = render(Reply((Text((Code("a`b"),)), Copyable("x```y")))).embed.description or ""
    assert shown.count("```") == 2
    assert shown.count("`") == 2 + 6


def test_a_link_cannot_be_broken_by_its_address() -> None:
    link = Anchor((Plain("a]b"),), "https://x.org/(1) 2>3")
    assert render(Reply((Text((link,)),))).embed.description == r"[a\]b](https://x.org/%281%29%202%3E3)"


def test_the_menu_is_a_select_above_the_buttons() -> None:
    reply = Reply(
        (Heading("x"),),
        (Button("👍", "helpful", "e"), Button("Cite this", "cite", "e")),
        menu=Menu("Related questions", (Button("One?", "entry", "a"), Button("Two?", "entry", "b"))),
    )
    select, row = components(reply)
    assert select["components"][0]["custom_id"] == MENUS[0]
    assert [option["value"] for option in select["components"][0]["options"]] == ["entry:a", "entry:b"]
    assert [button["custom_id"] for button in row["components"]] == ["helpful:e", "cite:e"]


def test_long_labels_stand_below_each_other_and_short_ones_side_by_side() -> None:
    reply = Reply(
        (),
        (
            Button("A question as long as this one?", "entry", "a"),
            Button("Another as long as that?", "entry", "b"),
            Button("No", "none"),
        ),
    )
    assert [len(row["components"]) for row in components(reply)] == [1, 2]


def test_the_sdk_keeps_no_view_in_memory() -> None:
    controls = render(Reply((), (Button("x", "y"),))).controls
    assert controls is not None
    assert controls.is_finished()


def test_a_form_is_a_modal_within_the_limits() -> None:
    form = Form(
        "wish",
        "T" * 99,
        (Question("what", "L" * 99, limit=9_000, lines=5, value="v" * 9_000), Question("why", "Why", False)),
    )
    data = modal(form).to_dict()
    assert (len(data["title"]), data["custom_id"]) == (45, "wish")
    first, second = data["components"]
    assert len(first["label"]) <= 45
    assert (first["component"]["custom_id"], first["component"]["max_length"], first["component"]["style"]) == (
        "what",
        4000,
        2,
    )
    assert len(first["component"]["value"]) == 4000
    assert second["component"]["required"] is False


words = st.text(max_size=400)
leaves = st.lists(
    st.one_of(words.map(Plain), words.map(Code), words.map(lambda t: Strong((Plain(t),)))), max_size=4
).map(tuple)
blocks = st.one_of(
    words.map(Heading), leaves.map(Text), leaves.map(Note), words.map(lambda t: Copyable(t * 20)),
    st.lists(leaves, max_size=30).map(lambda rows: Items(tuple(rows))), st.lists(st.tuples(words, leaves), max_size=9).map(lambda p: Fields(tuple(p))),
)  # fmt: skip
labels = st.text(min_size=1, max_size=120).filter(str.strip)
buttons = st.lists(
    st.builds(Button, labels, st.sampled_from(["entry", "cite"]), st.text(max_size=20)), max_size=40
).map(tuple)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(blocks, max_size=30).map(tuple), buttons, buttons)
def test_any_reply_keeps_every_limit(
    some: tuple[Any, ...], pressed: tuple[Button, ...], rows: tuple[Button, ...]
) -> None:
    reply = Reply(some, pressed, menu=Menu("m" * 300, rows) if rows else None)
    rendered = render(reply)
    embed = rendered.embed
    assert len(embed.title or "") <= TITLE_LIMIT
    assert len(embed.description or "") <= DESCRIPTION_LIMIT
    assert len(embed.footer.text or "") <= FOOTER_LIMIT
    assert len(embed) <= EMBED_LIMIT
    assert 1 <= len(content(reply)) <= CONTENT_LIMIT
    assert (embed.description or "").count("```") % 2 == 0
    shown = components(reply)
    assert len(shown) <= 5
    ids = [item["custom_id"] for row in shown for item in row["components"]]
    assert len(ids) == len(set(ids))
    for row in shown:
        assert 1 <= len(row["components"]) <= 5
        for item in row["components"]:
            assert len(item["custom_id"]) <= 100
            if item["type"] == discord.ComponentType.select.value:
                values = [option["value"] for option in item["options"]]
                assert 1 <= len(values) <= 25
                assert len(values) == len(set(values))
                assert all(1 <= len(option["label"]) <= 100 for option in item["options"])
                assert len(item["placeholder"]) <= 150
            else:
                assert 1 <= len(item["label"]) <= 80


@pytest.mark.parametrize("name", [each.name for each in default_registry().commands if each.head == "ijm"])
async def test_the_help_of_a_command_shows_no_backslashes(app: App, name: str) -> None:
    shown = render(await typed(app, f"help {name}")).embed
    assert "\\" not in f"{shown.title}{shown.description}{shown.footer.text}"
