"""Cards and charts on the real Slack SDK, against a local Slack."""

import io

import pytest
from PIL import Image

from bot.pictures.renderer import Shape
from tests.adapters.slack.running import label_of
from tests.servers.slack.deliveries import Delivery
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, Message, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

SQUARE, WIDE = (shape.size for shape in Shape)


def pictures(slack: SlackServer, message: Message) -> list[tuple[tuple[int, int], str]]:
    """A message's pictures: the size of each in pixels, and its alt text."""
    files = [slack.world.files[file["id"]] for file in message.files]
    return [(Image.open(io.BytesIO(file["content"])).size, file["alt_txt"]) for file in files]


async def files_and_answer(delivery: Delivery) -> tuple[Message, Message]:
    """The message with the files and the one with the words."""
    first, second = await delivery.changes(2)
    assert first.message is not None
    assert second.message is not None
    return first.message, second.message


@pytest.mark.usefixtures("bot")
async def test_a_card_is_in_the_direct_conversation_with_whoever_asked(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    files, answer = await files_and_answer(slack.slash(kim, general, "/ijm", "fact results card:both"))
    direct = slack.world.im(kim, slack.world.bots[kim.team])
    assert files.channel == direct.id
    shown = pictures(slack, files)
    assert [size for size, _ in shown] == [SQUARE, WIDE]
    for _, alt in shown:
        assert "Year: 2012" in alt
        assert alt.endswith(f" {slack.team.name}.")
    assert answer.ephemeral_to == kim.id
    assert "it is in our direct conversation" in answer.shown
    assert "Year: 2012" in answer.shown


@pytest.mark.usefixtures("connected")
async def test_make_a_card_on_a_shared_fact_and_share_it(slack: SlackServer, kim: User, general: Channel) -> None:
    fact = await slack.slash(kim, general, "/ijm", "share fact").message()
    another = await slack.press(kim, fact, label_of(fact, "Another one")).message()
    assert another.ephemeral_to == kim.id
    shared = await slack.press(kim, another, label_of(another, "Share here")).message()
    assert shared.ephemeral_to is None
    assert "Shared by kim" in shared.shown
    await slack.world.changes.wait(where=lambda one: one.did is Did.DELETED and one.before == another)
    files, card = await files_and_answer(slack.press(kim, shared, label_of(shared, "Make a card")))
    assert [size for size, _ in pictures(slack, files)] == [SQUARE, WIDE]
    assert card.ephemeral_to == kim.id
    files, posted = await files_and_answer(slack.press(kim, card, label_of(card, "Share here")))
    assert files.channel == general.id
    assert [size for size, _ in pictures(slack, files)] == [WIDE]
    assert posted.ephemeral_to is None
    assert posted.notified == frozenset()
    assert "direct conversation" not in posted.shown


@pytest.mark.usefixtures("connected")
async def test_a_card_is_made_from_the_home_tab(slack: SlackServer, kim: User) -> None:
    home = await slack.open_home(kim).view()
    fact = await slack.press(kim, home, label_of(home, "Another fact")).view()
    files, published = await slack.press(kim, fact, label_of(fact, "Make a card")).changes(2)
    assert files.message is not None
    assert len(files.message.files) == 2
    assert published.did is Did.PUBLISHED


@pytest.mark.usefixtures("connected")
async def test_where_the_bot_may_not_send_files_a_fact_is_shared_without(slack: SlackServer, kim: User) -> None:
    elsewhere = slack.world.add_channel(slack.team, "elsewhere", kim, private=True, with_bot=False)
    answer = await slack.slash(kim, elsewhere, "/ijm", "share fact card:wide").message()
    assert answer.ephemeral_to is None
    assert "I could not send the file" in answer.shown
    assert "Source: International Justice Mission" in answer.shown


@pytest.mark.usefixtures("connected")
async def test_moderators_see_the_chart(slack: SlackServer, ada: User, general: Channel) -> None:
    await slack.slash(ada, general, "/ijm", "what is ijm").message()
    files, answer = await files_and_answer(slack.slash(ada, general, "/ijm-mod", "stats"))
    assert "1 question: 1 answered (100%)" in answer.shown
    ((size, alt),) = pictures(slack, files)
    assert size == (1200, 675)
    assert "To Nov 23: 1 answered." in alt
