"""Long lists: nothing is left out over their pages, and each page turns in place for whoever sees it alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.app import App
from bot.chat.events import Press, Typed
from bot.chat.pages import page_of, turned_to
from bot.chat.replies import Fields, Items, Reply
from tests.people import CHANNEL, MEMBER, MODERATOR, SCREEN, chosen, done


@given(st.lists(st.integers(), max_size=60), st.integers(1, 12))
def test_the_pages_together_are_the_list(listed: list[int], size: int) -> None:
    first = page_of(listed, 1, size, CHANNEL)
    pages = [page_of(listed, number, size, CHANNEL) for number in range(1, first.count + 1)]
    assert [each for page in pages for each in page.items] == listed
    assert all(len(page.items) <= size for page in pages)
    assert [button.value for button in first.buttons("x")] == (["2"] if first.count > 1 else [])
    assert page_of(listed, 999, size, CHANNEL) == pages[-1]
    assert page_of(listed, -3, size, CHANNEL) == first


@pytest.mark.parametrize(
    ("value", "meant"),
    [("aftercare 2", ("aftercare", 2)), ("3", ("", 3)), ("", ("", 1)), ("x ²", ("x", 1)), ("x 99999", ("x", 1))],
)
def test_what_a_button_carries_is_read_back(value: str, meant: tuple[str, int]) -> None:
    assert turned_to(value) == meant


def rows(reply: Reply) -> list[str]:
    """The lines of a list, or the names of its fields."""
    found: list[str] = []
    for block in reply.blocks:
        if isinstance(block, Fields):
            found += [name for name, _ in block.pairs]
        elif isinstance(block, Items):
            found += [str(line) for line in block.items]
    return found


@pytest.mark.parametrize(
    ("head", "line"), [("ijm", "help"), ("ijm-mod", "help"), ("ijm", "awareness"), ("ijm", "topics evidence")]
)
async def test_a_list_is_turned_in_place_to_its_end_and_back(app: App, head: str, line: str) -> None:
    whole = rows(await done(app, Typed(MODERATOR, SCREEN, line, head)))
    reply = first = await done(app, Typed(MODERATOR, CHANNEL, line, head))
    seen = rows(reply)
    while any(button.label == "Next page" for button in reply.buttons):
        reply = await chosen(app, reply, "Next page", alone=True)
        assert (reply.in_place, reply.private) == (True, True)
        seen += rows(reply)
    assert seen == whole
    if reply is not first:
        back = await chosen(app, reply, "Previous page")
        assert not back.in_place


async def test_a_topic_with_many_questions_has_pages_each_with_its_menu(app: App) -> None:
    pack = app.services.pack
    many = max(pack.topics, key=lambda topic: len(pack.in_topic(topic.id)))
    shown = await done(app, Typed(MEMBER, CHANNEL, f"topics {many.id}"))
    assert shown.menu is not None
    assert len(shown.menu.rows) == len(rows(shown)) <= 10


async def test_a_page_of_a_topic_that_is_gone_is_told(app: App) -> None:
    gone = await done(app, Press(MEMBER, CHANNEL, "topic-page", "no-such-topic 2"))
    assert "is one of" in gone.plain


async def test_a_member_who_turns_the_moderators_pages_is_refused(app: App) -> None:
    refused = await done(app, Press(MEMBER, CHANNEL, "mod-help", "2"))
    assert refused.plain == "Only moderators of this community see that list."
