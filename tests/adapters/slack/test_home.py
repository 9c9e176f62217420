"""The app's own screen on Slack: the Home tab for members and moderators, and a first message in the Messages tab."""

import pytest

from tests.adapters.slack.running import SURE, label_of
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("connected")]


async def test_moderators_go_from_the_home_tab_to_what_waits(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    assert "For moderators" not in (await slack.open_home(kim).view()).shown
    await slack.slash(kim, general, "/ijm", "what is the parking fee at the gala in april").message()
    start = await slack.open_home(ada).view()
    assert "For moderators" in start.shown
    assert "unanswered: 1" in (await slack.press(ada, start, label_of(start, "Review")).view()).shown
    settings = await slack.press(ada, await slack.open_home(ada).view(), label_of(start, "Settings")).view()
    assert "Choose where notices go" in str(settings.blocks)


async def test_a_schedule_is_made_from_the_home_tab(slack: SlackServer, ada: User, general: Channel) -> None:
    start = await slack.open_home(ada).view()
    listed = await slack.press(ada, start, label_of(start, "Schedules")).view()
    form = await slack.press(ada, listed, label_of(listed, "New schedule for this place")).view()
    chosen = await slack.submit_view(ada, form, {"channel": general.id}).message()
    assert chosen.channel == slack.world.im(ada, slack.bot).id
    form = await slack.press(ada, chosen, label_of(chosen, "Open the form")).view()
    preview = await slack.submit_view(ada, form, {"zone": "tokyo", "days": "sat", "time": "8"}).message()
    assert "Started." in (await slack.press(ada, preview, label_of(preview, "Start it")).message()).shown


async def test_who_opens_the_messages_tab_for_the_first_time_is_told_how_to_ask(slack: SlackServer, kim: User) -> None:
    greeting = await slack.open_home(kim, "messages").message()
    assert greeting.channel == slack.world.im(kim, slack.bot).id
    assert "Ask in your own words" in greeting.shown
    again = slack.open_home(kim, "messages")
    assert (await again.ack()).ok
    await slack.requests.wait(2, where=lambda request: request.method == "conversations.history")
    assert "aftercare" in (await slack.dm(kim, SURE).message()).shown
    assert len(slack.calls("chat.postMessage")) == 2


async def test_two_at_once_make_one_first_message(slack: SlackServer, kim: User) -> None:
    opened = slack.open_home(kim, "messages"), slack.open_home(kim, "messages")
    await slack.requests.wait(2, where=lambda request: request.method == "conversations.history")
    for each in opened:
        assert (await each.ack()).ok
    await slack.dm(kim, SURE).message()
    assert len(slack.calls("chat.postMessage")) == 2


async def test_where_slack_does_not_show_the_conversation_nobody_is_greeted(slack: SlackServer, kim: User) -> None:
    slack.faults.refuse("conversations.history", "missing_scope")
    assert (await slack.open_home(kim, "messages").ack()).ok
    await slack.requests.wait(where=lambda request: request.method == "conversations.history")
    await slack.dm(kim, SURE).message()
    assert len(slack.calls("chat.postMessage")) == 1


async def test_the_first_admin_who_opens_the_bot_is_welcomed_once(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    await slack.open_home(kim).view()
    await slack.open_home(kim, "messages").message()
    posted, published = await slack.open_home(ada).changes(2)
    assert posted.message is not None
    assert published.view is not None
    assert posted.message.channel == slack.world.im(ada, slack.bot).id
    assert "Thanks for adding me to Campus" in posted.message.shown
    offered = await slack.press(ada, posted.message, label_of(posted.message, "Try a question")).message()
    assert "Pick one" in offered.shown
    other = slack.world.add_user(slack.team, "olu", is_owner=True)
    assert "Thanks for adding me" not in (await slack.open_home(other, "messages").message()).shown
    assert "Thanks for adding me" not in (await slack.dm(ada, SURE).message()).shown


async def test_an_admin_who_has_written_with_the_bot_before_is_not_welcomed(
    slack: SlackServer, ada: User, general: Channel
) -> None:
    await slack.dm(ada, SURE).message()
    await slack.open_home(ada).view()
    assert len(slack.calls("chat.postMessage")) == 1
