"""Of a conversation with one person nothing is kept, whatever they say, press or send in."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, insert, select

from bot.app.app import App
from bot.asking.ask import HANDLERS as VOTES
from bot.chat.events import Complete, Home, Invocation, Message, Place, Press, Submit, Typed, Upload, User
from bot.chat.replies import Reply
from bot.chat.roles import ADMINISTRATES
from bot.commands.context import Services
from bot.commands.declarations import Option
from knowledge.store import migrations
from knowledge.store.sql.store import SqlStore
from knowledge.store.sql.tables import metadata
from tests.knowledge.conftest import *  # noqa: F403 (databases)
from tests.people import CHANNEL, DANGER, MEMBER, MODERATOR, chosen, done, moderated, typed

ALONE = "discord:user/4711"
PLACE = Place("discord:channel/1", ALONE, direct=True)
# What a platform calls an administrator, to whom everything is open.
PERSON = User(ALONE, "Kim", frozenset({ADMINISTRATES}))
QUESTIONS = ("What is IJM?", "how do i bake bread", DANGER, "who leads our chapter", "topics", "x" * 3_000)


@pytest.fixture
async def alone(shared_url: str, services: Services) -> AsyncIterator[App]:
    store = SqlStore(shared_url)
    await store.migrate()
    yield App(replace(services, store=store))
    await store.close()


def given(option: Option) -> str | int | bool:
    """Something for an option to hold."""
    if option.choices:
        return next(iter(option.choices))
    return {bool: True, int: 2}.get(option.type, "What is IJM?")


async def test_of_a_direct_conversation_nothing_is_kept(alone: App) -> None:
    replies: list[Reply] = []

    async def tell(event: Message | Typed | Invocation | Press | Submit | Home) -> None:
        reply = await alone.handle(event)
        if isinstance(reply, Reply):
            replies.append(reply)

    for words in QUESTIONS:
        await tell(Message(PERSON, PLACE, words, addressed=True))
        await tell(Typed(PERSON, PLACE, words))
    await tell(Home(PERSON, PLACE))
    for command in alone.registry.commands:
        await tell(Invocation(PERSON, PLACE, command.name, {}, command.head))
        filled = {option.name: given(option) for option in command.options}
        await tell(Invocation(PERSON, PLACE, command.name, filled, command.head))
        for option in command.options:
            await alone.complete(Complete(PERSON, PLACE, command.name, option.name, "w", command.head))
    offered = {(each.action, each.value) for reply in replies for each in reply.choices}
    everything = {
        (action, value) for action in alone.registry.actions for value in ("", "outcomes", "what-is-ijm", "*")
    }
    for action, value in sorted(offered | everything):
        await tell(Press(PERSON, PLACE, action, value))
    for form in alone.registry.forms:
        values = dict.fromkeys(("question", "phrasings", "answer", "topic", "source", "days", "time", "zone"), "What?")
        await tell(Submit(PERSON, PLACE, form, values, {"file": Upload("x.json", b"[]")}))
    await alone.services.usage.write(alone.services.store)

    store = alone.services.store
    assert isinstance(store, SqlStore)
    assert "4711" not in await everything_in(store)
    assert VOTES.actions.keys() <= alone.registry.actions.keys()


async def test_a_person_can_delete_their_own_traces(app: App) -> None:
    store = app.services.store
    assert isinstance(store, SqlStore)
    await typed(app, "ask what is ijm")
    await done(app, Press(MEMBER, CHANNEL, "helpful", "what-is-ijm"))
    await moderated(app, "settings", helpline="Campus Safety, 555-123-4567")
    private = await typed(app, "privacy", MODERATOR)
    asked = await chosen(app, private, "Delete my traces", MODERATOR)
    assert "cannot be undone" in asked.plain
    assert "1 trace" not in (await chosen(app, asked, "Delete them", MODERATOR)).plain
    assert "Campus Safety" not in (await moderated(app, "settings")).plain
    assert MODERATOR.id not in await everything_in(store)
    before = await everything_in(store)
    assert "ballots: [" in before
    assert "Deleted: 1 trace" in (await done(app, Press(MEMBER, CHANNEL, "forget-me", ""))).plain
    assert "ballots: []" in await everything_in(store)


async def test_what_an_earlier_version_kept_of_direct_conversations_is_deleted(shared_url: str) -> None:
    def earlier(connection: Connection) -> None:
        migrations.upgrade(connection, "0004")
        for community in (ALONE, "discord:guild/1"):
            feedback = {"community": community, "entry_id": "outcomes", "revision": 1, "helpful": 1, "unhelpful": 0}
            connection.execute(insert(metadata.tables["feedback"]), feedback)
            connection.execute(insert(metadata.tables["voter_keys"]), {"community": community, "key": b"k"})

    store = SqlStore(shared_url)
    await store.database.rebuild(earlier)
    await store.migrate()
    kept = await everything_in(store)
    assert ALONE not in kept
    assert kept.count("discord:guild/1") == 2
    await store.close()


async def everything_in(store: SqlStore) -> str:
    """All rows of all tables, as text."""
    found = []
    for table in metadata.sorted_tables:
        rows = await store.database.rows(select(table))
        found.append(f"{table.name}: {[tuple(row) for row in rows]}")
    return "\n".join(found)
