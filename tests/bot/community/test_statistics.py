"""What moderators see of how the bot is used."""

from datetime import date, timedelta

import pytest

from bot.app.app import App
from bot.asking import answers
from bot.chat.events import Invocation, Place, User
from bot.chat.replies import Image, Reply
from bot.community.usage import WEEKS, first_day, usage_in
from knowledge.pack.model import Entry, Source
from knowledge.pack.overlay import Change, Draft
from knowledge.store.protocol import UsageCount
from tests.conftest import NOW
from tests.people import CHANNEL, MEMBER, MODERATOR, OTHER, chosen, done, invoked, moderated, pressed, said

HERE = CHANNEL.community
TODAY = NOW.date()
DANGER = "my boss took my passport and he won't let me leave, i owe him money and i'm scared"


async def counted(app: App, what: str, days_ago: int, entry_id: str = "", amount: int = 1) -> None:
    await app.services.store.count(HERE, what, entry_id, now=NOW - timedelta(days=days_ago), amount=amount)


def chart_of(reply: Reply) -> Image:
    return next(block for block in reply.blocks if isinstance(block, Image))


async def test_a_community_where_nothing_was_asked_is_told_so_without_a_chart(app: App) -> None:
    reply = await moderated(app, "stats")
    assert reply.private
    assert "Nothing was asked here in the last 12 weeks" in reply.plain
    assert not any(isinstance(block, Image) for block in reply.blocks)


async def test_what_members_do_is_counted_from_the_first_question_on(app: App) -> None:
    answer = await invoked(app, "ask", question="what is ijm")
    await invoked(app, "ask", question="what-is-ijm")
    await said(app, "what does the chess club do on fridays at the observatory")
    await chosen(app, answer, "What IJM does", MEMBER)
    await pressed(app, answer, "👍", MEMBER)
    await pressed(app, answer, "👎", OTHER)
    reply = await moderated(app, "stats")
    assert "Statistics up to Nov 23, 2026" in reply.plain
    assert "Nothing was counted here before Nov 23, 2026." in reply.plain
    for weeks in WEEKS:
        line = next(line for line in reply.plain.splitlines() if line.startswith(f"Last {weeks} weeks"))
        assert "3 questions: 2 answered (67%), 0 with a choice (0%), 1 unanswered (33%)." in line
        assert "1 of 2 votes found it helpful (50%)." in line
    assert "1. What is IJM?: 2 times, 1 of 2 votes found it helpful (50%)" in reply.plain
    assert "2. What does IJM do?: 1 time" in reply.plain
    assert "To Nov 23: 2 answered, 1 unanswered." in chart_of(reply).alt
    assert "To Nov 16: none" in chart_of(reply).alt
    assert chart_of(reply).content.startswith(b"\x89PNG")


async def test_weeks_without_questions_are_there_and_empty(app: App) -> None:
    for days_ago in (83, 30, 27, 0):
        await counted(app, "answer", days_ago, "what-is-ijm")
    await counted(app, "answer", 84, "what-is-ijm", 100)
    reply = await moderated(app, "stats")
    assert "Nothing was counted here before" not in reply.plain
    assert "Last 4 weeks: 2 questions" in reply.plain
    assert "Last 12 weeks: 4 questions" in reply.plain
    assert "Nobody voted on whether it helped." in reply.plain
    alt = chart_of(reply).alt
    assert alt.count("1 answered") == 4
    assert alt.count("none") == 8
    assert len(alt) <= 1_000


async def test_entries_that_were_removed_meanwhile_are_named_all_the_same(app: App) -> None:
    await counted(app, "answer", 1, "what-is-ijm", 9)
    await counted(app, "answer", 1, "a-lost-one", 5)
    draft = Draft("what-is-ijm", Change.REMOVED, None, base="print")
    await app.services.store.revise(HERE, (draft,), by="x", now=NOW)
    reply = await moderated(app, "stats")
    assert "1. What is IJM? (removed): 9 times" in reply.plain
    assert "2. a-lost-one (removed): 5 times" in reply.plain


async def test_votes_on_an_entry_of_the_community_count_too(app: App) -> None:
    entry = Entry("our-chapter", "Where do we meet?", (), "In the library.", "referral", (), Source("Us", ""), 2026)
    draft = Draft(entry.id, Change.ADDED, entry)
    await app.services.store.revise(HERE, (draft,), by="x", now=NOW)
    answer = await invoked(app, "ask", question="where do we meet")
    assert "Thanks" in (await pressed(app, answer, "👍")).plain
    reply = await moderated(app, "stats")
    assert "1. Where do we meet?: 1 time, 1 of 1 vote found it helpful (100%)" in reply.plain


async def test_only_five_entries_are_listed(app: App) -> None:
    for number in range(9):
        await counted(app, "opened", 3, f"entry-{number}", number + 1)
    reply = await moderated(app, "stats")
    assert "5. entry-4 (removed): 5 times" in reply.plain
    assert "entry-3" not in reply.plain
    assert "No questions." in reply.plain
    assert not any(isinstance(block, Image) for block in reply.blocks), "an empty chart says nothing"


async def test_what_may_be_about_safety_is_not_counted_nor_what_is_opened_from_there(app: App) -> None:
    card = await invoked(app, "ask", question=DANGER)
    assert "911" in card.plain
    await done(app, Invocation(MEMBER, CHANNEL, "ask", {"question": "I think my cousin is being trafficked, what now"}))
    await app.services.usage.write(app.services.store)
    assert await app.services.store.usage(HERE, NOW) == ()


async def test_what_is_chosen_below_the_line_about_safety_is_not_counted(app: App) -> None:
    entries = app.services.pack.entries[:2]
    for hint, times in ((True, 0), (False, 1)):
        reply = answers.did_you_mean(entries, hint=hint)
        opened = await chosen(app, reply, entries[0].label, MEMBER)
        assert (answers.HINT.replace("`", "") in opened.plain) is hint
        await app.services.usage.write(app.services.store)
        assert len(await app.services.store.usage(HERE, NOW)) == times


async def test_another_community_is_not_in_the_counts(app: App) -> None:
    await app.services.store.count("test:community/2", "answer", "what-is-ijm", now=NOW)
    assert "Nothing was asked here" in (await moderated(app, "stats")).plain


async def test_members_do_not_see_it_and_nobody_is_asked_in_a_conversation_of_their_own(app: App) -> None:
    assert "no such command" in (await moderated(app, "stats", MEMBER)).plain
    alone = User(MODERATOR.id, MODERATOR.name, MODERATOR.groups)
    place = Place("test:dm/3", MODERATOR.id, direct=True)
    assert "belong to a server" in (await moderated(app, "stats", alone, place)).plain


@pytest.mark.parametrize("weeks", WEEKS)
def test_every_day_is_in_exactly_one_week(weeks: int) -> None:
    begin = first_day(TODAY, weeks)
    days = [begin + timedelta(days=day) for day in range(-1, weeks * 7 + 1)]
    span = usage_in([UsageCount(day.isoformat(), "answer", "x", 1) for day in days], TODAY, weeks)
    assert [week.answered for week in span.weeks] == [7] * weeks
    assert span.weeks[-1].last == TODAY
    assert span.first == begin
    assert span.total.asked == weeks * 7


def test_what_is_counted_by_another_name_is_no_question() -> None:
    span = usage_in([UsageCount(TODAY.isoformat(), "something new", "", 3)], TODAY, 4)
    assert span.total.asked == 0
    assert span.used == ()
    assert usage_in([], date(2026, 1, 1), 4).first is None
