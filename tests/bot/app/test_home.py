"""The bot's own screen: what members find there, and what waits for moderators."""

from dataclasses import replace
from datetime import timedelta

from bot.app.app import App
from bot.asking.ask import ReplyKind
from bot.chat.events import Home, Message
from bot.commands.community_settings import Setting
from bot.commands.context import Services
from bot.commands.deck import of_day
from tests.conftest import NOW
from tests.people import CHANNEL, DIRECT, MEMBER, MODERATOR, SCREEN, chosen, done


async def test_members_find_topics_the_days_fact_and_help(app: App) -> None:
    shown = await done(app, Home(MEMBER, SCREEN))
    assert "Fact of the day" in shown.plain
    assert "For moderators" not in shown.plain
    assert "What I can do" in (await chosen(app, shown, "What I can do", MEMBER, SCREEN)).plain


async def test_moderators_find_what_waits_with_the_ways_to_it(app: App) -> None:
    await done(app, Message(MEMBER, CHANNEL, "what is the parking fee at the gala in april", addressed=True))
    await app.services.store.set_setting(CHANNEL.community, Setting.NOTICES, CHANNEL.id, by=MODERATOR.id, now=NOW)
    shown = await done(app, Home(MODERATOR, SCREEN))
    review = await chosen(app, shown, "Review", place=SCREEN)
    waiting = review.plain.partition("Review: ")[2].partition(" waiting")[0]
    assert f"Review: {waiting} item" in shown.plain
    assert "Schedules: none" in shown.plain
    assert f"weekly notice in {CHANNEL.id}" in shown.plain
    assert "No schedules yet" in (await chosen(app, shown, "Schedules", place=SCREEN)).plain
    assert "Settings" in (await chosen(app, shown, "Settings", place=SCREEN)).plain


async def test_where_it_stays_as_a_message_it_says_how_to_ask_and_no_more(app: App) -> None:
    shown = await done(app, Home(MODERATOR, DIRECT))
    assert "Ask in your own words" in shown.plain
    assert "Fact of the day" not in shown.plain
    assert "For moderators" not in shown.plain


def test_a_days_fact_is_the_same_for_all_and_comes_again_after_all_the_others(services: Services) -> None:
    facts = {fact.text for entry in services.pack.entries for fact in entry.facts}
    days = [NOW.date() + timedelta(days=day) for day in range(len(facts))]
    drawn = [of_day(services.pack, day) for day in days]
    assert {each[1].text for each in drawn if each} == facts
    assert of_day(services.pack, days[0]) == drawn[0]
    assert of_day(replace(services.pack, entries=()), days[0]) is None


async def test_what_is_asked_most_is_suggested_first_and_then_a_question_of_each_topic(app: App) -> None:
    pack, store = app.services.pack, app.services.store
    firsts = [pack.in_topic(topic.id)[0] for topic in pack.topics]
    suggested = await app.suggested(CHANNEL)
    assert [question for _, question in suggested] == [entry.question for entry in firsts[:4]]
    asked = [entry for entry in pack.entries if entry not in firsts][:3]
    for times, entry in enumerate(asked, start=1):
        await store.count(CHANNEL.community, ReplyKind.ANSWER, entry.id, now=NOW, amount=times)
    suggested = await app.suggested(CHANNEL)
    expected = [asked[2], asked[1], *firsts[:2]]
    assert [question for _, question in suggested] == [entry.question for entry in expected]
