"""Tabling mode: one asks, many answer, each sees alone whether it was right, and nobody's points are kept."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app.app import App
from bot.chat.events import Invocation, Place, Press, Typed, User
from bot.chat.replies import BUTTON_ID_LIMIT, Button, Reply
from bot.commands.context import Services
from bot.commands.scores import COMMUNITY_SESSIONS_LIMIT, PLAYERS_LIMIT, SESSION_SECONDS, SESSIONS_LIMIT, Scores
from knowledge.pack.model import QuizQuestion
from knowledge.pack.overlay import Change, Draft
from knowledge.quiz.rounds import ROUND, Asked, question
from knowledge.store.sql.store import SqlStore
from tests.conftest import NOW
from tests.people import CHANNEL, DIRECT, MEMBER, MODERATOR, done, invoked, pressed, typed

KIM = User("test:user/7", "kim")
ADA = User("test:user/8", "ada @everyone <@1>")


def options(reply: Reply) -> list[Button]:
    return [button for button in reply.buttons if button.action == "quizpick"]


def question_in(app: App, reply: Reply) -> Asked:
    """The question that a reply asks, as the knowledge makes it of what its buttons carry."""
    _, key, _, session, *_ = options(reply)[0].value.split(" ")
    found = question(app.services.pack, session, key)
    assert found is not None
    return found


async def answered(app: App, reply: Reply, user: User, *, right: bool, place: Place = CHANNEL) -> Reply:
    """What somebody gets who answers rightly or wrongly."""
    asked = question_in(app, reply)
    chosen = next(b for b in options(reply) if (b.label == asked.text.right) == right)
    return await done(app, Press(user, place, chosen.action, chosen.value))


async def test_a_question_is_posted_for_all_and_each_answer_is_told_alone(app: App) -> None:
    asked = await invoked(app, "quiz")
    assert not asked.private
    assert "Quiz: question 1 of" in asked.plain
    assert "Everybody here can answer" in asked.plain
    question = question_in(app, asked)
    assert question.text.question in asked.plain
    assert [b.label for b in options(asked)] == list(question.options)
    assert [b.label for b in asked.buttons[len(question.options) :]] == ["Next question", "Delete"]
    for user, right, said in (
        (KIM, True, "Right!"),
        (ADA, False, f"Not quite. The right answer: {question.text.right}."),
    ):
        told = await answered(app, asked, user, right=right)
        assert told.private
        assert told.plain.startswith(f"{said} {question.text.why}")
        assert "Source: International Justice Mission, Student Research Questions and Answers" in told.plain
        assert "2012" in told.plain
        assert f"You have {int(right)} of 1 right." in told.plain
        assert question.entry.id in (await pressed(app, told, "Cite this", user)).plain
        assert question.entry.question in (await pressed(app, told, "Read more", user)).plain


async def test_the_buttons_do_not_tell_which_answer_is_right(app: App) -> None:
    for _ in range(20):
        asked = await invoked(app, "quiz")
        parts = [button.value.split(" ") for button in options(asked)]
        assert [each[2] for each in parts] == [str(place) for place in range(len(parts))]
        assert len({(*each[:2], *each[3:]) for each in parts}) == 1
        assert all(len(button.id) <= BUTTON_ID_LIMIT for button in asked.choices)


async def test_the_first_answer_counts(app: App) -> None:
    asked = await invoked(app, "quiz")
    assert "You have 0 of 1 right." in (await answered(app, asked, KIM, right=False)).plain
    again = (await answered(app, asked, KIM, right=True)).plain
    assert "Your first answer counts. You have 0 of 1 right." in again


async def test_a_whole_quiz_asks_each_question_once_and_ends_with_the_score(app: App) -> None:
    asked = await invoked(app, "quiz", topic="results")
    seen = []
    while options(asked):
        seen.append(question_in(app, asked))
        await answered(app, asked, KIM, right=True)
        await answered(app, asked, ADA, right=len(seen) == 1)
        asked = await pressed(app, asked, "Next question", KIM)
        assert not asked.private
        if len(seen) > 1 and options(asked):
            assert f"Right so far: kim {len(seen)}, ada" in asked.plain
    assert len({question.key for question in seen}) == len(seen) == ROUND
    assert all(question.entry.topic == "results" for question in seen)
    assert f"That was all {len(seen)} questions." in asked.plain
    assert f"- kim: {len(seen)} right" in asked.plain
    assert "ada" in asked.plain
    assert "@everyone" not in asked.plain
    assert "<@" not in asked.plain
    again = await pressed(app, asked, "Start again", KIM)
    assert "question 1 of" in again.plain
    assert "Right so far" not in again.plain
    refused = await pressed(app, asked, "Start again", ADA)
    assert refused.private
    assert "already" in refused.plain


async def test_the_next_question_comes_once_however_many_ask_for_it(app: App) -> None:
    asked = await invoked(app, "quiz")
    first = await pressed(app, asked, "Next question", KIM)
    second = await pressed(app, asked, "Next question", ADA)
    assert "question 2 of" in first.plain
    assert second.private
    assert "already" in second.plain
    told = await answered(app, first, ADA, right=True)
    assert "Next question" not in [button.label for button in told.buttons]


async def test_a_question_that_is_over_becomes_its_answer_and_what_was_chosen(app: App) -> None:
    asked = await invoked(app, "quiz")
    question = question_in(app, asked)
    for user, right in ((KIM, True), (ADA, False), (MEMBER, True)):
        await answered(app, asked, user, right=right)
    await answered(app, asked, ADA, right=True)
    over = (await pressed(app, asked, "Next question", KIM)).becomes
    assert over is not None
    assert not over.buttons
    assert question.text.question in over.plain
    assert f"✓ {question.text.right} (2 chose it)" in over.plain
    assert over.plain.count("(1 chose it)") == 1
    assert question.text.why in over.plain
    assert "Source: " in over.plain


async def test_a_question_that_was_changed_meanwhile_is_closed_without_an_answer(app: App) -> None:
    asked = await invoked(app, "quiz")
    button = next(b for b in asked.buttons if b.label == "Next question")
    key = question_in(app, asked).key
    gone = button.value.replace(key, "0" * len(key))
    over = (await done(app, Press(KIM, CHANNEL, button.action, gone))).becomes
    assert over is not None
    assert "has changed this question" in over.plain


async def test_who_plays_alone_has_one_message_that_goes_on(app: App) -> None:
    asked = await typed(app, "quiz", place=DIRECT)
    chosen = options(asked)[0]
    told = await done(app, Press(MEMBER, DIRECT, chosen.action, chosen.value, alone=True))
    following = next(b for b in told.buttons if b.label == "Next question")
    assert told.in_place
    assert (await done(app, Press(MEMBER, DIRECT, following.action, following.value, alone=True))).in_place


async def test_one_plays_alone_in_a_direct_conversation(app: App) -> None:
    asked = await typed(app, "quiz", place=DIRECT)
    assert "Everybody here" not in asked.plain
    told = await answered(app, asked, MEMBER, right=True, place=DIRECT)
    assert "You have 1 of 1 right." in told.plain
    following = await pressed(app, told, "Next question")
    assert "question 2 of" in following.plain
    assert following.private
    again = await pressed(app, told, "Next question")
    assert options(again) == options(following)


@pytest.mark.parametrize("how", ["invoked", "typed"])
async def test_one_plays_alone_in_a_channel_and_can_start_one_for_all(app: App, how: str) -> None:
    event = (
        Invocation(MEMBER, CHANNEL, "quiz", {"topic": "results", "private": True})
        if how == "invoked"
        else Typed(MEMBER, CHANNEL, "quiz results private:false", private=True)
    )
    asked = await done(app, event)
    assert asked.private
    assert app.answers_privately(event)
    while options(asked):
        told = await answered(app, asked, MEMBER, right=True)
        asked = await pressed(app, told, "Next question")
        assert asked.private
    assert "questions." in asked.plain
    again = await pressed(app, asked, "Start again")
    assert again.private
    opened = await pressed(app, again, "Start one for everyone here")
    assert not opened.private
    assert "Everybody here can answer" in opened.plain
    assert question_in(app, opened).entry.topic == "results"
    assert not (await pressed(app, opened, "Next question")).private


async def test_a_typed_line_can_start_one_for_all_at_once(app: App) -> None:
    asked = await done(app, Typed(MEMBER, CHANNEL, "share quiz results", private=True))
    assert not asked.private
    assert "Shared by member" in asked.plain
    assert not (await pressed(app, asked, "Next question")).private


async def test_a_topic_without_questions_names_those_that_have_some(app: App) -> None:
    reply = await invoked(app, "quiz", topic="help")
    assert "There are no quiz questions about that yet." in reply.plain
    for topic in ("results", "aftercare", "about", "places"):
        assert topic in reply.plain
    assert "“topic” is one of" in (await typed(app, "quiz chess")).plain


async def test_after_a_restart_the_buttons_work_and_the_points_begin_anew(app: App, services: Services) -> None:
    asked = await invoked(app, "quiz")
    await answered(app, asked, KIM, right=True)
    restarted = App(replace(services, scores=Scores()))
    told = await answered(restarted, asked, ADA, right=True)
    assert "You have 1 of 1 right." in told.plain
    following = await pressed(restarted, asked, "Next question", KIM)
    assert "question 2 of" in following.plain
    assert "kim" not in following.plain
    # Not even a process that knows nothing of it posts the same question twice.
    assert "already" in (await pressed(app, asked, "Next question", KIM)).plain


async def test_a_communitys_own_question_is_asked_there_and_nowhere_else(app: App) -> None:
    base = app.services.pack.entries[0]
    own = QuizQuestion(
        "What did the walk raise in 2025?", "$4,300", ("$900", "$80"), "In 2025, the walk raised $4,300."
    )
    entry = replace(base, id="walk", topic="help", question="What did the walk raise?", alternatives=(), quiz=(own,))
    store = app.services.store
    await store.revise(CHANNEL.community, [Draft("walk", Change.ADDED, entry)], by=MODERATOR.id, now=NOW)
    asked = await invoked(app, "quiz", topic="help")
    assert "What did the walk raise in 2025?" in asked.plain
    assert {"$4,300", "$900", "$80"} <= {button.label for button in options(asked)}
    elsewhere = Place("test:channel/1", "test:community/2")
    assert "no quiz questions" in (await typed(app, "quiz help", place=elsewhere)).plain
    button = options(asked)[0]
    assert "doesn't count" in (await done(app, Press(KIM, elsewhere, button.action, button.value))).plain

    corrected = replace(entry, quiz=(replace(own, right="$4,900", why="In 2025, the walk raised $4,900."),))
    draft = Draft("walk", Change.EDITED, corrected, expected=1)
    await store.revise(CHANNEL.community, [draft], by=MODERATOR.id, now=NOW)
    told = await done(app, Press(KIM, CHANNEL, button.action, button.value))
    assert "A moderator has changed this question since it was asked, so it doesn't count." in told.plain
    assert app.services.scores.board(CHANNEL.community, button.value.split(" ")[3]) == ()
    assert "That was the only question." in (await pressed(app, asked, "Next question")).plain


async def test_forty_questions_are_played_without_a_fault(app: App) -> None:
    played: dict[str, Asked] = {}
    for _ in range(40):
        asked = await invoked(app, "quiz")
        for _ in range(ROUND):
            each = question_in(app, asked)
            told = await answered(app, asked, KIM, right=len(played) % 2 == 0)
            assert each.text.right in told.plain or each.text.why in told.plain
            played[each.key] = each
            asked = await pressed(app, asked, "Next question", KIM)
        if len(played) >= 40:
            return
    raise AssertionError(f"only {len(played)} questions came up")


@pytest.fixture
async def on_disk(services: Services, tmp_path: Path) -> AsyncIterator[tuple[App, Path]]:
    """A bot whose store is a file that can be looked into."""
    path = tmp_path / "kept.db"
    store = SqlStore(f"sqlite:///{path}")
    await store.migrate()
    yield App(replace(services, store=store)), tmp_path
    await store.close()


async def test_nothing_about_who_plays_is_written_down(on_disk: tuple[App, Path]) -> None:
    app, folder = on_disk
    asked = await invoked(app, "quiz")
    for _ in range(3):
        await answered(app, asked, KIM, right=True)
        asked = await pressed(app, asked, "Next question", KIM)
    assert "kim 3" in asked.plain
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"quiz/" in kept
    assert KIM.id.encode() not in kept
    assert KIM.name.encode() not in kept


def test_a_session_is_forgotten_two_hours_after_its_last_answer() -> None:
    now = 0.0
    scores = Scores(lambda: now)
    scores.count("c", "o1", "q1", KIM, picked=0, right=True)
    now = SESSION_SECONDS - 1
    assert scores.count("c", "o1", "q2", KIM, picked=0, right=True).score == scores.board("c", "o1")[0]
    now = 2 * SESSION_SECONDS - 2
    assert [(score.name, score.right, score.answered) for score in scores.board("c", "o1")] == [("kim", 2, 2)]
    now = 2 * SESSION_SECONDS
    assert scores.board("c", "o1") == ()


def test_scores_of_communities_and_sessions_are_apart_and_bounded() -> None:
    scores = Scores()
    scores.count("c", "o1", "q1", KIM, picked=0, right=True)
    assert scores.board("d", "o1") == scores.board("c", "o2") == ()
    for number in range(PLAYERS_LIMIT - 1):
        scores.count("c", "o1", "q1", User(f"u{number}", f"name {number}"), picked=1, right=False)
    assert scores.count("c", "o1", "q1", ADA, picked=0, right=True).score is None
    assert scores.count("c", "o1", "q2", KIM, picked=0, right=True).score is not None
    for number in range(COMMUNITY_SESSIONS_LIMIT):
        scores.count("d", f"p{number}", "q1", KIM, picked=0, right=True)
    assert scores.board("c", "o1")
    assert scores.board("d", "p0")
    scores.count("d", "one more", "q1", KIM, picked=0, right=True)
    assert scores.board("d", "p0") == ()
    assert scores.board("d", "p1")
    for number in range(SESSIONS_LIMIT):
        scores.count(f"e{number}", "p", "q1", KIM, picked=0, right=True)
    assert scores.board("c", "o1") == ()


async def test_who_comes_when_the_score_is_full_is_told_what_is_right_all_the_same(app: App) -> None:
    asked = await invoked(app, "quiz")
    for number in range(PLAYERS_LIMIT):
        await answered(app, asked, User(f"test:user/x{number}", "x"), right=False)
    told = await answered(app, asked, KIM, right=True)
    assert told.plain.startswith("Right")
    assert "too many players" in told.plain


async def test_a_long_board_is_cut(app: App) -> None:
    asked = await invoked(app, "quiz")
    for number in range(12):
        await answered(app, asked, User(f"test:user/x{number}", f"name {number:02}"), right=True)
    asked = await pressed(app, asked, "Next question")
    assert "name 09 1, and 2 more" in asked.plain
    while options(asked):
        asked = await pressed(app, asked, "Next question")
    assert "name 09: 1 right" in asked.plain
    assert "name 10" not in asked.plain
    assert "… and 2 more with points." in asked.plain


@pytest.mark.parametrize("action", ["quizpick", "quiznext", "quizmore", "quizagain", "quizalone", "sharequiz"])
@pytest.mark.parametrize("value", ["", "1", "o12345", "1 x y z o12zzzz", "9" * 90, "o123456 nothing", "1 o123456 none"])
async def test_a_button_that_was_tampered_with_is_refused_in_words(app: App, action: str, value: str) -> None:
    reply = await app.handle(Press(KIM, CHANNEL, action, value))
    assert isinstance(reply, Reply)
    assert "broke" not in reply.plain
    assert reply.private
