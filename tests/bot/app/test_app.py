"""The one function: errors answer once, roles fail closed, forms and old buttons lose nothing."""

import logging
import re
from typing import Annotated

import pytest

from bot.app.app import App
from bot.app.completion import COMPLETIONS_LIMIT
from bot.asking.about import COMMANDS as ABOUT
from bot.chat.events import Complete, Home, Invocation, Message, Press, Role, Submit, Typed, User
from bot.chat.incoming import LENGTH_LIMIT
from bot.chat.replies import Form, Heading, Question, Reply, text
from bot.chat.roles import ADMINISTRATES, MODERATES, role_of
from bot.commands.context import Context, Services
from bot.commands.declarations import About, Handlers, Registry, command
from tests.people import ADMIN, CHANNEL, MEMBER, MODERATOR, SCREEN, invoked, pressed, typed


@command()
async def crash(context: Context, secret: Annotated[str, About("what must not be logged")] = "") -> Reply:
    """Break."""
    raise RuntimeError("the database is gone")


@command(role=Role.MODERATOR, head="ijm-mod")
async def tend(context: Context) -> Reply:
    """Tend the garden."""
    return Reply((text("tended"),))


@command()
async def form(context: Context) -> Reply:
    """Ask for something in a form."""
    return Reply((), form=Form("wish", "A wish", (Question("what", "What"),)))


async def granted(context: Context, submit: Submit) -> Reply:
    return Reply((text(f"granted: {len(submit.values['what'])} letters"),))


@pytest.fixture
def small(services: Services) -> App:
    return App(services, Registry((crash, tend, form), [Handlers({}, {"wish": granted})]))


async def test_a_crash_answers_once_with_an_error_id_that_is_in_the_log(
    small: App, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        reply = await invoked(small, "crash", secret="xyzzy-words")
    found = re.search(r"error ([0-9a-f]{8})", reply.plain)
    assert found is not None
    assert found.group(1) in caplog.text
    assert "the database is gone" in caplog.text
    assert "xyzzy-words" not in caplog.text
    assert "database" not in reply.plain
    assert reply.private


@pytest.mark.parametrize("user", [MEMBER, User("x", "x", frozenset({"native:unheard-of", "123"}))])
async def test_a_moderators_command_is_closed_to_members_however_it_is_called(small: App, user: User) -> None:
    for event in (Invocation(user, CHANNEL, "tend", head="ijm-mod"), Typed(user, CHANNEL, "tend", "ijm-mod")):
        reply = await small.handle(event)
        assert isinstance(reply, Reply)
        assert "or you can't use it" in reply.plain
        assert "tended" not in reply.plain


@pytest.mark.parametrize("user", [MODERATOR, ADMIN])
async def test_each_role_may_do_what_the_ones_before_it_may(small: App, user: User) -> None:
    reply = await small.handle(Typed(user, CHANNEL, "tend", "ijm-mod"))
    assert isinstance(reply, Reply)
    assert reply.plain.startswith("tended")


def test_unknown_groups_make_a_member() -> None:
    assert role_of(User("x", "x", frozenset({"anything"})), frozenset()) is Role.MEMBER
    assert role_of(User("x", "x", frozenset({MODERATES})), frozenset()) is Role.MODERATOR
    assert role_of(User("x", "x", frozenset({ADMINISTRATES, MODERATES})), frozenset()) is Role.ADMIN


async def test_a_form_is_sent_in_and_answered(small: App) -> None:
    assert (await typed(small, "form")).form is not None
    reply = await small.handle(Submit(MEMBER, CHANNEL, "wish", {"what": "peace"}))
    assert isinstance(reply, Reply)
    assert reply.plain.startswith("granted: 5 letters")


async def test_a_form_that_is_gone_hands_back_what_was_typed(small: App) -> None:
    reply = await small.handle(Submit(MEMBER, CHANNEL, "old-form", {"answer": "long text", "empty": ""}))
    assert isinstance(reply, Reply)
    assert "answer: long text" in reply.plain
    assert reply.private


async def test_a_form_that_is_longer_than_any_platform_sends_is_handed_back(small: App) -> None:
    words = "x" * (LENGTH_LIMIT + 1)
    reply = await small.handle(Submit(MEMBER, CHANNEL, "wish", {"what": words}))
    assert isinstance(reply, Reply)
    assert "“what” has more than 40,000 characters" in reply.plain
    assert words in reply.plain
    reply = await small.handle(Submit(MEMBER, CHANNEL, "wish", {"what": words[1:]}))
    assert isinstance(reply, Reply)
    assert reply.plain.startswith("granted: 40000 letters")


@pytest.mark.parametrize("around", [("", " x" * 500_000), (" x" * 500_000, "")])
async def test_the_beginning_and_the_end_of_a_message_of_any_length_are_read(app: App, around: tuple[str, str]) -> None:
    before, after = around
    message = Message(MEMBER, CHANNEL, f"{before} my boss locks me in and took my passport, help me {after}", True)
    reply = await app.handle(message)
    assert isinstance(reply, Reply)
    assert reply.urgent


async def test_a_button_that_is_gone_says_so(app: App) -> None:
    for action, value in (("vanished", "x"), ("entry", "no-such-entry"), ("topic", "no-such-topic"), ("instead", "")):
        reply = await app.handle(Press(MEMBER, CHANNEL, action, value))
        assert isinstance(reply, Reply)
        assert "error" not in reply.plain.lower()


async def test_the_first_screen_says_what_the_bot_is_and_shows_the_topics(app: App) -> None:
    reply = await app.handle(Home(MEMBER, SCREEN))
    assert isinstance(reply, Reply)
    assert reply.blocks[0] == Heading("IJM answers")
    assert reply.menu is not None
    assert len(reply.menu.rows) == len(app.services.pack.topics)
    assert [button.label for button in reply.buttons] == [
        "Rescue", "Justice", "Restore", "Transform", "Find help", "Another fact", "What I can do",
    ]  # fmt: skip
    assert any(fact.text in reply.plain for entry in app.services.pack.entries for fact in entry.facts)


async def test_help_shows_only_what_the_asker_may_run(services: Services) -> None:
    app = App(services, Registry((*ABOUT, tend)))
    member = (await typed(app, "help")).plain
    moderator = (await typed(app, "help", user=MODERATOR)).plain
    assert "/ijm-mod tend" not in member
    assert "/ijm-mod tend: Tend the garden." in moderator
    assert "no command" in (await typed(app, "help tend")).plain
    assert "Usage: /ijm-mod tend" in (await typed(app, "help /ijm-mod tend", user=MODERATOR)).plain


async def test_help_names_every_command_with_its_usage(app: App) -> None:
    reply = await typed(app, "")
    pages = [reply.plain]
    while any(button.label == "Next page" for button in reply.buttons):
        reply = await pressed(app, reply, "Next page")
        pages.append(reply.plain)
    for each in app.registry.open_to(Role.MEMBER):
        assert any(f"{each.usage}: {each.summary}." in page for page in pages)
        one = await typed(app, f"help {each.name}")
        assert f"Usage: {each.usage}" in one.plain


async def test_privacy_says_what_is_kept(app: App) -> None:
    reply = await typed(app, "privacy")
    assert "without your name" in reply.plain
    assert "safety card" in reply.plain


@pytest.mark.parametrize(
    ("option", "typed_text", "first"),
    [
        ("ask question", "cebu", "evidence-cebu"),
        ("ask question", "how long", "aftercare-duration"),
        ("cite entry", "guatemala", "evidence-guatemala"),
        ("cite style", "", "apa"),
        ("cite style", "chi", "chicago"),
        ("topics topic", "after", "aftercare"),
        ("help command", "ref", "referral"),
        ("outcomes which", "", "rescue"),
    ],
)
async def test_an_option_is_completed(app: App, option: str, typed_text: str, first: str) -> None:
    name, _, which = option.partition(" ")
    choices = await app.complete(Complete(MEMBER, CHANNEL, name, which, typed_text))
    assert choices[0][1] == first
    assert len(choices) <= COMPLETIONS_LIMIT
    assert all(1 <= len(label) <= 100 and 1 <= len(value) <= 100 for label, value in choices)


async def test_nothing_is_completed_for_what_is_not_there_or_not_open(small: App) -> None:
    assert await small.complete(Complete(MEMBER, CHANNEL, "tend", "x", "", "ijm-mod")) == ()
    assert await small.complete(Complete(MEMBER, CHANNEL, "nothing", "x", "")) == ()
    assert await small.complete(Complete(MEMBER, CHANNEL, "crash", "nothing", "")) == ()
