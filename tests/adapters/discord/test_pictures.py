"""Cards and charts on the real discord.py, against a local Discord."""

import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from bot.app.app import App
from bot.pictures.renderer import Shape
from tests.adapters.discord.running import Chat, chatting, labels
from tests.servers.discord.posts import Post

pytestmark = pytest.mark.slow

SQUARE, WIDE = (shape.size for shape in Shape)


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with chatting(app) as made:
        yield made


def sizes(chat: Chat, post: Post) -> list[tuple[int, int]]:
    """The sizes of a message's pictures, in pixels, in order."""
    uploads = chat.server.state.messages.uploads
    files = [uploads[attached["id"]].content for attached in post.json["attachments"]]
    return [Image.open(io.BytesIO(content)).size for content in files]


async def test_a_fact_with_a_card_shows_the_picture_with_its_alt_text(chat: Chat) -> None:
    post = await chat.slash("ijm fact", {"topic": "results", "card": "wide"})
    assert not post.ephemeral
    assert sizes(chat, post) == [WIDE]
    (attached,) = post.json["attachments"]
    assert post.json["embeds"][0]["image"]["url"].endswith(attached["filename"])
    assert "Year: 2012" in attached["description"]
    assert attached["description"].endswith(f" {chat.world.guild.name}.")
    assert "Year: 2012" in post.text


async def test_make_a_card_on_a_shared_fact_gives_both_and_one_is_shared(chat: Chat) -> None:
    fact = await chat.slash("ijm fact")
    another = await chat.press(fact, "Another one")
    assert another.ephemeral
    shared = await (await chat.pressed(another, "Share here")).followed_up()
    assert not shared.ephemeral
    card = await chat.press(shared, "Make a card")
    assert card.ephemeral
    assert sizes(chat, card) == [SQUARE, WIDE]
    posted = await (await chat.pressed(card, "Share here")).followed_up()
    assert not posted.ephemeral
    assert sizes(chat, posted) == [WIDE]
    assert posted.pings == set()
    assert labels(posted) == ["Another one", "Make a card", "Read more", "Cite this", "Delete"]


async def test_in_a_direct_conversation_a_card_has_no_name(chat: Chat) -> None:
    post = await chat.slash("ijm fact", {"card": "both"}, channel=chat.world.dm)
    assert sizes(chat, post) == [SQUARE, WIDE]
    assert all(attached["description"].endswith(("Year: 2012.", "undated.")) for attached in post.json["attachments"])


async def test_moderators_see_the_chart(chat: Chat) -> None:
    await chat.slash("ijm ask", {"question": "what is ijm"})
    post = await chat.slash("ijm-mod stats", user=chat.head)
    assert post.ephemeral
    assert "1 question: 1 answered (100%)" in post.text.replace("\\", "")
    (attached,) = post.json["attachments"]
    assert "To Nov 23: 1 answered." in attached["description"]
    assert sizes(chat, post) == [(1200, 675)]
