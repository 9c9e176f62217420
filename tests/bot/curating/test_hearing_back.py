"""Members hear back: asked with consent, named or not, told once, and nothing of it where it may be about safety."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.app import App
from bot.chat.events import Invocation, Message, Place, Press, Submit, Upload
from bot.chat.outbox import Outbox, Unpostable
from bot.chat.replies import Reply
from bot.commands.context import Services
from knowledge.store.agreements import ASKER_LIFE
from tests.conftest import NOW
from tests.people import (
    ADMIN,
    CHANNEL,
    DANGER,
    MEMBER,
    MODERATOR,
    OTHER,
    chosen,
    done,
    form_of,
    invoked,
    moderated,
    sent,
)

pytestmark = pytest.mark.slow

UNKNOWN = "when is the bake sale"
ANSWER = {"answer": "Five dollars, in 2026.", "topic": "about", "source": "Gala leaflet\n2026"}


class Letters(Outbox):
    """Takes direct messages."""

    def __init__(self, error: Exception | None = None) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self.error = error

    async def check(self, community: str, place: str) -> None:
        """Every place takes posts."""

    async def tell(self, community: str, person: str, reply: Reply) -> None:
        if self.error:
            raise self.error
        self.taken.append((community, person, reply.plain))


@pytest.fixture
def letters(app: App) -> Letters:
    made = Letters()
    app.services.outboxes.connect("test:", made)
    return made


async def unanswered(app: App, words: str = UNKNOWN) -> Reply:
    return await done(app, Message(MEMBER, CHANNEL, words, addressed=True))


async def answered(app: App) -> Reply:
    """A moderator answers what waits first."""
    item = await chosen(app, await moderated(app, "review", show="unanswered"), "Begin")
    return await chosen(app, await sent(app, await chosen(app, item, "Answer it"), **ANSWER), "Save")


async def test_without_a_wish_nothing_says_who_asked(app: App, letters: Letters) -> None:
    reply = await chosen(app, await unanswered(app), "Ask the moderators", MEMBER)
    assert "without your name" in reply.plain
    assert "30 days" in reply.plain
    (miss,) = await app.services.store.misses(CHANNEL.community)
    assert await app.services.store.askers(CHANNEL.community, [miss.id]) == ()
    await answered(app)
    assert letters.taken == []


async def test_who_wants_to_is_told_once_when_a_moderator_answers(app: App, letters: Letters) -> None:
    asking = await chosen(app, await unanswered(app), "Ask the moderators", MEMBER)
    assert "I'll write to you" in (await chosen(app, asking, "Tell me", MEMBER)).plain
    item = await chosen(app, await moderated(app, "review", show="unanswered"), "Begin")
    assert "1 person wants to hear of the answer" in item.plain
    assert MEMBER.id not in item.plain
    assert MEMBER.name not in item.plain
    await answered(app)
    ((community, person, text),) = letters.taken
    assert (community, person) == (CHANNEL.community, MEMBER.id)
    assert "Five dollars, in 2026." in text
    assert len(letters.taken) == 1


async def test_who_wants_to_is_told_when_it_is_added_to_an_entry(app: App, letters: Letters) -> None:
    asking = await chosen(app, await unanswered(app, "who brings the cake"), "Ask the moderators", MEMBER)
    await chosen(app, asking, "Tell me", MEMBER)
    (miss,) = await app.services.store.misses(CHANNEL.community)
    reply = await done(app, Press(MODERATOR, CHANNEL, "addto", f"asked-{miss.id} evidence-cebu"))
    if "Preview" in reply.plain:
        await chosen(app, reply, "Save")
    ((_, person, text),) = letters.taken
    assert person == MEMBER.id
    assert "79%" in text


@pytest.mark.parametrize("door", ["add", "alias", "import", "approved"])
async def test_an_answer_by_any_door_takes_the_question_from_the_review_and_is_told_once(
    app: App, letters: Letters, door: str
) -> None:
    asking = await chosen(app, await unanswered(app, "Who waters the ferns?"), "Ask the moderators", MEMBER)
    await chosen(app, asking, "Tell me", MEMBER)
    typed = {**ANSWER, "question": "Who looks after the plants?", "phrasings": "who waters the ferns"}
    if door == "alias":
        reply = await moderated(app, "alias", phrasing="who waters the ferns", entry="evidence-cebu")
        await (chosen(app, reply, "Save") if "Preview" in reply.plain else asyncio.sleep(0))
    elif door == "import":
        rows = b"question,answer,topic,source,year\nwho waters the FERNS?,Dana does.,about,Club wiki,2026\n"
        form = form_of(await moderated(app, "import"))
        dry = await done(app, Submit(MODERATOR, CHANNEL, form.id, {}, {"file": Upload("ferns.csv", rows)}))
        await chosen(app, dry, "Import 1 row")
    else:
        if door == "approved":
            await moderated(app, "settings", ADMIN, approval=True)
        await chosen(app, await sent(app, await moderated(app, "add"), **typed), "S")
    if door == "approved":
        assert letters.taken == []
        item = await chosen(app, await moderated(app, "review", ADMIN), "Begin", ADMIN)
        await chosen(app, item, "Approve it", ADMIN)
    assert [person for _, person, _ in letters.taken] == [MEMBER.id]
    assert "unanswered" not in (await moderated(app, "review")).plain


async def test_who_agrees_is_named_to_moderators_and_can_be_told_too(app: App, letters: Letters) -> None:
    asking = await chosen(app, await unanswered(app), "Ask the moderators", MEMBER)
    named = await chosen(app, asking, "Show them my name", MEMBER)
    await chosen(app, named, "Tell me", MEMBER)
    item = await chosen(app, await moderated(app, "review", show="unanswered"), "Begin")
    assert f"Asked by {MEMBER.id}" in item.plain
    await answered(app)
    assert len(letters.taken) == 1


async def test_dismissing_forgets_who_asked_and_so_does_time_and_their_wish(services: Services) -> None:
    times = [NOW]
    app = App(replace(services, now=lambda: times[0]))
    store = services.store

    async def wished() -> str:
        asking = await chosen(app, await unanswered(app), "Ask the moderators", MEMBER)
        await chosen(app, asking, "Tell me", MEMBER)
        (miss,) = await store.misses(CHANNEL.community)
        assert await store.askers(CHANNEL.community, [miss.id])
        return miss.id

    question = await wished()
    await chosen(app, await chosen(app, await moderated(app, "review", show="unanswered"), "Begin"), "Dismiss")
    assert await store.askers(CHANNEL.community, [question]) == ()
    question = await wished()
    await store.expire(NOW + ASKER_LIFE + timedelta(seconds=1))
    assert await store.askers(CHANNEL.community, [question]) == ()
    question = await wished()
    sure = await moderated(app, "forget", ADMIN, person=MEMBER.id)
    assert "Deleted: 1 trace" in (await chosen(app, sure, "Delete the traces", ADMIN)).plain
    assert await store.askers(CHANNEL.community, [question]) == ()


async def test_privacy_says_it(app: App) -> None:
    assert "hear of an answer" in (await invoked(app, "privacy")).plain


async def test_who_takes_no_messages_keeps_nobody_from_saving(app: App, letters: Letters) -> None:
    letters.error = Unpostable("no direct messages")
    asking = await chosen(app, await unanswered(app), "Ask the moderators", MEMBER)
    await chosen(app, asking, "Tell me", MEMBER)
    assert "Saved" in (await answered(app)).plain


async def test_nothing_of_it_happens_where_it_may_be_about_somebodys_safety(app: App) -> None:
    for words in (DANGER, "is someone i know being trafficked, what should i do"):
        reply = await app.handle(Message(MEMBER, CHANNEL, words, addressed=True))
        assert isinstance(reply, Reply)
        assert not any(button.action.startswith("ask-mods") for button in reply.buttons)
        reply = await app.handle(Invocation(OTHER, CHANNEL, "ask", {"question": words}))
        assert isinstance(reply, Reply)
        assert not any(button.action.startswith("ask-mods") for button in reply.buttons)


async def test_there_is_nobody_to_ask_in_a_direct_conversation_without_a_community(app: App) -> None:
    alone = Place("test:dm/2", OTHER.id, direct=True)
    reply = await done(app, Message(OTHER, alone, UNKNOWN, addressed=True))
    assert not any(button.action.startswith("ask-mods") for button in reply.buttons)
    forged = await done(app, Press(OTHER, alone, "ask-mods-tell", "0" * 16))
    assert "server" in forged.plain


async def test_a_wish_for_a_question_that_does_not_wait_keeps_nothing(app: App) -> None:
    reply = await done(app, Press(MEMBER, CHANNEL, "ask-mods-tell", "0" * 16))
    assert "no longer waiting" in reply.plain
    assert await app.services.store.askers(CHANNEL.community, ["0" * 16]) == ()


async def test_what_was_offered_and_not_picked_waits_and_what_was_picked_does_not(app: App) -> None:
    store = app.services.store
    made = await store.add_miss(CHANNEL.community, "k", "which results please", now=NOW, offered=True)
    listed = await moderated(app, "review")
    assert "offered but not picked: 1" in listed.plain
    only = await chosen(app, listed, "Only offered but not picked")
    assert "none was picked" in (await chosen(app, only, "Begin")).plain
    picked = await done(app, Press(MEMBER, CHANNEL, "picked", f"{made} evidence-cebu"))
    assert "79%" in picked.plain
    assert await store.misses(CHANNEL.community) == ()


async def test_who_meant_none_of_what_was_offered_can_ask_the_moderators(app: App, letters: Letters) -> None:
    made = await app.services.store.add_miss(CHANNEL.community, "k", "which results please", now=NOW, offered=True)
    none = await done(app, Press(MEMBER, CHANNEL, "none-of", f"{made} evidence-cebu"))
    await chosen(app, await chosen(app, none, "Ask the moderators", MEMBER), "Tell me", MEMBER)
    assert "unanswered: 1" in (await moderated(app, "review")).plain
    await answered(app)
    assert len(letters.taken) == 1
