"""What a modified client could send: ids of buttons and forms that the bot never made, from people of every role."""

import pytest

from bot.app.app import App
from bot.app.routes import NO_BUTTON
from bot.chat.events import Invocation, Press, Role, Submit
from bot.chat.replies import Delete, Reply
from tests.people import ADMIN, CHANNEL, MEMBER, MODERATOR

VALUES = (
    "", " ", "*", "x", "1", "-1", "9" * 60, "1 2 3", "1 0 outcomes", "0 outcomes", "x outcomes", "outcomes", "outcomes x",
    "1 1 nowhere", "../../etc/passwd", "'; DROP TABLE revisions; --", "slack:T9/U9", "test:user/2", "²", "\x00", "None",
)  # fmt: skip
ROLES = {Role.MEMBER: MEMBER, Role.ADMIN: ADMIN}


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
async def test_a_forged_button_breaks_nothing_and_opens_nothing(app: App, role: Role) -> None:
    for action, (needed, _) in app.registry.actions.items():
        for value in VALUES:
            reply = await app.handle(Press(ROLES[role], CHANNEL, action, value))
            if isinstance(reply, Reply):
                assert "something went wrong" not in reply.plain, (action, value)
                assert (reply.plain == NO_BUTTON) is (needed > role), (action, value)


@pytest.mark.parametrize("role", ROLES)
async def test_a_forged_form_breaks_nothing_and_gives_back_what_was_typed(app: App, role: Role) -> None:
    for form in (*app.registry.forms, "nothing"):
        for value in VALUES:
            typed = {"question": "How do I begin?", "answer": value, "nothing": value}
            reply = await app.handle(Submit(ROLES[role], CHANNEL, f"{form}:{value}", typed))
            assert isinstance(reply, Reply)
            assert "something went wrong" not in reply.plain, (form, value)
            needed, _ = app.registry.forms.get(form, (Role.ADMIN, None))
            if needed > role:
                assert "How do I begin?" in reply.plain


async def test_only_who_asked_or_a_moderator_deletes(app: App) -> None:
    for forged in ("", "*", MODERATOR.id, f"{MEMBER.id} ", "test:user/20"):
        assert not isinstance(await app.handle(Press(MEMBER, CHANNEL, "delete", forged)), Delete)
    assert isinstance(await app.handle(Press(MEMBER, CHANNEL, "delete", MEMBER.id)), Delete)
    assert isinstance(await app.handle(Press(MODERATOR, CHANNEL, "delete", MEMBER.id)), Delete)


@pytest.mark.slow
async def test_an_option_that_no_client_would_offer_is_refused_in_words(app: App) -> None:
    for command in app.registry.commands:
        for option in command.options:
            for value in (*VALUES, 10**30, -1, True):
                given = Invocation(ADMIN, CHANNEL, command.name, {option.name: value}, command.head)
                reply = await app.handle(given)
                assert not isinstance(reply, Reply) or "something went wrong" not in reply.plain, (
                    command.name,
                    option,
                    value,
                )
