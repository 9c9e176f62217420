"""Moderators on Slack: from a question that nothing answered to its answer, files, and what works in threads."""

import asyncio
import csv
import io

import pytest

from adapters.slack.commands import scopes
from bot.app.app import App
from bot.chat.events import Event
from bot.chat.outbox import Unpostable
from bot.chat.replies import Delete, Reply, text
from tests.adapters.slack.running import label_of, over_socket_mode
from tests.servers.slack.deliveries import Delivery
from tests.servers.slack.rules.values import Channel, Message, User
from tests.servers.slack.server import SlackServer

UNKNOWN = "what is the parking fee at the gala in april"
FILLED = {
    "question": "What does parking at the gala cost?",
    "answer": "Five dollars, in 2026.",
    "topic": "about",
    "source": "Gala leaflet\n2026\nMap https://example.org/map",
}

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("connected")]


def begins(message: Message, label: str) -> str:
    """The id of the button whose label begins so."""
    return next(
        str(element["action_id"])
        for element in message.elements
        if element["type"] == "button" and element["text"]["text"].startswith(label)
    )


async def pressed(slack: SlackServer, user: User, message: Message, label: str) -> Message:
    return await slack.press(user, message, begins(message, label)).message()


async def moderated(slack: SlackServer, user: User, channel: Channel, line: str) -> Message:
    return await slack.slash(user, channel, "/ijm-mod", line).message()


async def asked(slack: SlackServer, user: User, channel: Channel, question: str) -> str:
    return (await slack.slash(user, channel, "/ijm", question).message()).shown


async def saved(slack: SlackServer, user: User, opening: Delivery, values: dict[str, object]) -> Message:
    """What comes of a form that is filled in, looked at and saved."""
    preview = await slack.submit_view(user, await opening.view(), values).message()
    assert preview.ephemeral_to == user.id
    assert "Preview: not saved yet" in preview.shown
    return await pressed(slack, user, preview, "Save")


async def test_the_whole_way_from_a_question_nobody_answers_to_its_answer(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    assert "I don't know that" in await asked(slack, kim, general, UNKNOWN)
    queue = await moderated(slack, ada, general, "review")
    assert "unanswered: 1" in queue.shown
    item = await pressed(slack, ada, queue, "Begin")
    assert item.ts == queue.ts, "the review is edited in place"
    assert UNKNOWN in item.shown
    opening = slack.press(ada, item, begins(item, "Answer it"))
    view = await opening.view()
    question = next(block["element"] for block in view.blocks if block["block_id"] == "question")
    assert question["initial_value"] == UNKNOWN
    done = await saved(slack, ada, opening, FILLED | {"phrasings": UNKNOWN})
    assert "Saved" in done.shown
    for words in (UNKNOWN, "how much is parking at the gala"):
        shown = await asked(slack, kim, general, words)
        assert "Five dollars, in 2026." in shown
        assert "Gala leaflet" in shown
    history = await moderated(slack, ada, general, "history what-does-parking-at-the-gala-cost")
    assert f"<@{ada.id}>" in str(history.blocks)
    assert history.ephemeral_to == ada.id


async def test_an_edit_is_prefilled_with_its_topic_and_an_entry_is_picked_from_a_list(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    picking = await moderated(slack, ada, general, "edit")
    menu = next(element for element in picking.elements if element["type"] == "static_select")
    opening = slack.press(ada, picking, menu["action_id"], "edit:prevention")
    topic = next(block["element"] for block in (await opening.view()).blocks if block["block_id"] == "topic")
    assert topic["initial_option"]["value"] == "outcomes"
    done = await saved(slack, ada, opening, {"answer": "It stops abuse before it starts."})
    assert "revision 2" in done.shown
    assert "It stops abuse before it starts." in await asked(slack, kim, general, "prevention")


async def test_what_nothing_answers_is_said_where_an_answer_is_explained_and_taken_back_in_the_settings(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    words = "which impact did they have on that island city"
    before = await asked(slack, kim, general, words)
    explained = await moderated(slack, ada, general, f"why {words}")
    assert "I'll say that I don't know this" in (await pressed(slack, ada, explained, "Nothing answers it")).shown
    assert "I don't know that" in await asked(slack, kim, general, words)
    listed = await moderated(slack, ada, general, "settings")
    assert "Questions that nothing answers here: 1" in listed.shown
    assert "Taken back" in (await pressed(slack, ada, listed, words)).shown
    assert await asked(slack, kim, general, words) == before


async def test_in_a_thread_a_mention_does_what_a_slash_command_does(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    parent = slack.mention(kim, general, UNKNOWN)
    await parent.message()
    assert parent.said is not None
    thread = parent.said.ts
    queue = await slack.mention(ada, general, "/ijm-mod review", thread_ts=thread).message()
    assert "Review" in queue.shown
    assert queue.ephemeral_to == ada.id
    # A form needs something to be pressed, so a button opens it.
    offered = await slack.mention(ada, general, "/ijm-mod add when do we meet?", thread_ts=thread).message()
    opening = slack.press(ada, offered, label_of(offered, "Open the form"))
    done = await saved(slack, ada, opening, FILLED | {"question": "When do we meet?"})
    assert "Saved" in done.shown


async def test_a_message_becomes_the_beginning_of_an_entry(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    said = slack.say(kim, general, "We meet on Mondays. Bring a friend.").said
    assert said is not None
    opening = slack.message_shortcut(ada, said, "add")
    answer = next(block["element"] for block in (await opening.view()).blocks if block["block_id"] == "answer")
    assert answer["initial_value"] == "We meet on Mondays. Bring a friend."
    assert "Saved" in (await saved(slack, ada, opening, FILLED)).shown
    refused = await slack.message_shortcut(kim, said, "add").message()
    assert "or you can't use it" in refused.shown


async def test_an_export_comes_back_through_an_import_with_a_dry_run_first(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    await saved(slack, ada, slack.slash(ada, general, "/ijm-mod", "add"), FILLED)
    await moderated(slack, ada, general, "export")
    (name,) = [key for key, file in slack.world.files.items() if file["name"] == "ijm-answers.csv"]
    content = slack.world.files[name]["content"]
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["question"] for row in rows] == [FILLED["question"]]
    # A file cannot be ephemeral, so it comes in the direct conversation.
    direct = slack.world.im(ada, slack.world.bots[slack.team.id])
    assert any(message.files for message in slack.world.said_in(direct))
    view = await slack.slash(ada, general, "/ijm-mod", "import").view()
    file = slack.file(ada, "back.csv", content.replace(b"Five dollars", b"Six dollars"))
    changes = await slack.submit_view(ada, view, {"file": [file]}).changes(3)
    # The form is closed by the acknowledgment, which may come after the messages.
    report, dry = [change.message for change in changes if change.message is not None]
    assert (report.channel, dry.channel) == (direct.id, general.id)
    assert "Dry run: nothing is changed yet" in dry.shown
    assert "it is in our direct conversation" in dry.shown
    assert "Five dollars" in await asked(slack, kim, general, FILLED["question"])
    assert "1 changed" in (await pressed(slack, ada, dry, "Import 1 row")).shown
    assert "Six dollars" in await asked(slack, kim, general, FILLED["question"])


async def test_a_user_group_that_an_admin_names_moderates(
    slack: SlackServer, kim: User, ada: User, general: Channel, app: App
) -> None:
    owner = slack.world.add_user(slack.team, "olu", is_owner=True)
    slack.join(owner, general)
    group = slack.world.add_group(slack.team, "helpers", kim)
    line = f"settings moderators:<!subteam^{group.id}|@helpers> notices:<#{general.id}|general>"
    assert "admins" in (await moderated(slack, ada, general, line)).shown
    shown = await moderated(slack, owner, general, line)
    assert f"<#{general.id}>" in str(shown.blocks)
    assert f"<!subteam^{group.id}>" in str(shown.blocks)
    assert "Review" in (await moderated(slack, kim, general, "review")).shown
    assert "or you can't use it" in (await moderated(slack, kim, general, "forget everything:true")).shown


async def test_a_form_that_slack_does_not_let_the_bot_open_is_told(
    slack: SlackServer, ada: User, general: Channel
) -> None:
    slack.faults.refuse("views.open", "invalid_arguments")
    told = await moderated(slack, ada, general, "import")
    assert "An admin may have to install me again" in told.shown


async def test_faults_stand_under_their_fields_and_the_form_stays_open(
    slack: SlackServer, ada: User, general: Channel
) -> None:
    view = await slack.slash(ada, general, "/ijm-mod", "add").view()
    wrong = FILLED | {"source": "Gala leaflet\nwww.example.org/map"}
    ack = await slack.submit_view(ada, view, wrong).ack()
    assert isinstance(ack.body, dict)
    assert ack.body["response_action"] == "errors"
    assert set(ack.body["errors"]) == {"source"}
    assert "Did you mean https://www.example.org/map?" in ack.body["errors"]["source"]
    assert "write the year" in ack.body["errors"]["source"]
    preview = await slack.submit_view(ada, view, FILLED).message()
    assert "Preview: not saved yet" in preview.shown


async def test_what_comes_too_late_for_its_conversation_is_written_to_its_author(
    slack: SlackServer, ada: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await slack.slash(ada, general, "/ijm-mod", "add").view()
    later = slack.world.clock() + 31 * 60
    monkeypatch.setattr(slack.world, "clock", lambda: later)
    preview = await slack.submit_view(ada, view, FILLED).message()
    assert preview.channel == slack.world.im(ada, slack.world.bots[slack.team.id]).id
    assert "Preview: not saved yet" in preview.shown
    assert "Saved" in (await pressed(slack, ada, preview, "Save")).shown


@pytest.mark.parametrize("hears", [False, True])
async def test_a_channel_whose_messages_slack_does_not_give_is_not_said_to_be_passive(app: App, hears: bool) -> None:
    async with SlackServer() as slack:
        slack.world.refuse_tokens(slack.team, "token_revoked")
        token = slack.world.install(slack.team, scopes(passive=hears))
        admin = slack.world.add_user(slack.team, "olu", is_admin=True)
        channel = slack.world.add_channel(slack.team, "facts", admin)
        async with over_socket_mode(app, slack, bot_token=token):
            shown = (await moderated(slack, admin, channel, "settings passive:true")).shown
    assert ("cannot read this channel yet" in shown) is not hears
    assert ("channels:history" in shown) is not hears


async def test_who_wants_to_hear_of_an_answer_gets_a_direct_message(
    slack: SlackServer, kim: User, ada: User, general: Channel, app: App
) -> None:
    home = f"slack:{slack.team.id}"
    await app.services.outboxes.tell(home, f"{home}/{kim.id}", Reply((text("A moderator has answered it."),)))
    direct = slack.world.im(kim, slack.world.bots[slack.team.id])
    assert [message.text for message in slack.world.said_in(direct)] == ["A moderator has answered it."]
    with pytest.raises(Unpostable):
        await app.services.outboxes.tell(home, "slack:T0/U1", Reply((text("No."),)))


async def test_a_slow_act_says_what_it_does(
    slack: SlackServer, ada: User, general: Channel, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await slack.slash(ada, general, "/ijm-mod", "add").view()
    handle, told = app.handle, asyncio.Event()

    async def slow(event: Event) -> Reply | Delete | None:
        await told.wait()
        return await handle(event)

    monkeypatch.setattr(app, "handle", slow)
    sent = slack.submit_view(ada, view, FILLED)
    assert "Trying the questions that this could change" in (await sent.message()).text
    told.set()
    shown = [change.message.shown for change in await sent.changes(3) if change.message]
    assert any("Preview: not saved yet" in text for text in shown)
