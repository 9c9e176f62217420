"""Quiz questions of a community's own, written in a form."""

from dataclasses import replace

import pytest

from bot.app.app import App
from bot.chat.events import Place, Press, Submit, User
from bot.chat.replies import Question, Reply
from bot.curating.editing.quiz_form import EXAMPLE, FIELD
from tests.people import CHANNEL, MEMBER, MODERATOR, done, invoked, pressed

TWO = f"{EXAMPLE}\n\nTrue or false: the gala has a dress code.\n+ False\n- True\nCome as you are."
SECOND = User("test:user/22", "second", MODERATOR.groups)


async def opened(app: App, entry_id: str = "local-staff", user: User = MODERATOR) -> Reply:
    reply = await done(app, Press(user, CHANNEL, "quizform", entry_id))
    assert reply.form is not None
    return reply


async def sent(app: App, opened: Reply, words: str, user: User = MODERATOR) -> Reply:
    assert opened.form is not None
    return await done(app, Submit(user, CHANNEL, opened.form.id, {FIELD: words}))


def field_of(reply: Reply) -> str:
    assert reply.form is not None
    (field,) = reply.form.fields
    assert isinstance(field, Question)
    return field.value


async def test_questions_are_written_kept_played_and_shown_in_the_form_again(app: App) -> None:
    form = await opened(app)
    before = field_of(form)
    assert "+ 95%" in before
    saved = await sent(app, form, f"{before}\n\n{TWO.replace('2026', '2012')}")
    assert "now has 3 quiz questions" in saved.plain
    asked = await invoked(app, "quiz", topic="places")
    played = set()
    while any(button.action == "quizpick" for button in asked.buttons):
        played.add(asked.plain.split("\n\n")[1])
        asked = await pressed(app, asked, "Next question")
    assert "In 2012, how many members came?" in played
    assert field_of(await opened(app)).count("+ ") == 3
    assert "Revision 2: edited" in (await pressed(app, saved, "History", MODERATOR)).plain


async def test_a_saved_entry_offers_the_form_and_an_empty_one_takes_all_questions_away(app: App) -> None:
    assert "now has 0 quiz questions" in (await sent(app, await opened(app), "")).plain
    assert field_of(await opened(app)) == ""


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("What?\n- no\nBecause.", "question 1: write one right answer"),
        ("In 2012, how many?\n+ 4\n- 4\nIn 2012, four.", "two of the answers are the same"),
        ("How many?\n+ 4\n- 5\nThere were 4.", "a figure without its year"),
        ("Whom to call?\n+ A friend\n- Nobody\nCall 555-010-0199 now.", "5550100199"),
        (f"What?\n+ {'x' * 41}\n- no\nBecause.", "at most 40"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_lost(app: App, words: str, fault: str) -> None:
    refused = await sent(app, await opened(app), words)
    assert fault in refused.plain
    again = await pressed(app, refused, "Change it", MODERATOR)
    assert field_of(again) == words
    assert "now has 1 quiz question." in (await sent(app, again, EXAMPLE.replace("2026", "2012"))).plain


async def test_the_second_of_two_moderators_is_told_and_keeps_the_words(app: App) -> None:
    first, second = await opened(app), await opened(app, user=SECOND)
    await sent(app, first, EXAMPLE.replace("2026", "2012"))
    told = await sent(app, second, "")
    assert "Another moderator saved revision" in told.plain
    again = await pressed(app, told, "Change it", SECOND)
    assert "now has 0 quiz questions" in (await sent(app, again, "", SECOND)).plain


async def test_members_may_not_and_a_form_that_is_gone_says_so(app: App) -> None:
    reply = await done(app, Press(MEMBER, CHANNEL, "quizform", "local-staff"))
    assert reply.form is None
    form = await opened(app)
    await sent(app, form, "")
    assert "already saved or discarded" in (await sent(app, form, TWO)).plain
    removed = await done(app, Press(MODERATOR, CHANNEL, "quizform", "no-such-entry"))
    assert "removed" in removed.plain
    alone = replace(Place("test:dm/1", "test:user/22", direct=True))
    assert (await done(app, Press(SECOND, alone, "quizform", "local-staff"))).form is None
