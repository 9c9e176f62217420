"""Numbers, prompts and private answers where a platform has nothing but text."""

from dataclasses import replace

import pytest

from adapters.shared.text_chat import NOTHING_SENT, Answer, TextChat
from bot.app.app import App
from bot.chat.events import Message, Place, Submit, Typed, Upload, User
from bot.chat.markup import Referent
from bot.chat.replies import Button, ChoiceQuestion, FileQuestion, Form, Question, ReferenceQuestion, Reply, text
from bot.chat.roles import MODERATES
from bot.commands.context import Context, Services
from bot.commands.declarations import Handlers, Registry, command
from tests import people
from tests.people import MEMBER, PLATFORM

# Text that was said can be neither shared nor deleted there.
CHANNEL, DIRECT = (replace(place, posts=False) for place in (people.CHANNEL, people.DIRECT))
BANG = replace(PLATFORM, sign="!")
HERE = "test:here"


@command(private=True)
async def whisper(context: Context) -> Reply:
    """Say something to one person."""
    return Reply((text("psst"),), (Button("tell all", "tell"), Button("who am I", "who")), private=True)


@command()
async def wish(context: Context) -> Reply:
    """Wish for something."""
    options = (("s", "small"), ("b", "big"))
    fields = (
        Question("what", "What", limit=10), ChoiceQuestion("size", "Size", options), Question("why", "Why", lines=3),
        Question("when", "When", required=False, value="soon"),
    )  # fmt: skip
    return Reply((), form=Form("wish", "A wish", fields))


@command()
async def send(context: Context) -> Reply:
    """Send a file."""
    return Reply((), form=Form("file", "A file", (FileQuestion("file", "File", (".csv",)),)))


@command()
async def place(context: Context) -> Reply:
    """Choose a channel."""
    return Reply((), form=Form("place", "A place", (ReferenceQuestion("where", "Where", Referent.CHANNEL, HERE),)))


async def tell(context: Context, _: str) -> Reply:
    return Reply((text(f"told in {context.place.id}"),))


async def who(context: Context, _: str) -> Reply:
    return Reply((text(f"{context.role.name} in {context.place.id}"),), private=True)


async def granted(context: Context, submit: Submit) -> Reply:
    names = [file.name for file in submit.files.values()]
    return Reply((text(f"{sorted(submit.values.items())} {names} {context.place.id} {context.role.name}"),))


def present(user: User, place: Place) -> User:
    """A person who moderates in the channel."""
    return replace(user, groups=frozenset({MODERATES} if place == CHANNEL else ()))


@pytest.fixture
def chat(services: Services) -> TextChat:
    handlers = [Handlers({"tell": tell, "who": who}, {"wish": granted, "file": granted, "place": granted})]
    return TextChat(App(services, Registry((whisper, wish, send, place), handlers)), lambda _: DIRECT, present)


async def said(chat: TextChat, line: str, place: Place = DIRECT, *, addressed: bool = True) -> Answer:
    """The answer to a line; there has to be one."""
    event = Typed(MEMBER, place, line[1:]) if line.startswith("/") else Message(MEMBER, place, line, addressed)
    answer = await chat.hear(event, line)
    assert answer is not None
    return answer


async def test_what_is_private_is_said_elsewhere_and_chosen_from_there(chat: TextChat) -> None:
    answer = await said(chat, "/whisper", CHANNEL)
    assert answer.place == DIRECT
    assert "  1. tell all\n  2. who am I" in answer.text
    assert "MODERATOR in test:channel/1" in (await said(chat, "2")).text
    await said(chat, "/whisper", CHANNEL)
    told = await said(chat, "1")
    assert told.place == CHANNEL
    assert told.text == "told in test:channel/1"


async def test_a_number_is_a_choice_only_where_one_was_offered_and_if_the_bot_is_meant(chat: TextChat) -> None:
    await said(chat, "/whisper")
    for line in ("3", "0", "2012", "9" * 5_000):
        assert (await said(chat, line)).text == "Type a number from 1 to 2."
    elsewhere = await chat.hear(Message(MEMBER, CHANNEL, "1", addressed=True), "1")
    assert elsewhere is None or "told" not in elsewhere.text
    assert await chat.hear(Message(MEMBER, DIRECT, "1", addressed=False), "1") is None


async def test_the_last_choices_stay_until_there_are_new_ones(chat: TextChat) -> None:
    await said(chat, "/whisper")
    assert "told" in (await said(chat, "1")).text
    assert "told" in (await said(chat, "1")).text
    await said(chat, "/wish")
    await said(chat, "cancel")
    assert "told" in (await said(chat, "1")).text


async def test_a_form_is_asked_where_the_person_is_alone_and_sent_for_the_place_it_came_from(chat: TextChat) -> None:
    answer = await said(chat, "/wish", CHANNEL)
    assert answer.place == DIRECT
    assert answer.prompt == "What (at most 10 characters): "
    assert "This field is required." in (await said(chat, " ")).text
    assert "At most 10 characters; that was 12." in (await said(chat, "twelve signs")).text
    assert "  1. small\n  2. big" in (await said(chat, "peace")).text
    assert "from 1 to 2" in (await said(chat, "huge")).text
    for line in ("2", "because", "of it", "."):
        answer = await said(chat, line)
    assert answer.text == "When (optional, at most 1,000 characters): [soon]"
    sent = await said(chat, "-")
    assert sent.place == CHANNEL
    wished = "[('size', 'b'), ('what', 'peace'), ('when', 'soon'), ('why', 'because\\nof it')]"
    assert sent.text == f"{wished} [] test:channel/1 MODERATOR"


async def test_a_text_of_several_lines_is_typed_in_one_piece_where_that_can_be(services: Services) -> None:
    app = App(services, Registry((wish,), [Handlers({}, {"wish": granted})]))
    chat = TextChat(app, lambda _: DIRECT, present, keep=frozenset(), whole_texts=True)
    await said(chat, "/wish")
    answer = await said(chat, "twelve signs")
    assert (answer.default, answer.takes_lines) == ("twelve signs", False)
    await said(chat, "peace")
    answer = await said(chat, "1")
    assert (answer.prompt, answer.takes_lines) == ("Why (at most 1,000 characters): ", True)
    answer = await said(chat, "one\n" + "x" * 1_000)
    assert "that was 1,004" in answer.text
    assert answer.default.startswith("one\nxxx")
    assert (await said(chat, "one\n.\ntwo")).default == "soon"
    sent = await said(chat, "")
    wished = "[('size', 's'), ('what', 'peace'), ('when', ''), ('why', 'one\\n.\\ntwo')]"
    assert sent.text == f"{wished} [] test:dm/1 MEMBER"


async def test_a_form_ends_by_a_word_and_by_a_command(chat: TextChat) -> None:
    await said(chat, "/wish")
    assert (await said(chat, "Cancel")).text == NOTHING_SENT
    await said(chat, "/wish")
    assert chat.is_filling(DIRECT)
    answer = await chat.hear(Typed(MEMBER, DIRECT, "whisper"), "/ijm whisper")
    assert answer is not None
    assert "psst" in answer.text
    assert not chat.is_filling(DIRECT)


async def test_a_file_is_taken_where_the_platform_can_and_refused_in_words_elsewhere(services: Services) -> None:
    async def take(path: str) -> Upload:
        if path == "gone.csv":
            raise FileNotFoundError(2, "No such file")
        return Upload(path, b"")

    app = App(services, Registry((send,), [Handlers({}, {"file": granted})]))
    chat = TextChat(app, lambda _: DIRECT, present, take_file=take)
    await said(chat, "/send")
    assert "ends in .csv" in (await said(chat, "x.txt")).text
    assert "No such file" in (await said(chat, "gone.csv")).text
    assert "['x.csv']" in (await said(chat, "x.csv")).text
    without = TextChat(app, lambda _: DIRECT, present)
    await said(without, "/send")
    assert "cannot take files" in (await said(without, "x.csv")).text


async def test_the_platforms_own_sign_stands_before_every_command(app: App) -> None:
    place = replace(DIRECT, platform=BANG)
    reply = await app.handle(Typed(MEMBER, place, "help"))
    assert isinstance(reply, Reply)
    assert "!ijm topics" in reply.plain
    assert "/ijm" not in reply.plain
    mistyped = await app.handle(Typed(MEMBER, place, "topcis"))
    assert isinstance(mistyped, Reply)
    assert [button.label for button in mistyped.buttons][:1] == ["!ijm topics"]


async def test_a_button_that_the_platform_cannot_carry_is_left_out(app: App) -> None:
    line = "How long do aftercare programs last?"
    usual = await app.handle(Message(MEMBER, DIRECT, line, addressed=True))
    assert isinstance(usual, Reply)
    limit = max(len(each.id) for each in usual.choices) - 1
    place = replace(DIRECT, platform=replace(PLATFORM, button_id_limit=limit))
    reply = await app.handle(Message(MEMBER, place, line, addressed=True))
    assert isinstance(reply, Reply)
    assert reply.choices == tuple(each for each in usual.choices if len(each.id) <= limit)
    assert reply.choices


async def test_a_channel_is_typed_by_its_id_and_stays_as_it_is_where_nothing_is_typed(chat: TextChat) -> None:
    asked = await said(chat, "/place")
    assert (asked.prompt, asked.default) == ("Where: ", HERE)
    assert f"('where', '{HERE}')" in (await said(chat, "-")).text
    await said(chat, "/place")
    assert "('where', 'test:there')" in (await said(chat, "test:there ")).text
