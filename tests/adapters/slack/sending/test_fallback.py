"""What Slack refuses comes in a simpler form: as a message, an ephemeral one, an answer to a press, or a view."""

from typing import Any

import pytest

from tests.adapters.slack.running import SURE, label_of
from tests.servers.slack.rules.values import Channel, Message, User
from tests.servers.slack.server import SlackServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("connected")]

REFUSALS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")


def kinds(message: Message) -> set[str]:
    """The types of all blocks, and of what can be pressed in them."""
    return {block["type"] for block in message.blocks} | {element["type"] for element in message.elements}


async def asked(slack: SlackServer, kim: User, general: Channel, method: str) -> Message:
    """A question whose answer goes out by that method."""
    if method == "response_url":
        return await slack.slash(kim, general, "/ijm", SURE).message()
    if method == "chat.postEphemeral":
        return await slack.mention(kim, general, "/ijm referral").message()
    return await slack.mention(kim, general, SURE).message()


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral", "response_url"])
@pytest.mark.parametrize("refusal", REFUSALS)
async def test_blocks_that_slack_refuses_are_replaced_by_the_text(
    slack: SlackServer, kim: User, general: Channel, method: str, refusal: str
) -> None:
    usual = await asked(slack, kim, general, method)
    slack.faults.refuse(method, refusal, times=None, spares=lambda arguments: not arguments.get("blocks"))
    plain = await asked(slack, kim, general, method)
    assert plain.blocks == ()
    assert plain.text == usual.text
    assert plain.ephemeral_to == usual.ephemeral_to


@pytest.mark.parametrize("body", ["invalid_blocks", '{"ok": false, "error": "invalid_blocks"}'])
async def test_a_response_url_may_refuse_in_json_or_in_a_word(
    slack: SlackServer, kim: User, general: Channel, body: str
) -> None:
    for status in (400, 200):
        slack.faults.answer("response_url", status, body)
        slack.faults.answer("response_url", status, body)
        answer = await slack.slash(kim, general, "/ijm", SURE).message()
        assert (answer.blocks, answer.ephemeral_to) == ((), kim.id)
        assert "How long do aftercare programs last?" in answer.text


async def test_feedback_and_deletion_stand_beneath_an_answer_where_slack_takes_that(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    answer = await asked(slack, kim, general, "chat.postMessage")
    assert {"context_actions", "feedback_buttons", "icon_button"} <= kinds(answer)
    thanks = await slack.press(kim, answer, label_of(answer, "👎")).message()
    assert "not helpful" in thanks.shown
    icon = next(each for each in answer.elements if each["type"] == "icon_button")
    assert icon["confirm"]["style"] == "danger"
    (gone,) = await slack.press(kim, answer, icon["action_id"]).changes()
    assert gone.via == "chat.delete"


async def test_a_workspace_that_refuses_them_gets_buttons_from_then_on(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    slack.faults.refuse("chat.postMessage", "invalid_blocks")
    for calls in (2, 3):
        answer = await asked(slack, kim, general, "chat.postMessage")
        assert "context_actions" not in kinds(answer)
        assert {label_of(answer, label).partition(":")[0] for label in ("👍", "👎", "Delete")} == {
            "helpful",
            "unhelpful",
            "delete",
        }
        assert len(slack.calls("chat.postMessage")) == calls


async def test_blocks_that_are_too_long_say_nothing_of_the_next_reply(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    slack.faults.refuse("chat.postMessage", "msg_blocks_too_long")
    assert "context_actions" not in kinds(await asked(slack, kim, general, "chat.postMessage"))
    assert "context_actions" in kinds(await asked(slack, kim, general, "chat.postMessage"))


async def test_what_is_no_refusal_of_blocks_is_not_tried_again(slack: SlackServer, kim: User, general: Channel) -> None:
    slack.faults.refuse("chat.postMessage", "restricted_action")
    asking = slack.mention(kim, general, SURE)
    await slack.requests.wait(where=lambda request: request.method == "chat.postMessage")
    await slack.dm(kim, SURE).message()
    assert asking.said is not None
    assert slack.world.thread(asking.said) == ()
    assert len(slack.calls("chat.postMessage")) == 2


async def test_a_home_tab_that_slack_refuses_is_shown_as_text(slack: SlackServer, kim: User) -> None:
    slack.faults.refuse("views.publish", "invalid_arguments")
    start = await slack.open_home(kim).view()
    assert {block["type"] for block in start.blocks} == {"section"}
    assert "IJM answers" in start.shown
    usual = await slack.open_home(kim).view()
    slack.faults.refuse("views.publish", "invalid_blocks")
    topic: Any = await slack.press(kim, usual, "menu", "topic:aftercare").view()
    assert "Aftercare" in topic.shown
    back = await slack.press(kim, topic, "home:").view()
    assert back.blocks[0]["text"] == usual.blocks[0]["text"]
