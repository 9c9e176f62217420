"""What a moderator says that nothing answers: no answer any more, nor to what is nearly the same; all else stays."""

import pytest

from bot.app.app import App
from bot.chat.events import Place, Press
from bot.chat.replies import Reply
from bot.commands.community_settings import read_settings
from bot.curating import unanswerable
from bot.curating.unanswerable import SHOWN_LIMIT
from tests.people import CHANNEL, MODERATOR, OTHER, asked, chosen, done, moderated, sent

pytestmark = pytest.mark.slow

CLASS = "when does class meet"
MEETINGS = {
    "question": "When does the chapter meet?",
    "phrasings": "what time are the meetings\nwhen is the next meeting",
    "answer": "Mondays at 7, in the **library**.",
    "topic": "about",
    "source": "Chapter handbook\n2026",
}
ELSEWHERE = Place("test:channel/1", "test:community/2")


async def with_meetings(app: App, place: Place = CHANNEL) -> None:
    preview = await sent(app, await moderated(app, "add", place=place), place=place, **MEETINGS)
    await chosen(app, preview, "Save", place=place)


async def silenced(app: App, words: str) -> Reply:
    return await chosen(app, await moderated(app, "why", question=words), "Nothing answers it")


async def test_what_nothing_answers_is_unknown_from_then_on_and_its_neighbours_too(app: App) -> None:
    await with_meetings(app)
    await with_meetings(app, ELSEWHERE)
    assert "Mondays at 7" in await asked(app, CLASS)
    assert "I'll say that I don't know this: “when does class meet”" in (await silenced(app, CLASS)).plain
    for words in (CLASS, "When does class meet??", "when does my class meet", "wehn does class meet"):
        assert "Mondays at 7" not in await asked(app, words), words
    for words in ("when does the chapter meet", "what time are the meetings", "when do you guys meet"):
        assert "Mondays at 7" in await asked(app, words), words
    assert "79%" in await asked(app, "what happened in cebu")
    assert "Mondays at 7" in await asked(app, CLASS, ELSEWHERE)


async def test_it_does_not_come_back_as_a_question_to_be_answered(app: App) -> None:
    await with_meetings(app)
    await silenced(app, CLASS)
    assert "don't know" in await asked(app, CLASS)
    assert "unanswered" not in (await moderated(app, "review")).plain


async def test_it_can_be_taken_back_where_it_is_explained_and_in_the_settings(app: App) -> None:
    await with_meetings(app)
    await silenced(app, CLASS)
    explained = await moderated(app, "why", question="WHEN does class meet?")
    assert "a moderator said that nothing answers it." in explained.plain
    assert "may get an answer again" in (await chosen(app, explained, "Take that back")).plain
    assert "Mondays at 7" in await asked(app, CLASS)

    gone = await silenced(app, CLASS)
    listed = await moderated(app, "settings")
    assert "Questions that nothing answers here: 1" in listed.plain
    await chosen(app, listed, CLASS)
    assert "nothing answers here" not in (await moderated(app, "settings")).plain
    assert "already taken back" in (await chosen(app, gone, "Take that back")).plain


async def test_a_shipped_entry_can_be_kept_from_a_question_where_nobody_changed_anything(app: App) -> None:
    words = "which impact did they have on that island city"
    before = await asked(app, words)
    await silenced(app, words)
    assert "don't know" in await asked(app, words)
    assert await asked(app, words, ELSEWHERE) == before
    assert "79%" in await asked(app, "what happened in cebu")


async def test_an_entrys_own_phrasing_is_not_offered_to_be_silenced(app: App) -> None:
    for words in ("What is IJM?", "who won the basketball game last night"):
        reply = await moderated(app, "why", question=words)
        assert not any(button.action == "silence" for button in reply.buttons), words


async def test_a_question_that_is_longer_than_a_phrasing_is_refused(app: App) -> None:
    await with_meetings(app)
    assert "at most 400 characters" in (await silenced(app, f"{CLASS} {'at the chapter meeting ' * 20}")).plain


async def test_only_moderators_silence_and_what_is_forged_changes_nothing(app: App) -> None:
    await with_meetings(app)
    reply = await moderated(app, "why", question=CLASS)
    button = next(button for button in reply.buttons if button.action == "silence")
    await done(app, Press(OTHER, CHANNEL, button.action, button.value))
    await done(app, Press(OTHER, CHANNEL, "unsilence", "help_line"))
    assert "Mondays at 7" in await asked(app, CLASS)
    await app.services.store.set_setting(CHANNEL.community, "help_line", "Campus 1", by="u", now=app.services.now())
    told = await done(app, Press(MODERATOR, CHANNEL, "unsilence", "help_line"))
    assert "already taken back" in told.plain
    assert await app.services.store.setting(CHANNEL.community, "help_line") == "Campus 1"


async def test_there_is_an_end_to_them_and_the_page_stays_readable(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    await with_meetings(app)
    monkeypatch.setattr(unanswerable, "UNANSWERABLE_LIMIT", SHOWN_LIMIT + 2)
    names = [f"when does class {number} meet" for number in range(SHOWN_LIMIT + 2)]
    store, now = app.services.store, app.services.now()
    for number, name in enumerate(names):
        await store.set_setting(CHANNEL.community, f"silent:{number}", name, by="u", now=now)
    listed = await moderated(app, "settings")
    assert "and 2 more" in listed.plain
    kept = read_settings((await store.outline(CHANNEL.community)).settings)
    assert set(kept.unanswerable_questions) == set(names)
    assert (
        f"There are already {SHOWN_LIMIT + 2} such questions"
        in (await silenced(app, "what are the meetings about")).plain
    )
