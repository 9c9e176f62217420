"""Facts and citations."""

from itertools import pairwise

import pytest

from bot.app.app import App
from bot.asking import answers
from bot.asking.votes import VOTES
from bot.chat.events import Place, Press, Typed
from bot.chat.replies import Copyable, Delete, Reply, Swap
from bot.commands.context import Services
from tests.people import CHANNEL, MEMBER, MODERATOR, OTHER, chosen, invoked, pressed, typed


async def test_a_fact_is_quotable_and_has_its_year_and_source(app: App) -> None:
    reply = await typed(app, "fact")
    facts = {fact.text for entry in app.services.pack.entries for fact in entry.facts}
    text, _, source = reply.plain.partition("\n\n")
    assert text in facts
    assert "Source: International Justice Mission, Student Research Questions and Answers" in source
    (fact,) = (fact for entry in app.services.pack.entries for fact in entry.facts if fact.text == text)
    assert ("Year: 2012" if fact.year else "undated") in source


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


async def test_a_fact_shown_without_a_topic_does_not_come_again_with_one(app: App) -> None:
    facts = [fact.text for entry in app.services.pack.in_topic("results") for fact in entry.facts]
    total = sum(len(entry.facts) for entry in app.services.pack.entries)
    half = [(await typed(app, "fact")).plain.partition("\n\n")[0] for _ in range(total // 2)]
    seen = [text for text in facts if text in half]
    rest = [(await typed(app, "fact results")).plain.partition("\n\n")[0] for _ in range(len(facts) - len(seen))]
    assert sorted(seen + rest) == sorted(facts)


async def test_the_same_fact_never_comes_twice_in_a_row(app: App) -> None:
    drawn = [(await typed(app, "fact aftercare")).plain for _ in range(60)]
    assert all(one != two for one, two in pairwise(drawn))


async def test_each_place_has_its_own_deck(app: App) -> None:
    total = sum(len(entry.facts) for entry in app.services.pack.entries)
    elsewhere = Place("test:channel/2", "test:community/1")
    here = [(await typed(app, "fact")).plain for _ in range(total)]
    there = [(await typed(app, "fact", place=elsewhere)).plain for _ in range(total)]
    assert sorted(here) == sorted(there)


@pytest.mark.parametrize(
    ("style", "parts"),
    [
        ("apa", ["Mission. (n.d.). How long do aftercare programs last? [", "Retrieved November 23, 2026."]),
        ("mla", ["“How Long Do Aftercare Programs Last?” Question", "Accessed 23 Nov. 2026."]),
        ("chicago", ["International Justice Mission. n.d. “How Long", "Accessed November 23, 2026."]),
        ("harvard", ["(no date) ‘How long do aftercare programs last?’", "(Accessed: 23 November 2026)."]),
        ("bibtex", ["@misc{ijm-answers-aftercare-duration,", "{{International Justice Mission}}", "2026-11-23"]),
    ],
)
async def test_an_entry_is_cited_with_its_section_and_date(app: App, style: str, parts: list[str]) -> None:
    reply = await invoked(app, "cite", entry="aftercare-duration", style=style)
    citation = next(block.text for block in reply.blocks if isinstance(block, Copyable))
    for part in (*parts, "aftercare-duration", "revision 1"):
        assert part in citation


@pytest.mark.slow
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
    reply = await app.handle(Press(MEMBER, CHANNEL, "cite", "evidence-cebu vancouver"))
    assert isinstance(reply, Reply)
    assert "“style” is one of" in reply.plain


async def test_a_private_answer_is_shared_for_all_with_who_shared_it(app: App) -> None:
    private = await invoked(app, "ask", question="what is ijm", private=True)
    shared = await pressed(app, private, "Share here", OTHER)
    assert not shared.private
    # The sentence in bold answered a question of one person.
    assert Reply(shared.blocks[:-1]).plain == Reply(private.blocks).plain
    assert "Shared by other" in shared.plain


async def test_a_fact_that_somebody_looked_up_is_shared_for_all(app: App) -> None:
    another = await pressed(app, await typed(app, "fact"), "Another one")
    assert another.private
    shared = await pressed(app, another, "Share here")
    assert not shared.private
    assert shared.plain.startswith(another.plain.partition("\n\n")[0])
    assert "Shared by member" in shared.plain


async def kept(app: App, line: str) -> Reply:
    reply = await app.handle(Typed(MEMBER, CHANNEL, line, private=True))
    assert isinstance(reply, Reply)
    return reply


@pytest.mark.parametrize("line", ["what is ijm", "ask what is ijm", "outcomes", "fact", "topics", "cite what-is-ijm"])
async def test_a_line_that_is_typed_in_private_is_answered_in_private_unless_it_is_shared(app: App, line: str) -> None:
    private, shared = await kept(app, line), await kept(app, f"share {line}")
    assert private.private
    assert not shared.private
    assert "Shared by member" in shared.plain
    assert [button.label for button in shared.buttons][-1] == "Delete"


@pytest.mark.parametrize(
    "line", ["share", "share help", "share outcomes banana", "share what about the purple giraffe"]
)
async def test_what_helps_the_asker_alone_is_not_shared(app: App, line: str) -> None:
    reply = await kept(app, line)
    assert reply.private
    assert "Shared by" not in reply.plain


async def test_danger_is_never_shared(app: App) -> None:
    reply = await kept(app, "share my boss took my passport and won't let me leave, help me")
    assert reply.private
    assert "911" in reply.plain


async def test_whoever_presses_on_a_public_answer_is_answered_alone(app: App) -> None:
    reply = await invoked(app, "ask", question="what happened in cebu")
    for choice in reply.choices:
        if choice.action != "delete":
            pressed_by_other = await app.handle(Press(OTHER, CHANNEL, choice.action, choice.value))
            assert isinstance(pressed_by_other, Reply)
            assert pressed_by_other.private, choice


async def test_only_the_asker_or_a_moderator_deletes_a_reply(app: App) -> None:
    reply = await invoked(app, "ask", question="what is ijm")
    button = next(each for each in reply.buttons if each.label == "Delete")
    for user in (MEMBER, MODERATOR):
        assert await app.handle(Press(user, CHANNEL, button.action, button.value)) == Delete()
    refused = await app.handle(Press(OTHER, CHANNEL, button.action, button.value))
    assert isinstance(refused, Reply)
    assert "Only the person who asked for it, or a moderator" in refused.plain


async def test_a_vote_is_counted_once_per_person_and_can_be_changed(app: App, services: Services) -> None:
    reply = await invoked(app, "ask", question="what is ijm")
    for user, label in ((MEMBER, "👍"), (OTHER, "👍"), (OTHER, "👎")):
        told = await pressed(app, reply, label, user)
        assert "Thanks" in told.plain
        assert (told.private, told.in_place) == (True, False)
    again = next(button for button in reply.buttons if button.label == "👍")
    assert await app.handle(Press(MEMBER, CHANNEL, again.action, again.value)) is None
    votes = (await services.store.feedback(CHANNEL.community))["what-is-ijm"]
    assert (votes.helpful, votes.unhelpful) == (1, 1)


@pytest.mark.parametrize("hint", [False, True])
@pytest.mark.parametrize("doubted", [False, True])
async def test_thumbs_on_a_private_answer_become_thanks_in_place_and_come_back(
    app: App, services: Services, hint: bool, doubted: bool
) -> None:
    pack, (entry, *others) = services.pack, services.pack.entries[:3]
    sure = answers.answer(pack, entry, hint=hint, private=True)
    reply = answers.closest(pack, entry, others, hint=hint, private=True) if doubted else sure
    voted = await chosen(app, reply, "👍", MEMBER, alone=True)
    assert voted.in_place
    assert [button.label for button in voted.buttons[:2]] == ["👍 Thanks! Change my vote", "Cite this"]
    assert voted.swap == Swap(VOTES, voted.buttons[:1])
    assert voted.blocks == reply.blocks
    back = await chosen(app, voted, "👍 Thanks", MEMBER, alone=True)
    assert [button.label for button in back.buttons[:2]] == ["👍", "👎"]
    votes = (await services.store.feedback(CHANNEL.community))[entry.id]
    assert (votes.helpful, votes.unhelpful) == (1, 0)
    await chosen(app, back, "👎", MEMBER, alone=True)
    votes = (await services.store.feedback(CHANNEL.community))[entry.id]
    assert (votes.helpful, votes.unhelpful) == (0, 1)


async def test_nobody_votes_where_nothing_is_kept(app: App) -> None:
    alone = Place("test:dm/1", MEMBER.id, direct=True)
    reply = await typed(app, "what is ijm", place=alone)
    assert "Cite this" in [button.label for button in reply.buttons]
    assert not VOTES & {button.action for button in reply.buttons}


async def test_what_was_decided_takes_the_place_of_the_question(app: App) -> None:
    asked = await typed(app, "privacy")
    sure = await chosen(app, asked, "Delete my traces", MEMBER, alone=True)
    assert not sure.in_place
    assert (await chosen(app, sure, "Delete them", MEMBER, alone=True)).in_place
    assert not (await chosen(app, sure, "Delete them", MEMBER)).in_place
