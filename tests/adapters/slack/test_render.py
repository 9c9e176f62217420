"""Replies as Block Kit: within every limit, and with nothing that Slack would obey."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SlackBlock

from adapters.slack.rendering.blocks import MESSAGE_LIMIT, TEXT_LIMIT, homes, render
from adapters.slack.rendering.controls import BACK, MENUS
from adapters.slack.rendering.forms import modal
from adapters.slack.rendering.mrkdwn import cut, escape, markdown, typed
from bot.app.app import App
from bot.chat.markup import Anchor, Code, Emphasis, Plain, Strong
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
from tests.people import invoked
from tests.servers.slack.rules.blocks import notified, sent_text_size
from tests.servers.slack.rules.limits import block_problems, view_problems

Z = "\u200b"


def sections(reply: Reply) -> list[str]:
    return [block["text"]["text"] for block in render(reply).blocks if block["type"] == "section"]


def elements(reply: Reply) -> list[dict[str, Any]]:
    return [each for block in render(reply).blocks if block["type"] == "actions" for each in block["elements"]]


def test_an_answer_reads_as_a_title_paragraphs_and_its_source_in_small_print() -> None:
    blocks = blocks_of("Over **20** people:\n\n- one\n- [two](https://a.org/x_y?a=1&b=2)\n\nEnd.")
    rendered = render(Reply((Heading("A *question*?"), *blocks, Note((Plain("Source: x & y"),)))))
    assert [block["type"] for block in rendered.blocks] == ["header", "section", "section", "section", "context"]
    assert rendered.blocks[0]["text"] == {"type": "plain_text", "text": "A *question*?", "emoji": False}
    assert [block["text"]["text"] for block in rendered.blocks[1:4]] == [
        "Over *20* people:",
        "• one\n• <https://a.org/x_y?a=1&amp;b=2|two>",
        "End.",
    ]
    assert rendered.blocks[4]["elements"][0]["text"] == "Source: x &amp; y"
    assert rendered.text.startswith(f"A {Z}*{Z}question{Z}*{Z}?")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<!channel> <@U1> <#C1|x>", "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1|x&gt;"),
        ("&amp; &lt;", "&amp;amp; &amp;lt;"),
        ("*b* _i_ ~s~", f"{Z}*{Z}b{Z}*{Z} {Z}_{Z}i{Z}_{Z} {Z}~{Z}s{Z}~{Z}"),
        ("`c`", f"{Z}`{Z}c{Z}`{Z}"),
        ("snake_case 2*3", "snake_case 2*3"),
        ("> quote", f"{Z}&gt; quote"),
        ("a\n  > b", f"a\n  {Z}&gt; b"),
        ("\x1b[2J\x07bell", "[2Jbell"),
    ],
)
def test_what_a_user_writes_is_escaped_at_the_leaf(typed: str, shown: str) -> None:
    assert escape(typed) == shown


def test_addresses_and_names_in_a_text_become_no_links() -> None:
    (block,) = render(Reply((Text((Plain("see https://evil.example #general @here"),)),))).blocks
    assert block["text"]["verbatim"] is True


def test_code_and_what_is_to_be_copied_cannot_be_closed_from_inside() -> None:
    code, copy = sections(Reply((Text((Code("a`b <x>"),)), Copyable("x```y & z"))))
    assert code == "`aˋb &lt;x&gt;`"
    assert copy == "```\nxˋˋˋy &amp; z\n```"


def test_a_link_cannot_be_broken_by_its_address_or_label() -> None:
    link = Anchor((Plain("a|b>c"), Emphasis((Plain("d"),))), "https://x.org/1|2>3<4 5")
    assert sections(Reply((Text((link,)),))) == ["<https://x.org/1%7C2%3E3%3C4%205|a¦b&gt;cd>"]
    bare = Anchor((Plain("x.org"),), "https://x.org")
    assert sections(Reply((Text((bare,)),))) == ["<https://x.org>"]


def test_bold_stays_bold_over_lines_and_spaces() -> None:
    assert sections(Reply((Text((Strong((Plain(" a\nb "),)), Strong((Plain(" "),)))),))) == ["*a b*"]


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("short", 10, "short"),
        ("a &amp; b", 6, "a …"),
        ("a <https://x.org|label> b", 12, "a …"),
        ("```\nabcdef\n```", 12, "```\nabc…\n```"),
    ],
)
def test_a_text_is_never_cut_inside_an_entity_a_link_or_a_fence(text: str, limit: int, kept: str) -> None:
    assert cut(text, limit) == kept


def test_few_related_questions_are_buttons_below_their_label() -> None:
    reply = Reply(
        (Heading("x"),), (Button("👍", "helpful", "e"),), menu=Menu("Related", (Button("One?", "entry", "a"),))
    )
    assert [element["action_id"] for element in elements(reply)] == ["entry:a", "helpful:e"]
    assert render(reply).blocks[1]["elements"][0]["text"] == "Related"


def test_a_long_menu_is_a_select_and_what_is_too_long_for_it_stands_beside() -> None:
    rows = (*(Button(f"Question {n}?", "entry", str(n)) for n in range(9)), Button("Long", "entry", "x" * 90))
    select, beside = elements(Reply((), menu=Menu("Open a question", rows)))
    assert (select["action_id"], select["type"], len(select["options"])) == (MENUS[0], "static_select", 9)
    assert select["options"][3] == {
        "text": {"type": "plain_text", "text": "Question 3?", "emoji": False},
        "value": "entry:3",
    }
    assert beside["action_id"] == f"entry:{'x' * 90}"


def test_no_id_comes_twice() -> None:
    same = Button("A", "entry", "a")
    reply = Reply((), (same, Button("B", "entry", "a"), Button("C", "cite", "c")), menu=Menu("m", (same, same)))
    assert [element["action_id"] for element in elements(reply)] == ["entry:a", "cite:c"]


def test_the_home_tab_leads_back_to_its_start() -> None:
    reply = Reply((Heading("x"),), (Button("y", "z"),))
    ids = [
        [each["action_id"] for block in next(homes(reply, start=start))["blocks"] for each in block.get("elements", ())]
        for start in (True, False)
    ]
    assert ids == [["z:"], ["z:", BACK.id]]


def test_a_form_is_a_modal_within_the_limits() -> None:
    form = Form(
        "wish",
        "T" * 99,
        (Question("what", "L" * 9_000, limit=9_000, lines=5, value="v" * 9_000), Question("why", "Why", False)),
    )
    view = modal(form, "{}")
    assert view_problems(view) == []
    assert (view["callback_id"], view["private_metadata"]) == ("wish", "{}")
    first, second = view["blocks"]
    assert (first["block_id"], first["element"]["multiline"], len(first["element"]["initial_value"])) == (
        "what",
        True,
        3000,
    )
    assert second["optional"] is True


async def test_every_reply_of_the_bot_is_within_the_limits(app: App) -> None:
    for entry in app.services.pack.entries:
        reply = await invoked(app, "ask", question=entry.id)
        assert block_problems(render(reply).blocks) == []
        assert all(part in render(reply).text for part in (escape(entry.question), "Source"))
    for command in ("topics", "help", "privacy", "outcomes", "referral", "fact"):
        assert block_problems(render(await invoked(app, command)).blocks) == []


words = st.text(max_size=400) | st.text("*_~`<>&|@#! \n\u200bab", max_size=60)
leaves = st.lists(
    st.one_of(
        words.map(Plain),
        words.map(Code),
        words.map(lambda t: Strong((Plain(t),))),
        st.tuples(words, words).map(lambda p: Anchor((Plain(p[0]),), f"https://x.org/{p[1]}")),
    ),
    max_size=4,
).map(tuple)
blocks = st.one_of(
    words.map(Heading), leaves.map(Text), leaves.map(Note), words.map(lambda t: Copyable(t * 20)),
    st.lists(leaves, max_size=30).map(lambda rows: Items(tuple(rows))),
    st.lists(st.tuples(words, leaves), max_size=9).map(lambda p: Fields(tuple(p))),
)  # fmt: skip
labels = st.text(min_size=1, max_size=120).filter(str.strip)
buttons = st.lists(
    st.builds(Button, labels, st.sampled_from(["entry", "cite"]), st.text(max_size=94)), max_size=40
).map(tuple)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.lists(blocks, max_size=24).map(tuple), buttons, buttons)
def test_any_reply_keeps_every_limit_and_pings_nobody(
    some: tuple[Any, ...], pressed: tuple[Button, ...], rows: tuple[Button, ...]
) -> None:
    reply = Reply(some, pressed, menu=Menu("m" * 300, rows) if rows else None)
    rendered = render(reply)
    assert block_problems(rendered.blocks) == []
    assert view_problems(next(homes(reply, start=False))) == []
    assert sent_text_size(rendered.blocks) <= MESSAGE_LIMIT
    assert 1 <= len(rendered.text) <= TEXT_LIMIT
    assert notified(rendered.text, rendered.blocks) == frozenset()
    for block in rendered.blocks:
        parsed = SlackBlock.parse(block)
        assert parsed is not None
        assert parsed.to_dict() == block
        if block["type"] == "section":
            assert block["text"]["text"].count("```") % 2 == 0
    ids = [element["action_id"] for element in elements(reply)]
    assert len(ids) == len(set(ids))


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60), st.integers(0, 60))
def test_the_source_of_an_answer_is_shown_however_long_the_answer_is(paragraphs: int, rows: int) -> None:
    menu = Menu("m", tuple(Button("z" * 200, "entry", str(number)) for number in range(rows)))
    reply = Reply((*[Text((Plain("x & y " * 900),))] * paragraphs, Note((Plain("Source: here"),))), menu=menu)
    rendered = render(reply)
    assert any(block["type"] == "context" and "Source: here" in str(block) for block in rendered.blocks)
    assert sent_text_size(rendered.blocks) <= MESSAGE_LIMIT


def test_only_the_button_that_deletes_asks_first() -> None:
    row = render(Reply((), (Button("👍", "helpful", "e"), Button("Delete", "delete", "U7")))).blocks[-1]
    helpful, deletes = row["elements"]
    assert "confirm" not in helpful
    assert set(deletes["confirm"]) == {"title", "text", "confirm", "deny", "style"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("*bold* and _soft_", "**bold** and _soft_"),
        ("**bold** stays, so does ***both***", "**bold** stays, so does ***both***"),
        ("* a point\n* *strong* point", "* a point\n* **strong** point"),
        ("2*3*4, a * b * c, \\*no\\*, *not\nover lines*", "2*3*4, a * b * c, \\*no\\*, *not\nover lines*"),
        ("(*two words*), *x*.", "(**two words**), **x**."),
    ],
)
def test_bold_the_slack_way_is_bold(written: str, meant: str) -> None:
    assert markdown(written) == meant


@given(st.text(alphabet="ab *_\n", max_size=30))
def test_what_a_form_shows_of_an_entry_comes_back_as_it_looked(text: str) -> None:
    """Nobody makes words bold by opening a form and sending it unchanged."""
    assert markdown(typed(text)) == typed(text)


def test_newer_controls_are_what_slack_takes_and_stand_beneath_the_rest() -> None:
    buttons = (Button("👍", "helpful", "x"), Button("👎", "unhelpful", "x"), Button("Cite", "cite", "x"))
    reply = Reply((Heading("x"),), (*buttons, Button("Delete", "delete", "slack:T1/U1")))
    blocks = render(reply, newer=True).blocks
    assert block_problems(blocks) == []
    assert [block["type"] for block in blocks] == ["header", "actions", "context_actions"]
    assert [each["action_id"] for each in blocks[1]["elements"]] == ["cite:x"]
    alone = render(Reply((Heading("x"),), buttons[1:]), newer=True)
    assert alone == render(Reply((Heading("x"),), buttons[1:]))


def test_what_is_chosen_between_has_a_row_of_its_own() -> None:
    buttons = tuple(Button(action, action, "1") for action in ("quizpick", "quiznext", "delete"))
    rows = [block["elements"] for block in render(Reply((), buttons)).blocks if block["type"] == "actions"]
    assert [[each["text"]["text"] for each in row] for row in rows] == [["quizpick"], ["quiznext", "delete"]]
