"""What a message refers to: one of the bot's own, or what somebody else wrote."""

from dataclasses import replace

import pytest

from bot.app.app import App
from bot.app.routes import NO_TEXT_THERE
from bot.chat.events import Message
from bot.chat.replies import Reply
from bot.commands.turns import Turn, turn_of_ids
from tests.people import CHANNEL, DANGER, MEMBER, OTHER, done, said

SURE = "How long do aftercare programs last?"
CEBU = "what happened in cebu?"
CEBU_TITLE = "What changed in Cebu, Philippines, after IJM worked there?"


def ids(reply: Reply) -> tuple[str, ...]:
    return tuple(button.id for button in reply.buttons)


def written(text: str, **above: object) -> Message:
    return replace(Message(MEMBER, CHANNEL, text, addressed=True), **above)


async def test_a_reply_goes_on_from_the_message_that_it_is_to_and_not_from_the_last_one(app: App) -> None:
    first = await done(app, written(SURE))
    await done(app, written(CEBU))
    cited = await done(app, written("source?", replied=ids(first)))
    assert SURE in cited.plain


async def test_a_reply_to_a_message_that_shows_no_entry_goes_on_from_the_last_one(app: App) -> None:
    await done(app, written(CEBU))
    thanked = await done(app, written("thanks"))
    assert CEBU_TITLE in (await done(app, written("source?", replied=ids(thanked)))).plain


async def test_only_a_mention_without_words_asks_what_somebody_else_wrote(app: App) -> None:
    assert SURE in (await done(app, written("<@1>", quoted=SURE))).plain
    assert CEBU_TITLE in (await done(app, written(CEBU, quoted=SURE))).plain
    assert (await done(app, written("😂", quoted=SURE))).reaction
    overheard = replace(written("", quoted=SURE), addressed=False)
    assert await app.handle(overheard) is None


@pytest.mark.parametrize("quoted", ["", "https://example.org/picture.png", "😂"])
async def test_a_message_without_words_is_said_so_to_who_asks(app: App, quoted: str) -> None:
    reply = await done(app, written("", quoted=quoted))
    assert reply.plain == NO_TEXT_THERE
    assert reply.private


async def test_what_somebody_else_wrote_is_not_taken_for_a_follow_up(app: App) -> None:
    await done(app, written(SURE))
    assert "APA" not in (await done(app, written("", quoted="source?"))).plain


async def test_somebody_elses_danger_is_a_private_card_and_is_not_remembered(app: App) -> None:
    await done(app, written(SURE))
    card = await done(app, written("", quoted=DANGER))
    assert card.private
    assert card.urgent
    assert app.services.turns.before(MEMBER, CHANNEL) == Turn()
    assert await app.services.store.misses(CHANNEL.community) == ()


async def test_what_one_person_saw_is_not_gone_on_from_by_another(app: App) -> None:
    await done(app, written(SURE))
    reply = await said(app, "source?", user=OTHER)
    assert reply is not None
    assert SURE not in reply.plain


@pytest.mark.parametrize(
    ("buttons", "turn"),
    [
        (
            ("cite:evidence-cebu 1", "instead:results-2012 evidence"),
            Turn("evidence-cebu", ("results-2012", "evidence")),
        ),
        (("entry:evidence", "entry:outcomes"), Turn(others=("evidence", "outcomes"))),
        (("fact:results", "cite:evidence-cebu 1"), Turn("evidence-cebu", (), "fact", (("topic", "results"),))),
        (("fact:",), Turn(command="fact")),
        (("cite:", "instead:", "delete:test:user/1", "", ":", "unheard of"), Turn()),
    ],
)
def test_what_a_message_shows_is_read_from_its_buttons(buttons: tuple[str, ...], turn: Turn) -> None:
    assert turn_of_ids(buttons) == turn
