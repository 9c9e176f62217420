"""Nobody fills the disk: what is kept has a limit, and what is not kept is handed back."""

import pytest

import knowledge.store.sql.parts.queue as queue
from bot.app.app import App
from bot.chat.events import Message, Submit
from knowledge.store.protocol import QuotaReached, Store
from tests.conftest import NOW
from tests.knowledge.conftest import *  # noqa: F403 (databases)
from tests.knowledge.store.databases import HOME
from tests.people import CHANNEL, MEMBER, MODERATOR, done, moderated, sent

HALVES = "what is \ud83d\ude00 ijm \ud800?"


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test reaches soon."""
    monkeypatch.setattr(queue, "DRAFTS_LIMIT", 5)
    monkeypatch.setattr(queue, "PERSONAL_DRAFTS_LIMIT", 3)
    monkeypatch.setattr(queue, "SUGGESTIONS_LIMIT", 3)
    monkeypatch.setattr(queue, "MISSES_LIMIT", 4)


async def test_drafts_have_a_limit_for_each_person_and_community(store: Store) -> None:
    first = await store.keep_typed(HOME, {"a": 1}, by="kim", now=NOW)
    for _ in range(2):
        await store.keep_typed(HOME, {}, by="kim", now=NOW)
    with pytest.raises(QuotaReached, match="you have 3 drafts"):
        await store.keep_typed(HOME, {}, by="kim", now=NOW)
    assert await store.keep_typed(HOME, {"a": 2}, by="kim", now=NOW, typed_id=first) == first
    for _ in range(2):
        await store.keep_typed(HOME, {}, by="lee", now=NOW)
    with pytest.raises(QuotaReached, match="this community has 5 drafts"):
        await store.keep_typed(HOME, {}, by="lee", now=NOW)
    await store.keep_typed("another", {}, by="kim", now=NOW)
    await store.drop_typed(HOME, first)
    await store.keep_typed(HOME, {}, by="kim", now=NOW)
    with pytest.raises(QuotaReached, match="too long"):
        await store.keep_typed("third", {"a": "x" * 3_000_000}, by="kim", now=NOW)


async def test_of_questions_without_an_answer_the_rarest_make_room(store: Store) -> None:
    for _ in range(3):
        await store.add_miss(HOME, "often", "often", now=NOW)
    for number in range(10):
        await store.add_miss(HOME, f"once {number}", f"once {number}", now=NOW)
    kept = await store.misses(HOME)
    assert len(kept) <= 5
    assert kept[0].text == "often"
    assert "once 9" in {miss.text for miss in kept}


async def test_what_is_not_kept_any_more_is_handed_back(app: App) -> None:
    for number in range(3):
        said = await done(app, Submit(MEMBER, CHANNEL, "suggest", {"question": f"Question {number}?"}))
        assert "I kept this" in said.plain
    said = await done(app, Submit(MEMBER, CHANNEL, "suggest", {"question": "My long thought?"}))
    assert "3 suggestions wait" in said.plain
    assert "My long thought?" in said.plain
    opened = [await moderated(app, "add") for _ in range(3)]
    assert "you have 3 drafts" in (await moderated(app, "add")).plain
    kept = await sent(app, opened[0], question="What is our motto?", answer="Justice.", topic="about", source="X\n2026")
    assert "Preview" in kept.plain
    new = await done(app, Submit(MODERATOR, CHANNEL, "entry:gone", {"question": "Lost?", "answer": "My words."}))
    assert "My words." in new.plain


@pytest.mark.parametrize("words", [HALVES, "\ud800", "\udc00 \ud800"])
async def test_half_a_character_is_answered(app: App, words: str) -> None:
    for event in (
        Message(MEMBER, CHANNEL, words, addressed=True),
        Submit(MEMBER, CHANNEL, "suggest", {"question": f"Where? {words}"}),
        Submit(MODERATOR, CHANNEL, "entry:", {"question": words, "answer": words, "source": words, "topic": words}),
    ):
        reply = await done(app, event)
        assert "something went wrong" not in reply.plain
        assert reply.plain.encode()
