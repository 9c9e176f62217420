"""The review as one list: counts, filters, pages, several at once, the next after each act, and who else is there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.app import App
from bot.chat.replies import Reply
from bot.commands.context import Services
from tests.conftest import NOW
from tests.people import CHANNEL, MODERATOR, asked, chosen, form_of, moderated, sent, values_in

SECOND = replace(MODERATOR, id="test:user/9", name="second")
WORDS = [
    "umbrella",
    "volcano",
    "trombone",
    "pancake",
    "glacier",
    "submarine",
    "giraffe",
    "helmet",
    "orchestra",
    "tornado",
    "sandal",
    "asteroid",
    "broccoli",
    "elevator",
    "dolphin",
    "wallpaper",
    "tractor",
    "lipstick",
    "chess",
    "mosquito",
    "igloo",
    "violin",
    "cactus",
]
ANSWER = {"answer": "Five dollars, in 2026.", "topic": "about", "source": "Gala leaflet\n2026"}


def asked_word(number: int) -> str:
    """A word that is like no other."""
    return WORDS[number]


async def waiting(app: App, questions: int = 0, suggestions: int = 0) -> None:
    """So many unanswered questions, the first asked most often, and suggestions; and no old figures."""
    store = app.services.store
    await store.set_setting(CHANNEL.community, "stale", 0, by="x", now=NOW)
    for number in range(questions):
        for _ in range(questions - number):
            words = asked_word(number)
            await store.add_miss(CHANNEL.community, words, words, now=NOW)
    for number in range(suggestions):
        await store.add_suggestion(CHANNEL.community, f"Suggestion {number}", now=NOW + timedelta(seconds=number))


def rows(reply: Reply) -> list[str]:
    assert reply.menu is not None
    return [row.label for row in reply.menu.rows]


async def test_the_list_has_counts_ten_at_a_time_and_the_way_on(app: App) -> None:
    await waiting(app, 23, 2)
    first = await moderated(app, "review")
    assert "Review: 25 waiting" in first.plain
    assert "unanswered: 23 · suggestions: 2" in first.plain
    assert len(rows(first)) == 10
    assert "\n10. " in first.plain
    second = await chosen(app, first, "Next ten", alone=True)
    assert second.in_place
    assert "\n11. " in second.plain
    third = await chosen(app, second, "Next ten")
    assert len(rows(third)) == 5
    assert rows(await chosen(app, third, "Previous ten")) == rows(second)


async def test_a_filter_shows_one_kind_alone_and_leads_back_to_everything(app: App) -> None:
    await waiting(app, 3, 2)
    only = await chosen(app, await moderated(app, "review"), "Only suggestions (2)")
    assert "Review, suggestions: 2 waiting" in only.plain
    assert len(rows(only)) == 2
    assert len(rows(await chosen(app, only, "Everything (5)"))) == 5
    assert "Review, unanswered: 3 waiting" in (await moderated(app, "review", show="unanswered")).plain
    assert "Review: 5 waiting" in (await moderated(app, "review", show="figures")).plain


@pytest.mark.parametrize(("typed", "left"), [("1, 3-4", 2), ("2", 4), ("1 2 3", 2), ("1–5", 0), ("4 - 5", 3)])
async def test_several_are_dismissed_at_once(app: App, typed: str, left: int) -> None:
    await waiting(app, 5)
    form = await chosen(app, await moderated(app, "review"), "Dismiss several")
    reply = await sent(app, form, numbers=typed)
    assert f"Dismissed: {5 - left}." in reply.plain
    assert len(await app.services.store.misses(CHANNEL.community)) == left


@pytest.mark.parametrize("typed", ["", "six", "0", "6", "3-2", "1-9999", "1; DROP"])
async def test_numbers_that_are_none_are_told_and_nothing_is_dismissed(app: App, typed: str) -> None:
    await waiting(app, 5)
    form = await chosen(app, await moderated(app, "review"), "Dismiss several")
    reply = await sent(app, form, numbers=typed)
    assert "number" in reply.plain
    assert len(await app.services.store.misses(CHANNEL.community)) == 5


async def test_one_jumps_to_a_number(app: App) -> None:
    await waiting(app, 23)
    form = await chosen(app, await moderated(app, "review"), "Go to")
    assert "\n17. " in (await sent(app, form, numbers="17")).plain


async def test_after_each_act_the_next_one_is_shown(app: App) -> None:
    await waiting(app, 3)
    item = await chosen(app, await moderated(app, "review"), "Begin")
    assert asked_word(0) in item.plain
    item = await chosen(app, item, "Next")
    assert "2 of 3" in item.plain
    item = await chosen(app, item, "Dismiss")
    assert "Dismissed." in item.plain
    assert asked_word(2) in item.plain
    saved = await chosen(app, await sent(app, await chosen(app, item, "Answer it"), **ANSWER), "Save")
    assert asked_word(0) in (await chosen(app, saved, "Next")).plain
    assert "Review: 1 waiting" in (await chosen(app, await chosen(app, saved, "Next"), "Back to the list")).plain


async def test_a_question_dismissed_for_good_gets_no_answer_and_waits_no_more(app: App) -> None:
    await app.services.store.set_setting(CHANNEL.community, "stale", 0, by="x", now=NOW)
    unknown = "what is the parking fee at the gala in april"
    await asked(app, unknown)
    item = await chosen(app, await moderated(app, "review"), "Begin")
    assert "Dismissed for good" in (await chosen(app, item, "Nothing answers it")).plain
    assert "don't know" in await asked(app, unknown)
    assert await app.services.store.misses(CHANNEL.community) == ()
    assert unknown in (await moderated(app, "settings")).plain


async def test_choosing_from_the_list_opens_the_form_at_once(app: App) -> None:
    await waiting(app, 2)
    reply = await moderated(app, "review")
    opened = await chosen(app, reply, f"“{asked_word(1)}")
    assert values_in(form_of(opened))["question"] == asked_word(1)


async def test_the_second_moderator_at_one_thing_is_told_of_the_first(services: Services) -> None:
    times = [NOW]
    app = App(replace(services, now=lambda: times[0]))
    await waiting(app, 2)
    item = await chosen(app, await moderated(app, "review"), "Begin")
    assert "too" not in item.plain
    second = await chosen(app, await moderated(app, "review", SECOND), "Begin", SECOND)
    assert f"{MODERATOR.id} is working on this one, too" in second.plain
    await chosen(app, item, "Next")
    assert (
        "working on this one, too"
        not in (await chosen(app, await moderated(app, "review", SECOND), "Begin", SECOND)).plain
    )
    await moderated(app, "edit", entry="prevention")
    told = await moderated(app, "edit", SECOND, entry="prevention")
    assert f"{MODERATOR.id} is working on this one, too" in told.plain
    assert form_of(await chosen(app, told, "Edit it anyway", SECOND))
    times[0] = NOW + timedelta(minutes=20)
    assert form_of(await moderated(app, "edit", SECOND, entry="prevention"))
