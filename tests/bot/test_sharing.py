"""Facts and citations."""

import pytest

from bot.app import App
from bot.events import Place, Press
from bot.replies import Copyable
from tests.people import CHANNEL, MEMBER, invoked, pressed, typed


async def test_a_fact_is_quotable_and_has_its_year_and_source(app: App) -> None:
    reply = await typed(app, "fact")
    facts = {fact.text for entry in app.services.pack.entries for fact in entry.facts}
    text, _, source = reply.plain.partition("\n\n")
    assert text in facts
    assert "Source: Student Research Questions and Answers" in source
    assert "Year: 2012" in source


async def test_no_fact_comes_twice_until_all_were_shown(app: App) -> None:
    total = sum(len(entry.facts) for entry in app.services.pack.entries)
    reply = await typed(app, "fact")
    seen = [reply.plain.partition("\n\n")[0]]
    for _ in range(total - 1):
        reply = await pressed(app, reply, "Another one")
        seen.append(reply.plain.partition("\n\n")[0])
    assert len(set(seen)) == total
    again = await pressed(app, reply, "Another one")
    assert again.plain.partition("\n\n")[0] in seen


async def test_a_fact_of_a_topic_is_of_that_topic_also_the_next(app: App) -> None:
    facts = {fact.text for entry in app.services.pack.in_topic("results") for fact in entry.facts}
    reply = await typed(app, "fact results")
    for _ in range(len(facts)):
        assert reply.plain.partition("\n\n")[0] in facts
        reply = await pressed(app, reply, "Another one")


async def test_each_place_has_its_own_deck(app: App) -> None:
    total = sum(len(entry.facts) for entry in app.services.pack.entries)
    elsewhere = Place("test:channel/2", "test:community/1")
    here = [(await typed(app, "fact")).plain for _ in range(total)]
    there = [(await typed(app, "fact", place=elsewhere)).plain for _ in range(total)]
    assert sorted(here) == sorted(there)


@pytest.mark.parametrize(
    ("style", "parts"),
    [
        ("apa", ["Mission. (n.d.). How long do aftercare programs last? In Student", "Retrieved November 23, 2026."]),
        ("mla", ["“How long do aftercare programs last?” Student Research", "Accessed 23 Nov. 2026."]),
        ("chicago", ["International Justice Mission. “How long", "Accessed November 23, 2026."]),
        ("bibtex", ["@misc{ijm-answers-aftercare-duration,", "{{International Justice Mission}}", "2026-11-23"]),
    ],
)
async def test_an_entry_is_cited_with_its_section_and_date(app: App, style: str, parts: list[str]) -> None:
    reply = await invoked(app, "cite", entry="aftercare-duration", style=style)
    citation = next(block.text for block in reply.blocks if isinstance(block, Copyable))
    for part in (*parts, "2012", "aftercare-duration", "revision 1"):
        assert part in citation


async def test_every_entry_can_be_cited_in_every_style(app: App) -> None:
    for entry in app.services.pack.entries:
        reply = await invoked(app, "cite", entry=entry.id)
        for other in ("MLA", "Chicago", "BibTeX"):
            assert entry.id in (await pressed(app, reply, other)).plain


async def test_an_entry_can_be_named_by_a_question(app: App) -> None:
    assert "evidence-guatemala" in (await typed(app, "cite guatemala city convictions mla")).plain


async def test_an_unclear_entry_is_not_guessed(app: App) -> None:
    reply = await typed(app, "cite the purple giraffe")
    assert "I'm not sure which entry you mean" in reply.plain
    assert "Usage: /ijm cite <entry>" in reply.plain


async def test_an_old_button_with_a_style_that_is_gone_gets_words_not_an_error(app: App) -> None:
    reply = await app.handle(Press(MEMBER, CHANNEL, "cite", "evidence-cebu harvard"))
    assert reply is not None
    assert "“style” is one of" in reply.plain
