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
from tests.adapters.slack.running import over_socket_mode
from tests.servers.slack.rules.values import Channel, User
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
