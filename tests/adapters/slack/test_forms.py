"""Forms on Slack: a modal opens, what is typed comes back, and the answer finds its way."""

from collections.abc import AsyncIterator

import pytest

from bot.app.app import App
from bot.asking.about import COMMANDS
from bot.chat.events import Submit
from bot.chat.markup import Plain
from bot.chat.replies import Form, Question, Reply, Text
from bot.commands.context import Context, Services
from bot.commands.declarations import Handlers, Registry, command
from tests.adapters.slack.running import label_of, over_socket_mode
from tests.servers.slack.rules.values import Channel, Json, User, View
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@command()
async def wish(context: Context) -> Reply:
    """Wish for something."""
    return Reply((), form=Form("wish", "Your wish", (Question("what", "What?"), Question("why", "Why?", False))))


async def wished(context: Context, submit: Submit) -> Reply:
    return Reply(
        (Text((Plain(f"You wish for {submit.values['what']}, because {submit.values['why'] or 'of nothing'}"),)),),
        private=True,
    )


@pytest.fixture
async def wishing(services: Services, slack: SlackServer) -> AsyncIterator[None]:
    registry = Registry((*COMMANDS, wish), [Handlers({}, {"wish": wished})])
    async with over_socket_mode(App(services, registry), slack):
        yield


@pytest.mark.usefixtures("wishing")
async def test_a_form_is_filled_in_and_answered_where_it_was_asked_for(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    view = await slack.slash(kim, general, "/ijm", "wish").view()
    assert (view.callback_id, view.shown.splitlines()[0]) == ("wish", "Your wish")
    sent = slack.submit_view(kim, view, {"what": "<!channel> *peace*"})
    assert (await sent.ack()).ok
    answer = await sent.message()
    assert (answer.channel, answer.ephemeral_to) == (general.id, kim.id)
    assert "of nothing" in answer.shown
    assert answer.notified == frozenset()
    assert slack.world.modals_of(kim) == ()


@pytest.mark.usefixtures("wishing")
async def test_a_form_that_opens_too_late_says_so(slack: SlackServer, kim: User, general: Channel) -> None:
    slack.faults.refuse("views.open", "expired_trigger_id")
    answer = await slack.slash(kim, general, "/ijm", "wish").message()
    assert "That took too long for a form to open" in answer.shown
    assert answer.ephemeral_to == kim.id


@pytest.fixture
async def olu(slack: SlackServer, general: Channel) -> User:
    """An owner, who is an admin to the bot."""
    owner = slack.world.add_user(slack.team, "olu", is_owner=True)
    slack.join(owner, general)
    return owner


def element(view: View) -> Json:
    """The only field of a form."""
    (block,) = view.blocks
    return dict(block["element"])


@pytest.mark.usefixtures("connected")
async def test_the_channel_of_notices_is_chosen_from_slacks_list(
    slack: SlackServer, ada: User, general: Channel
) -> None:
    shown = await slack.slash(ada, general, "/ijm-mod", "settings").message()
    view = await slack.press(ada, shown, label_of(shown, "Choose where notices go")).view()
    assert element(view)["type"] == "conversations_select"
    assert element(view)["initial_conversation"] == general.id
    news = slack.world.add_channel(slack.team, "news", ada)
    saved = await slack.submit_view(ada, view, {"notices": news.id}).message()
    assert f"<#{news.id}>" in str(saved.blocks)


@pytest.mark.usefixtures("connected")
async def test_a_slack_that_refuses_its_list_gets_a_field_for_the_id(
    slack: SlackServer, ada: User, general: Channel
) -> None:
    shown = await slack.slash(ada, general, "/ijm-mod", "settings").message()
    slack.faults.refuse("views.open", "invalid_arguments")
    view = await slack.press(ada, shown, label_of(shown, "Choose where notices go")).view()
    assert element(view)["type"] == "plain_text_input"
    saved = await slack.submit_view(ada, view).message()
    assert f"<#{general.id}>" in str(saved.blocks)
    again = await slack.press(ada, shown, label_of(shown, "Choose where notices go")).view()
    wrong = await slack.submit_view(ada, again, {"notices": ada.id}).message()
    assert "I don't know this channel" in wrong.shown


@pytest.mark.usefixtures("connected")
async def test_the_channel_of_a_schedule_is_chosen_from_slacks_list(
    slack: SlackServer, ada: User, general: Channel
) -> None:
    facts = slack.world.add_channel(slack.team, "facts", ada)
    preview = await slack.slash(ada, general, "/ijm-mod", "schedule daily 9:00 Europe/Berlin").message()
    view = await slack.press(ada, preview, label_of(preview, "Another channel")).view()
    assert element(view)["initial_conversation"] == general.id
    moved = await slack.submit_view(ada, view, {"channel": facts.id}).message()
    assert f"<#{facts.id}>" in str(moved.blocks)
    assert "Started." in (await slack.press(ada, moved, label_of(moved, "Start it")).message()).shown


@pytest.mark.usefixtures("connected")
async def test_a_new_schedule_in_a_direct_conversation_begins_with_its_channel(
    slack: SlackServer, ada: User, general: Channel
) -> None:
    listed = await slack.dm(ada, "/ijm-mod schedule").message()
    view = await slack.press(ada, listed, label_of(listed, "New schedule for this place")).view()
    chosen = await slack.submit_view(ada, view, {"channel": general.id}).message()
    assert f"<#{general.id}>" in str(chosen.blocks)
    form = await slack.press(ada, chosen, label_of(chosen, "Open the form")).view()
    preview = await slack.submit_view(ada, form, {"zone": "tokyo", "days": "sat", "time": "8"}).message()
    assert "Saturday at 08:00, Asia/Tokyo" in preview.shown
    assert f"<#{general.id}>" in str(preview.blocks)


@pytest.mark.usefixtures("connected")
async def test_the_person_whose_traces_go_is_chosen_from_slacks_list(
    slack: SlackServer, kim: User, olu: User, general: Channel
) -> None:
    view = await slack.slash(olu, general, "/ijm-mod", "forget").view()
    assert element(view)["type"] == "users_select"
    asked = await slack.submit_view(olu, view, {"person": kim.id}).message()
    assert f"<@{kim.id}>" in str(asked.blocks)
    assert "Deleted: 0 traces" in (await slack.press(olu, asked, label_of(asked, "Delete the traces")).message()).shown
