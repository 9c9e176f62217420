"""Asking: an entry's own text with source and year, a choice, or the word that the bot does not know."""

import pytest

from bot.app.app import App
from bot.app.routes import CHIME_SECONDS
from bot.asking import answers
from bot.asking.ask import ReplyKind, consider
from bot.chat.events import Invocation, Place, User
from bot.chat.replies import Heading, Note, Reply, text
from bot.commands.context import Services
from tests.people import CHANNEL, MEMBER, MODERATOR, invoked, pressed, said, typed


async def test_a_question_gets_the_entrys_own_text_with_source_and_year(app: App) -> None:
    reply = await said(app, "how long do aftercare programs last?")
    assert reply is not None
    assert reply.blocks[0] == Heading("How long do aftercare programs last?")
    assert isinstance(reply.blocks[-1], Note)
    assert reply.plain.count("2 years") == 1
    assert "Figures: 2012" in reply.plain
    assert "Student Research Questions and Answers, “How long do aftercare programs last?”" in reply.plain


async def test_an_answer_without_figures_says_that_its_source_is_undated(app: App) -> None:
    reply = await typed(app, "ask how does ijm rescue victims?")
    assert "Undated; its newest figures are from 2012" in reply.plain


async def test_a_typing_error_does_not_hide_the_entry(services: Services) -> None:
    considered = consider(services, "wich contries dose ijm wrok in")
    assert considered.kind is ReplyKind.ANSWER
    assert considered.matches[0].entry.id == "where-ijm-works"


async def test_related_questions_the_citation_and_the_next_best_are_one_press_away(app: App) -> None:
    reply = await said(app, "what happened in cebu?")
    assert reply is not None
    assert "79%" in reply.plain
    assert len(reply.buttons) <= 5
    cited = await pressed(app, reply, "Cite this")
    assert "entry evidence-cebu" in cited.plain
    instead = await pressed(app, reply, "Not what I meant")
    assert instead.plain.startswith("I'm not sure which of these you mean")
    assert await pressed(app, instead, instead.buttons[0].label) != instead


async def test_no_more_than_three_choices_are_offered_and_each_opens_its_entry(app: App, services: Services) -> None:
    doubtful = ("what problems do you fight", "show me where", "what about the law", "who is it for", "safety")
    choices = next(c for q in doubtful if (c := consider(services, q)).kind is ReplyKind.SUGGESTIONS)
    assert choices.reply is not None
    entries = [button for button in choices.reply.buttons if button.action == "entry"]
    assert 1 <= len(entries) <= 3
    opened = await pressed(app, choices.reply, entries[0].label)
    assert opened.blocks[0] == Heading(choices.matches[0].entry.question)
    none = await pressed(app, choices.reply, "None of these")
    assert "I don't know that" in none.plain


async def test_the_closest_answer_offers_each_other_entry_once(app: App) -> None:
    reply = await said(app, "aftercare")
    assert reply is not None
    assert reply.blocks[0] == text(answers.CLOSEST)
    rows = reply.menu.rows if reply.menu else ()
    offered = [button.value for button in (*reply.buttons, *rows) if button.action == "entry"]
    assert len(offered) == len(set(offered)) >= 2


async def test_what_is_not_known_is_said_with_topics_and_a_way_to_suggest(app: App) -> None:
    reply = await said(app, "what does the chess club do on fridays at the observatory")
    assert reply is not None
    assert "I don't know that" in reply.plain
    assert answers.SUGGEST in reply.plain
    assert reply.buttons


async def test_small_talk_that_is_not_addressed_to_the_bot_is_left_alone(app: App) -> None:
    for line in ("lol same", "thanks so much!!", "anyone up for lunch?", "police academy is so funny", "😂", ""):
        assert await said(app, line, addressed=False) is None


SURE = "How long do aftercare programs last?"


async def switch_passive(app: App, on: bool, user: User = MODERATOR) -> Reply:
    reply = await app.handle(Invocation(user, CHANNEL, "settings", {"passive": on}, "ijm-mod"))
    assert isinstance(reply, Reply)
    return reply


async def test_an_overheard_question_is_answered_only_where_a_moderator_wants_it(app: App) -> None:
    assert await said(app, SURE, addressed=False) is None
    assert "or you can't use it" in (await switch_passive(app, True, MEMBER)).plain
    assert await said(app, SURE, addressed=False) is None
    assert "on: I answer" in (await switch_passive(app, True)).plain
    assert await said(app, SURE, addressed=False) is not None
    elsewhere = Place("test:channel/9", CHANNEL.community)
    assert await said(app, SURE, addressed=False, place=elsewhere) is None
    assert "off: I answer only" in (await switch_passive(app, False)).plain


async def test_an_overheard_question_is_answered_only_when_sure_and_not_again_at_once(services: Services) -> None:
    now = [0.0]
    app = App(services, clock=lambda: now[0])
    await switch_passive(app, True)
    assert await said(app, "how does the aftercare thing work again", addressed=False) is None
    assert await said(app, SURE, addressed=False) is not None
    assert await said(app, SURE, addressed=False) is None
    now[0] = CHIME_SECONDS + 1
    assert await said(app, SURE, addressed=False) is not None


async def test_a_bare_mention_gets_the_welcome(app: App) -> None:
    reply = await said(app, "<@123456789>")
    assert reply is not None
    assert reply.blocks[0] == Heading("IJM answers")


async def test_a_private_answer_is_private(app: App) -> None:
    assert (await invoked(app, "ask", question="what is ijm", private=True)).private
    assert not (await invoked(app, "ask", question="what is ijm")).private
    assert (await typed(app, "ask what is ijm private:true")).private


async def test_a_completed_question_opens_its_entry_by_id(app: App) -> None:
    reply = await invoked(app, "ask", question="evidence-cebu")
    assert reply.blocks[0] == Heading("What changed in Cebu, Philippines, after IJM worked there?")


async def test_plain_text_behind_the_command_is_simply_asked(app: App) -> None:
    reply = await typed(app, "which countries does ijm work in")
    assert "Rwanda" in reply.plain


@pytest.mark.parametrize("text", ["x" * 20_000, "rescue " * 5_000, "@" * 12_000, "`" * 15_000, "<" * 15_000])
async def test_a_very_long_text_is_answered_with_bounded_work(services: Services, text: str) -> None:
    assert consider(services, text).kind in {ReplyKind.UNKNOWN, ReplyKind.SUGGESTIONS, ReplyKind.IGNORED}


async def test_a_question_at_the_end_of_a_very_long_text_is_heard(services: Services) -> None:
    story = "so anyway " * 2_000
    assert consider(services, f"{story} which countries does ijm work in").kind in {
        ReplyKind.ANSWER,
        ReplyKind.CLOSEST,
        ReplyKind.SUGGESTIONS,
    }


async def test_the_same_question_always_gets_the_same_answer(services: Services) -> None:
    asked = "who trains the local police and how"
    assert consider(services, asked) == consider(services, asked)
