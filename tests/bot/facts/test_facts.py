"""Facts to quote, and the cards that are made of them."""

import io
from dataclasses import replace

import pytest
from PIL import Image as Picture

from bot.app.app import App
from bot.chat.events import Home, Place, Press
from bot.chat.replies import BUTTON_ID_LIMIT, Button, Image, Note, Reply
from bot.commands.context import Services
from bot.facts.facts import fact_key, fact_reply
from knowledge.pack.files import load_pack
from knowledge.pack.lint import ID_LIMIT, local_faults
from knowledge.pack.model import Entry, Fact, Source
from knowledge.pack.overlay import Change, Draft
from tests.conftest import NOW
from tests.people import CHANNEL, DIRECT, MEMBER, OTHER, done, invoked, pressed, typed

PACK = load_pack()
NAMED = replace(CHANNEL, community_name="IJM <@everyone> at *Springfield*")
SIZES = {"square": (1080, 1080), "wide": (1200, 675)}
TERMINAL = Place("test:terminal", "test:community/1", direct=True, posts=False)


def pictures(reply: Reply) -> list[Image]:
    return [block for block in reply.blocks if isinstance(block, Image)]


def sizes(reply: Reply) -> list[tuple[int, int]]:
    return [Picture.open(io.BytesIO(block.content)).size for block in pictures(reply)]


def labels(reply: Reply) -> list[str]:
    return [button.label for button in reply.buttons]


def button_of(reply: Reply, label: str) -> Button:
    return next(button for button in reply.buttons if button.label == label)


async def added(app: App, fact: Fact, *, entry_id: str = "our-chapter") -> Entry:
    """An entry of the community's own with that fact, in a topic where it is the only one."""
    source = Source("Chapter handbook", "")
    entry = Entry(entry_id, "How many are we?", (), "Many.", "help", (fact,), source, 2026)
    await app.services.store.revise(CHANNEL.community, (Draft(entry_id, Change.ADDED, entry),), by="x", now=NOW)
    return entry


@pytest.mark.parametrize(("line", "shapes"), [("square", ["square"]), ("wide", ["wide"]), ("both", ["square", "wide"])])
async def test_a_fact_comes_with_the_pictures_that_were_asked_for(app: App, line: str, shapes: list[str]) -> None:
    reply = await typed(app, f"fact results card:{line}", place=NAMED)
    assert sizes(reply) == [SIZES[shape] for shape in shapes]
    assert "Year: 2012" in reply.plain
    for block, shape in zip(pictures(reply), shapes, strict=True):
        assert block.name.endswith(f"-{shape}.png")
        text = reply.plain.partition("\n\n")[0]
        for part in (
            text,
            "Year: 2012",
            "Source: International Justice Mission, Student Research",
            "IJM <@everyone> at *Springfield*",
        ):
            assert part in block.alt


async def test_without_the_option_there_is_no_picture(app: App) -> None:
    assert pictures(await typed(app, "fact")) == []
    assert "“card” is one of: square, wide, both." in (await typed(app, "fact card:round")).plain


async def test_make_a_card_gives_both_pictures_to_whoever_pressed_and_one_can_be_shared(app: App) -> None:
    fact = await invoked(app, "fact")
    card = await pressed(app, fact, "Make a card", OTHER)
    assert card.private
    assert card.plain.startswith(fact.plain.partition("\n\n")[0])
    assert sizes(card) == [SIZES["square"], SIZES["wide"]]
    assert labels(card) == ["Another one", "Read more", "Cite this", "Share here"]
    shared = await pressed(app, card, "Share here", OTHER)
    assert not shared.private
    assert sizes(shared) == [SIZES["wide"]]
    assert "Shared by other" in shared.plain
    assert labels(shared) == ["Another one", "Make a card", "Read more", "Cite this", "Delete"]


async def test_a_shared_fact_can_become_a_card_too_and_keeps_its_topic(app: App) -> None:
    another = await pressed(app, await typed(app, "fact results"), "Another one")
    shared = await pressed(app, another, "Share here")
    assert button_of(shared, "Another one").value == "results"
    card = await pressed(app, shared, "Make a card", OTHER)
    assert button_of(card, "Another one").value == "results"
    assert button_of(await pressed(app, card, "Share here"), "Another one").value == "results"


async def test_buttons_still_work_after_a_restart(app: App, services: Services) -> None:
    fact = await invoked(app, "fact")
    again = App(services)
    card = await pressed(again, fact, "Make a card")
    assert card.plain.startswith(fact.plain.partition("\n\n")[0])
    assert len(pictures(card)) == 2


async def test_the_ids_of_all_buttons_fit_for_the_longest_id() -> None:
    fact = Fact("A fact.", 2026, Source("Book", ""))
    entry = Entry("x" * ID_LIMIT, "?", (), "!", "topic", (fact,), Source("Book", ""), 2026)
    reply = fact_reply(PACK, entry, fact, by_topic=True)
    assert reply.share is not None
    assert all(len(button.id) <= BUTTON_ID_LIMIT for button in (*reply.buttons, reply.share))
    Button("Share here", "sharecard", reply.share.value)


@pytest.mark.parametrize("action", ["sharefact", "factcard", "sharecard"])
@pytest.mark.parametrize("value", ["", "0 results-2012", "00000000 results-2012", "0 no-such-entry", "x y z", "²"])
async def test_a_fact_that_is_gone_is_said_to_be_gone(app: App, action: str, value: str) -> None:
    reply = await done(app, Press(MEMBER, CHANNEL, action, value))
    assert "This fact has since been changed or removed" in reply.plain
    assert reply.private


async def test_a_changed_fact_is_not_taken_for_the_old_one(app: App) -> None:
    old = Fact("In 2025, we were 40.", 2025, Source("Chapter handbook", ""))
    entry = await added(app, old)
    shown = fact_reply(PACK, entry, old)
    new = replace(entry, facts=(replace(old, text="In 2026, we were 60.", year=2026),))
    draft = Draft(entry.id, Change.EDITED, new, expected=1)
    await app.services.store.revise(CHANNEL.community, (draft,), by="x", now=NOW)
    assert "changed or removed" in (await pressed(app, shown, "Make a card")).plain


async def test_a_fact_of_the_community_has_its_year_and_source_everywhere(app: App) -> None:
    fact = Fact("Justice is a process.", 2019, Source("Chapter handbook", ""))
    entry = await added(app, fact)
    drawn = [(await typed(app, "fact help")).plain for _ in range(10)]
    (shown,) = {plain for plain in drawn if fact.text in plain}
    assert "Source: Chapter handbook · Year: 2019" in shown
    card = await pressed(app, fact_reply(PACK, entry, fact), "Make a card")
    assert "Source: Chapter handbook · Year: 2019" in card.plain
    assert all("Year: 2019" in block.alt for block in pictures(card))


async def test_a_fact_of_another_community_is_never_made_a_card_here(app: App) -> None:
    fact = Fact("Only for us.", 2026, Source("Chapter handbook", ""))
    entry = await added(app, fact)
    elsewhere = Place("test:channel/9", "test:community/9")
    reply = await done(app, Press(MEMBER, elsewhere, "factcard", f"{fact_key(fact)} {entry.id}"))
    assert "Only for us" not in reply.plain


async def test_a_fact_too_long_for_a_picture_is_given_as_text(app: App) -> None:
    fact = Fact("a" + "\u0301" * 239, 2026, Source("Chapter handbook", ""))
    card = await pressed(app, fact_reply(PACK, await added(app, fact), fact), "Make a card")
    assert card.plain.count("This fact is too long for a") == 2
    assert pictures(card) == []
    assert "Year: 2026" in card.plain


async def test_a_community_without_a_name_has_none_on_its_card(app: App) -> None:
    reply = await typed(app, "fact card:wide")
    assert pictures(reply)[0].alt.endswith(("Year: 2012.", "undated."))


async def test_a_terminal_and_a_direct_conversation_share_nothing(app: App) -> None:
    for place in (TERMINAL, DIRECT):
        another = await done(app, Press(MEMBER, place, "fact", ""))
        assert "Share here" not in labels(another)
        assert "Another one" in labels(another)


async def test_the_home_screen_leads_to_another_fact_and_to_a_card(app: App) -> None:
    home = Place("test:home/1", "test:community/1", direct=True, posts=False)
    screen = await done(app, Home(MEMBER, home))
    fact = await done(app, Press(MEMBER, home, *button_of(screen, "Another fact").id.split(":", 1)))
    assert any(isinstance(block, Note) for block in fact.blocks)
    card = await done(app, Press(MEMBER, home, *button_of(fact, "Make a card").id.split(":", 1)))
    assert len(pictures(card)) == 2


async def test_a_topic_without_facts_says_so(app: App) -> None:
    draft = Draft("referral", Change.REMOVED, None, base="print")
    await app.services.store.revise(CHANNEL.community, (draft,), by="x", now=NOW)
    assert "no fact on this topic" in (await typed(app, "fact help")).plain
    assert "no longer a fact on this topic" in (await done(app, Press(MEMBER, CHANNEL, "fact", "help"))).plain


def test_the_linter_wants_a_fact_of_a_community_to_have_a_source_that_fits(services: Services) -> None:
    fact = Fact("We are many.", 2026, Source("Book", "§ 1"))
    entry = Entry("our-chapter", "How many are we?", (), "Many.", "results", (fact,), Source("Book", ""), 2026)
    assert local_faults(entry, services.pack) == ()
    for wrong, field in (
        (replace(fact, source=Source("B" * 201, "")), "facts.0.source"),
        (replace(fact, source=Source("Book", "s" * 201)), "facts.0.source.section"),
        (replace(fact, source=Source(" ", "")), "facts.0.source"),
        (replace(fact, text=" "), "facts.0.text"),
        (replace(fact, text="We are 40."), "facts.0.text"),
    ):
        assert [name for name, _ in local_faults(replace(entry, facts=(wrong,)), services.pack)] == [field]
