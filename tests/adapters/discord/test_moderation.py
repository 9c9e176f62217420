"""Moderators on Discord: from a question that nothing answered to its answer, files, and two of them at once."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest

from adapters.discord.events import DISCORD
from adapters.discord.outbox import DiscordOutbox
from adapters.discord.sending import UNKNOWN_INTERACTION
from bot.app.app import App
from bot.chat.events import Event
from bot.chat.replies import Delete, Reply, text
from bot.commands.context import Services
from knowledge.store.protocol import GRACE
from tests.adapters.discord.running import CALLBACK, Chat, labels, menu_of, served
from tests.servers.discord.faults import Fault
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.posts import Post
from tests.servers.discord.requests import Upload
from tests.servers.discord.rules.values import NotOffered, Value
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import User

pytestmark = pytest.mark.slow

UNKNOWN = "what is the parking fee at the gala in april"
HELPERS = "Helpers"
FILLED = {
    "question": "What does parking at the gala cost?",
    "answer": "Five dollars, in 2026.",
    "topic": ["about"],
    "source": "Gala leaflet\n2026\nMap https://example.org/map",
}


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with DiscordServer() as server:
        made = Chat(server)
        made.world.add_role(made.world.guild, HELPERS)
        async with served(app, server):
            yield made
        assert not server.violations
        assert not server.unexpected


async def moderated(chat: Chat, command: str, options: Mapping[str, Value] | None = None) -> Interaction:
    return await chat.server.slash(chat.head, chat.world.channel, f"ijm-mod {command}", options)


async def pressed(chat: Chat, post: Post, label: str, user: User | None = None) -> Post:
    """The answer to the button whose label begins so."""
    whole = next(each for each in labels(post) if each.startswith(label))
    return await chat.press(post, whole, user or chat.head)


async def answered(chat: Chat, question: str) -> str:
    return (await chat.slash("ijm ask", {"question": question})).text


async def saved(chat: Chat, opened: Interaction, values: Mapping[str, object]) -> Post:
    """What comes of a form that is filled in, looked at and saved."""
    preview = await (await chat.server.submit_modal(opened, values)).answered()
    assert preview.ephemeral
    assert "Preview: not saved yet" in preview.text
    return await pressed(chat, preview, "Save")


async def test_the_whole_way_from_a_question_nobody_answers_to_its_answer(chat: Chat) -> None:
    assert "I don't know that" in await answered(chat, UNKNOWN)
    queue = await (await moderated(chat, "review")).answered()
    assert "unanswered: 1" in queue.text
    item = await pressed(chat, queue, "Begin")
    assert item.id == queue.id, "the review is edited in place"
    assert UNKNOWN in item.text
    opened = await chat.pressed(item, "Answer it", chat.head)
    modal = await opened.modal()
    assert modal["title"] == "Add an answer"
    prefilled = {each["component"]["custom_id"]: each["component"].get("value") for each in modal["components"]}
    assert prefilled["question"] == UNKNOWN
    done = await saved(chat, opened, FILLED | {"phrasings": UNKNOWN})
    assert "Saved" in done.text
    for words in (UNKNOWN, "how much is parking at the gala"):
        shown = await answered(chat, words)
        assert "Five dollars, in 2026." in shown
        assert "Gala leaflet" in shown
        assert "[Map](https://example.org/map)" in shown
    history = await (await moderated(chat, "history", {"entry": "what-does-parking-at-the-gala-cost"})).answered()
    assert chat.head.mention in history.text
    assert history.pings == set()


async def test_an_edit_is_prefilled_and_the_topic_is_chosen_from_a_list(chat: Chat) -> None:
    opened = await moderated(chat, "edit", {"entry": "prevention"})
    topic = next(
        each["component"] for each in (await opened.modal())["components"] if each["component"]["custom_id"] == "topic"
    )
    assert [option["value"] for option in topic["options"] if option.get("default")] == ["outcomes"]
    done = await saved(chat, opened, {"answer": "It stops abuse before it starts."})
    assert "revision 2" in done.text
    assert "It stops abuse before it starts." in await answered(chat, "prevention")


async def test_entries_are_completed_while_they_are_typed_and_removed_ones_for_restore(chat: Chat) -> None:
    async def completed(path: str) -> list[str]:
        used = await chat.server.autocomplete(chat.head, chat.world.channel, path, "entry", "prevention")
        return [value for _, value in await used.choices()]

    assert (await completed("ijm-mod remove"))[0] == "prevention"
    assert await completed("ijm-mod restore") == []
    asked = await (await moderated(chat, "remove", {"entry": "prevention"})).answered()
    assert "Removed" in (await pressed(chat, asked, "Remove it")).text
    assert "prevention" not in await completed("ijm-mod remove")
    assert len(await completed("ijm-mod restore")) == 1
    sure = await (await moderated(chat, "restore", {"entry": "prevention"})).answered()
    assert "Saved" in (await pressed(chat, sure, "Bring it back")).text


async def test_what_nothing_answers_is_said_where_an_answer_is_explained_and_taken_back_in_the_settings(
    chat: Chat,
) -> None:
    words = "which impact did they have on that island city"
    before = await answered(chat, words)
    explained = await (await moderated(chat, "why", {"question": words})).answered()
    assert "I'll say that I don't know this" in (await pressed(chat, explained, "Nothing answers it")).text
    assert "I don't know that" in await answered(chat, words)
    listed = await (await moderated(chat, "settings")).answered()
    assert words in listed.text
    [(label, value)] = menu_of(listed)
    assert label == words
    assert "Taken back" in (await chat.choose(listed, value, chat.head)).text
    assert await answered(chat, words) == before


async def test_without_completion_an_entry_is_picked_from_a_menu(chat: Chat, services: Services) -> None:
    picking = await (await moderated(chat, "alias", {"phrasing": "the gravel road thing"})).answered()
    _, value = menu_of(picking)[0]
    picked = services.pack.entry(value.rpartition(" ")[2])
    assert picked is not None
    done = await chat.choose(picking, value, chat.head)
    if "Preview" in done.text:
        done = await pressed(chat, done, "Save")
    assert "Saved" in done.text
    assert picked.question in await answered(chat, "The gravel road thing?")


async def test_a_message_becomes_the_beginning_of_an_entry(chat: Chat) -> None:
    said = await chat.server.say(chat.world.member, chat.world.channel, "We meet on Mondays. Bring a friend.")
    with pytest.raises(NotOffered):
        await chat.server.message_command(chat.world.member, said, "Add to IJM answers")
    opened = await chat.server.message_command(chat.head, said, "Add to IJM answers")
    done = await saved(chat, opened, FILLED | {"question": "When does the chapter meet?"} | {"answer": "Mondays."})
    assert "Saved" in done.text
    used = await chat.server.message_command(chat.world.member, said, "Add to IJM answers", checked=False)
    assert "or you can't use it" in (await used.answered()).text


async def test_the_second_of_two_moderators_sees_the_difference_and_keeps_the_text(chat: Chat) -> None:
    other = chat._make_moderator()
    first = await moderated(chat, "edit", {"entry": "prevention"})
    await first.modal()
    told = await (
        await chat.server.slash(other, chat.world.channel, "ijm-mod edit", {"entry": "prevention"})
    ).answered()
    second = await chat.pressed(told, "Edit it anyway", other)
    theirs = await (await chat.server.submit_modal(second, {"answer": "Theirs, later."})).answered()
    await saved(chat, first, {"answer": "Mine, first."})
    told = await pressed(chat, theirs, "Save", other)
    assert "Someone else saved first" in told.text
    assert "- Mine, first." in told.text
    assert "+ Theirs, later." in told.text
    again = await (await chat.pressed(told, "Change it", other)).modal()
    answer = next(each["component"] for each in again["components"] if each["component"]["custom_id"] == "answer")
    assert answer["value"] == "Theirs, later."
    assert "Saved" in (await pressed(chat, told, "Save mine over it", other)).text
    assert "Theirs, later." in await answered(chat, "prevention")


async def test_an_export_comes_back_through_an_import_with_a_dry_run_first(chat: Chat) -> None:
    await saved(chat, await moderated(chat, "add"), FILLED)
    exported = await (await moderated(chat, "export", {"format": "csv"})).answered()
    (file,) = [chat.server.state.messages.uploads[each["id"]] for each in exported.json["attachments"]]
    assert file.filename == "ijm-answers.csv"
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row["question"] for row in rows] == [FILLED["question"]]
    changed = file.content.replace(b"Five dollars", b"Six dollars") + b",,,,,,,,,,,\r\nx,,Q?,,A,nonsense,S,,2026,,,\r\n"
    opened = await moderated(chat, "import")
    sent = await chat.server.submit_modal(opened, {"file": [Upload("back.csv", changed, "text/csv")]})
    dry = await sent.answered()
    assert "Dry run: nothing is changed yet" in dry.text
    assert "Row 4: topic" in dry.text
    assert [each["filename"] for each in dry.json["attachments"]] == ["import-report.csv"]
    assert "Five dollars" in await answered(chat, str(FILLED["question"]))
    assert "1 changed" in (await pressed(chat, dry, "Import 1 row")).text
    assert "Six dollars" in await answered(chat, str(FILLED["question"]))


async def test_a_role_that_an_admin_names_moderates(chat: Chat) -> None:
    role = next(each for each in chat.world.guild_roles(chat.world.guild.id) if each.name == HELPERS)
    helper = chat.world.add_user("helper")
    chat.world.add_member(chat.world.guild, helper, role)
    used = await chat.server.slash(helper, chat.world.channel, "ijm-mod review", checked=False)
    assert "or you can't use it" in (await used.answered()).text
    named = await chat.server.slash(
        chat.world.owner, chat.world.channel, "ijm-mod settings", {"moderators": role, "notices": chat.world.channel}
    )
    shown = await named.answered()
    assert f"<@&{role.id}>" in shown.text
    assert f"<#{chat.world.channel.id}>" in shown.text
    assert shown.pings == set()
    used = await chat.server.slash(helper, chat.world.channel, "ijm-mod review", checked=False)
    assert "Review" in (await used.answered()).text


async def test_leaving_a_server_deletes_its_entries_after_a_grace_and_coming_back_keeps_them(app: App) -> None:
    store, now = app.services.store, app.services.now()
    async with DiscordServer() as server:
        chat = Chat(server)
        home = f"discord:guild/{chat.world.guild.id}"
        async with served(app, server) as client:
            await saved(chat, await moderated(chat, "add"), FILLED)
            await client.wait_until_ready()
            await chat.settled()
            for told, is_left in (
                (server.gateway.leave, True),
                (server.gateway.join, False),
                (server.gateway.leave, True),
            ):
                told(chat.world.guild)
                await chat.settled()
                assert ((await store.outline(home)).left_at is not None) is is_left
    await store.expire(now + GRACE - timedelta(seconds=1))
    assert len(await store.history(home, "what-does-parking-at-the-gala-cost")) == 1
    await store.expire(now + GRACE)
    assert await store.history(home, "what-does-parking-at-the-gala-cost") == ()


async def test_a_faulty_form_comes_back_filled_with_one_press(chat: Chat) -> None:
    opened = await moderated(chat, "add")
    wrong = FILLED | {"source": "Gala leaflet\n2026\nhtp://example.org/map"}
    refused = await (await chat.server.submit_modal(opened, wrong)).answered()
    assert "is not an address. Did you mean https" in refused.text
    again = await chat.pressed(refused, "Change it", chat.head)
    modal = await again.modal()
    filled = {each["component"]["custom_id"]: each["component"].get("value") for each in modal["components"]}
    assert filled["answer"] == FILLED["answer"]
    assert filled["source"] == wrong["source"]


async def test_what_comes_too_late_for_its_interaction_is_written_to_its_author(chat: Chat) -> None:
    opened = await moderated(chat, "add")
    await opened.modal()
    chat.server.rest.faults.add(CALLBACK, Fault(404, {"message": "Unknown interaction", "code": UNKNOWN_INTERACTION}))
    await chat.server.submit_modal(opened, FILLED)
    direct = await chat.server.posted(chat.world.open_dm(chat.head))
    assert "Preview: not saved yet" in direct.text


async def test_without_the_message_content_intent_no_channel_is_said_to_be_passive(app: App) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        for read_messages in (False, True):
            async with served(app, server, read_messages=read_messages) as client:
                app.services.outboxes.connect(DISCORD.prefix, DiscordOutbox(client))
                shown = (await (await moderated(chat, "settings", {"passive": True})).answered()).text
            assert ("cannot read this channel yet" in shown) is not read_messages
            assert ("Message Content Intent" in shown) is not read_messages


async def test_who_wants_to_hear_of_an_answer_gets_a_direct_message(app: App) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        async with served(app, server) as client:
            outbox = DiscordOutbox(client)
            person = f"discord:user/{chat.world.member.id}"
            await outbox.tell(f"discord:guild/{chat.world.guild.id}", person, Reply((text("It is answered."),)))
            direct = await server.posted(chat.world.open_dm(chat.world.member))
            assert "It is answered." in direct.text


async def test_a_slow_act_says_what_it_does(chat: Chat, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = await moderated(chat, "add")
    await opened.modal()
    handle, told = app.handle, asyncio.Event()

    async def slow(event: Event) -> Reply | Delete | None:
        await told.wait()
        return await handle(event)

    monkeypatch.setattr(app, "handle", slow)
    sent = await chat.server.submit_modal(opened, FILLED)
    assert "Trying the questions that this could change" in (await sent.edited(1)).text
    told.set()
    filled = await sent.edited(2)
    assert "Preview: not saved yet" in filled.text
    assert "Trying" not in filled.text
