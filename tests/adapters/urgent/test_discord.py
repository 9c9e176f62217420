"""The safety card on Discord arrives, whatever Discord refuses; and counts as shown only if it did."""

import logging
from collections.abc import AsyncIterator

import pytest

from bot.app.app import App
from tests.adapters.discord.running import CALLBACK, COVER, DANGER, MESSAGES, Chat, chatting
from tests.servers.discord.faults import Fault

pytestmark = pytest.mark.slow

CARD = "I'm a bot, not a hotline"


def refusal(status: int, code: int) -> Fault:
    return Fault(status, {"message": "No", "code": code})


# topics/opcodes-and-status-codes.mdx: missing access, missing permissions, unknown channel, a thread that is archived.
REFUSALS = (refusal(403, 50001), refusal(403, 50013), refusal(404, 10003), refusal(400, 50083))


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with chatting(app) as made:
        yield made


async def say(chat: Chat) -> None:
    await chat.server.say(chat.world.member, chat.world.channel, DANGER, mentions=[chat.world.bot])


@pytest.mark.parametrize("fault", REFUSALS)
async def test_a_cover_that_is_refused_becomes_the_card_as_a_direct_message(chat: Chat, fault: Fault) -> None:
    chat.server.fail(MESSAGES, fault)
    await say(chat)
    card = await chat.server.posted(chat.world.dm)
    assert CARD in card.text
    assert COVER not in card.text
    assert chat.server.posts(chat.world.channel) == []


async def test_where_the_card_is_refused_twice_the_numbers_come_as_a_direct_message(app: App, chat: Chat) -> None:
    chat.server.fail(MESSAGES, refusal(403, 50013), 2)
    await say(chat)
    assert (await chat.server.posted(chat.world.dm)).text == app.services.pack.safety.short


async def test_where_direct_messages_are_closed_the_numbers_come_in_the_channel(app: App, chat: Chat) -> None:
    chat.world.closed_dms.add(chat.world.member.id)
    chat.server.fail(MESSAGES, refusal(403, 50013))
    await say(chat)
    numbers = await chat.server.posted(chat.world.channel)
    assert numbers.text == app.services.pack.safety.short
    assert numbers.pings == set()
    assert "message_reference" not in numbers.json


async def test_what_was_refused_everywhere_does_not_count_as_shown(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    chat.server.fail(MESSAGES, refusal(403, 50013), 4)
    with caplog.at_level(logging.DEBUG, "adapters"):
        await say(chat)
        await chat.settled()
        cover = await chat.mention(DANGER)
    assert CARD in (await chat.press(cover, "Show privately")).text
    assert "Discord takes no urgent reply" in caplog.text
    assert "passport" not in caplog.text


@pytest.mark.parametrize("fault", [refusal(403, 50001), refusal(404, 10062), refusal(400, 50035)])
async def test_a_command_whose_answer_is_refused_gets_the_card_as_a_direct_message(chat: Chat, fault: Fault) -> None:
    chat.server.fail(CALLBACK, fault)
    await chat.server.slash(chat.world.member, chat.world.channel, "ijm ask", {"question": DANGER})
    assert CARD in (await chat.server.posted(chat.world.dm)).text


async def test_a_press_that_cannot_be_answered_gets_the_card_as_a_direct_message(chat: Chat) -> None:
    cover = await chat.mention(DANGER)
    chat.server.fail(CALLBACK, refusal(404, 10062))
    await chat.pressed(cover, "Show privately")
    assert CARD in (await chat.server.posted(chat.world.dm)).text


async def test_a_command_of_who_has_closed_direct_messages_gets_the_numbers_in_its_answer(app: App, chat: Chat) -> None:
    chat.world.closed_dms.add(chat.world.member.id)
    chat.server.fail(CALLBACK, refusal(400, 50035))
    used = await chat.server.slash(chat.world.member, chat.world.channel, "ijm ask", {"question": DANGER})
    numbers = await used.answered()
    assert numbers.text == app.services.pack.safety.short
    assert numbers.viewer_id == chat.world.member.id
