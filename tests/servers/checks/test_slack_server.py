"""What people do in the local Slack reaches a real slack-bolt app, and its answers come back, over both transports."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.example import HOME, MODAL, bolt, over_http, over_socket_mode
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Campus:
    """A workspace with a channel and two people in it, and the app connected."""

    slack: SlackServer
    app: AsyncApp
    member: User
    admin: User
    general: Channel


Connect = Callable[[SlackServer, AsyncApp], AbstractAsyncContextManager[Any]]


@pytest.fixture(params=[over_socket_mode, over_http])
async def campus(request: pytest.FixtureRequest) -> AsyncIterator[Campus]:
    async with SlackServer() as slack:
        member, admin = (
            slack.world.add_user(slack.team, "member"),
            slack.world.add_user(slack.team, "admin", is_admin=True),
        )
        general = slack.world.add_channel(slack.team, "general", member, admin)
        app = bolt(slack)
        connect: Connect = request.param
        async with connect(slack, app):
            yield Campus(slack, app, member, admin, general)
        assert slack.unexpected == ()


async def test_a_command_is_acked_and_answered(campus: Campus) -> None:
    asked = campus.slack.slash(campus.member, campus.general, "/ijm", "what is R&D?")
    ack = await asked.ack()
    assert (ack.ok, ack.body) == (True, "")
    answer = await asked.message()
    assert answer.text == "You asked: what is R&amp;D?"
    assert answer.author == campus.slack.bot
    assert campus.slack.world.said_in(campus.general) == (answer,)


async def test_an_ack_with_a_text_is_shown_to_the_asker_alone(campus: Campus) -> None:
    answer = await campus.slack.slash(campus.member, campus.general, "/quick").message()
    assert (answer.text, answer.ephemeral_to) == ("at once", campus.member.id)
    assert campus.slack.world.whispered_to(campus.member) == (answer,)
    assert campus.slack.world.whispered_to(campus.admin) == ()
    assert campus.slack.world.said_in(campus.general) == ()


async def test_a_mention_in_a_thread_is_answered_in_the_thread(campus: Campus) -> None:
    parent = campus.slack.say(campus.admin, campus.general, "anyone?").said
    assert parent is not None
    asked = campus.slack.mention(campus.member, campus.general, "you?", thread_ts=parent.ts)
    assert (await asked.ack()).ok
    answer = await asked.message()
    assert (answer.thread_ts, answer.shown) == (parent.ts, "*Yes*\nMore")
    assert campus.slack.world.thread(parent) == (asked.said, answer)


async def test_a_mention_is_two_events_about_one_message(campus: Campus) -> None:
    asked = campus.slack.mention(campus.member, campus.general, "you?")
    await asked.message()
    told = [one.payload for one in campus.slack.deliveries if one.said == asked.said]
    assert [one["event"]["type"] for one in told] == ["message", "app_mention"]
    assert len({one["event"]["ts"] for one in told}) == 1
    assert len({one["event_id"] for one in told}) == 2


async def test_a_direct_message_is_answered(campus: Campus) -> None:
    asked = campus.slack.dm(campus.member, "see https://ijm.org <3")
    answer = await asked.message()
    assert answer.text == "Direct: see <https://ijm.org> &lt;3"
    assert asked.event["channel_type"] == "im"


async def test_the_app_is_told_of_its_own_messages_and_leaves_them_alone(campus: Campus) -> None:
    answer = await campus.slack.dm(campus.member, "hello").message()
    (echo,) = await campus.slack.deliveries.wait(where=lambda one: one.said == answer)
    assert (await echo.ack()).ok
    assert echo.event["bot_id"] == campus.slack.bot.bot_id
    # Had the app answered itself, the answer to the next message would not be the second one.
    await campus.slack.dm(campus.member, "again").message()
    assert [change.did for change in campus.slack.world.changes] == [Did.POSTED, Did.POSTED]


async def test_edits_and_deletions_are_told_one_level_down(campus: Campus) -> None:
    said = campus.slack.say(campus.member, campus.general, "frist").said
    assert said is not None
    edited = campus.slack.edit(campus.member, said, "first")
    assert (await edited.ack()).ok
    assert edited.event["subtype"] == "message_changed"
    assert edited.event["message"]["text"] == "first"
    assert edited.event["previous_message"]["text"] == "frist"
    deleted = campus.slack.delete(campus.member, said)
    assert (await deleted.ack()).ok
    assert deleted.event["deleted_ts"] == said.ts
    assert campus.slack.world.said_in(campus.general) == ()


async def test_a_button_is_pressed_and_answered_to_the_presser_alone(campus: Campus) -> None:
    answer = await campus.slack.mention(campus.member, campus.general, "you?").message()
    pressed = campus.slack.press(campus.admin, answer, "more")
    assert (await pressed.ack()).ok
    more = await pressed.message()
    assert (more.text, more.ephemeral_to) == ("More of 7", campus.admin.id)
    assert pressed.payload["message"]["blocks"][1]["elements"][0]["value"] == "7"
    assert pressed.payload["container"]["message_ts"] == answer.ts


async def test_what_is_not_there_cannot_be_pressed(campus: Campus) -> None:
    answer = await campus.slack.mention(campus.member, campus.general, "you?").message()
    with pytest.raises(AssertionError, match=r"no element 'more' with value '8'"):
        campus.slack.press(campus.member, answer, "more", "8")
    with pytest.raises(AssertionError, match="stranger is not in general"):
        campus.slack.press(campus.slack.world.add_user(campus.slack.team, "stranger"), answer, "more")


async def test_a_shortcut_opens_a_modal_that_can_be_sent_in(campus: Campus) -> None:
    said = campus.slack.say(campus.admin, campus.general, "what is bonded labour?").said
    assert said is not None
    chosen = campus.slack.message_shortcut(campus.member, said, "answer")
    assert (await chosen.ack()).ok
    modal = await chosen.view()
    assert modal.shown == "Suggest\nYour question"
    assert campus.slack.world.modals_of(campus.member) == (modal,)
    sent = campus.slack.submit_view(campus.member, modal, {"question": "how many?"})
    assert (await sent.ack()).body == ""
    assert campus.slack.world.modals_of(campus.member) == ()
    assert (await sent.message()).text == "Thank you for how many?"


async def test_a_modal_with_errors_stays_open(campus: Campus) -> None:
    said = campus.slack.say(campus.admin, campus.general, "hello").said
    assert said is not None
    modal = await campus.slack.message_shortcut(campus.member, said, "answer").view()
    sent = campus.slack.submit_view(campus.member, modal, {"b-question": "?"})
    assert (await sent.ack()).body == {"response_action": "errors", "errors": {"b-question": "That is no question"}}
    assert [view.id for view in campus.slack.world.modals_of(campus.member)] == [modal.id]
    with pytest.raises(AssertionError, match="'Your question' has to be filled in"):
        campus.slack.submit_view(campus.member, modal, {"question": ""})


async def test_the_home_tab_is_published_when_it_is_opened(campus: Campus) -> None:
    opened = campus.slack.open_home(campus.member)
    assert (await opened.ack()).ok
    home = await opened.view()
    assert home.shown == "Welcome"
    assert campus.slack.world.home_of(campus.member) == home
    assert campus.slack.world.home_of(campus.admin) is None
    again = campus.slack.open_home(campus.member)
    assert again.event["view"]["id"] == home.id
    await again.view()


async def test_an_event_comes_again_with_the_same_id(campus: Campus) -> None:
    asked = campus.slack.mention(campus.member, campus.general, "you?")
    await asked.message()
    again = campus.slack.redeliver(asked)
    assert (await again.ack()).ok
    # The example does not remember event ids, so it answers twice.
    assert (await again.message()).text == "Yes"
    assert again.payload["event_id"] == asked.payload["event_id"]


async def test_a_command_that_nobody_answers_is_not_acked(campus: Campus) -> None:
    asked = campus.slack.slash(campus.member, campus.general, "/nobody")
    if campus.slack.http is not None:
        assert (await asked.ack()).status == 404
    else:
        campus.slack.socket.ack_seconds = 0.1
        asked = campus.slack.slash(campus.member, campus.general, "/nobody")
        with pytest.raises(AssertionError, match="not acked: timeout"):
            await asked.ack()


async def test_events_without_their_scope_or_subscription_are_not_sent(campus: Campus) -> None:
    world = campus.slack.world
    bare = world.add_team("Bare", scopes=("chat:write",))
    guest = world.add_user(bare, "guest")
    with pytest.raises(AssertionError, match="has not the scope app_mentions:read"):
        await campus.slack.mention(guest, world.add_channel(bare, "general", guest), "hello").ack()
    outside = world.add_channel(campus.slack.team, "outside", campus.member, with_bot=False)
    with pytest.raises(AssertionError, match="the app is not in the channel"):
        await campus.slack.mention(campus.member, outside, "hello").ack()


@pytest.mark.parametrize("connect", [over_socket_mode, over_http])
async def test_everything_else_that_people_do_reaches_the_app_too(connect: Connect) -> None:
    async with SlackServer() as slack:
        app = AsyncApp(
            client=AsyncWebClient(slack.bot_token, base_url=slack.web_api_url),
            signing_secret=slack.app.signing_secret,
        )

        async def ack_all(ack: Any) -> Any:
            return await ack()

        app.use(ack_all)
        member = slack.world.add_user(slack.team, "member")
        general = slack.world.add_channel(slack.team, "general", member, with_bot=False)
        options = [{"text": {"type": "plain_text", "text": "Courts"}, "value": "courts"}]
        pick = {"type": "static_select", "action_id": "topic", "options": options}
        chooser = {"type": "actions", "block_id": "b", "elements": [pick]}
        client = app.client
        async with connect(slack, app):
            home = HOME | {"blocks": [*HOME["blocks"], chooser]}
            await client.views_publish(user_id=member.id, view=home)
            await client.views_open(trigger_id=slack.world.new_trigger(member), view=MODAL | {"notify_on_close": True})
            shown = slack.world.home_of(member)
            (modal,) = slack.world.modals_of(member)
            assert shown is not None
            chosen = slack.press(member, shown, "topic", "courts")
            closed = slack.close_view(member, modal)
            assert closed is not None
            joined = slack.join(slack.bot, general)
            done = (chosen, closed, joined, slack.shortcut(member, "answer"), slack.revoke_tokens(slack.team))
            assert [(await one.ack()).ok for one in done] == [True] * 5
            assert chosen.payload["actions"][0]["selected_option"]["value"] == "courts"
            assert "response_url" not in chosen.payload
            assert closed.payload["type"] == "view_closed"
            assert joined.event["user"] == slack.bot.id
            with pytest.raises(SlackApiError, match="token_revoked"):
                await client.auth_test()


async def test_a_wrong_token_is_shown_to_the_asker_as_a_warning() -> None:
    async with SlackServer() as slack:
        member = slack.world.add_user(slack.team, "member")
        general = slack.world.add_channel(slack.team, "general", member)
        async with over_socket_mode(slack, bolt(slack, token="xoxb-wrong")):
            asked = slack.slash(member, general, "/ijm", "hello")
            assert (await asked.message()).text.startswith(":warning: We apologize")
            assert slack.calls("auth.test")[0].answer == {"ok": False, "error": "invalid_auth"}


async def test_what_the_app_calls_that_slack_has_not_is_kept() -> None:
    async with SlackServer() as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.web_api_url)
        answer = client.api_call("chat.sing", json={"song": "la"})
        with pytest.raises(Exception, match="unknown_method"):
            await answer
        assert slack.unexpected == ("POST /api/chat.sing",)
        assert slack.requests[0].arguments == {"song": "la"}
