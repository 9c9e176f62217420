"""Help for moderators, ways in as buttons, and a way out of every deletion."""

from bot.app.app import App
from bot.chat.events import Typed
from tests.people import ADMIN, CHANNEL, MEMBER, MODERATOR, chosen, done, form_of, invoked, moderated


async def test_the_moderators_head_alone_and_with_help_shows_their_commands(app: App) -> None:
    for line in ("", "help"):
        shown = await done(app, Typed(MODERATOR, CHANNEL, line, "ijm-mod"))
        assert "What moderators can do" in shown.plain
        for word in ("/ijm-mod add", "/ijm-mod import", "[Review]"):
            assert word in shown.plain
    assert "waiting" in (await chosen(app, shown, "Review")).plain
    assert form_of(await chosen(app, shown, "Add an entry"))
    refused = await done(app, Typed(MEMBER, CHANNEL, "", "ijm-mod"))
    assert "or you can't use it" in refused.plain


async def test_help_of_one_command_and_an_unknown_one_lead_moderators_to_theirs(app: App) -> None:
    one = await done(app, Typed(MODERATOR, CHANNEL, "help review", "ijm-mod"))
    assert "Go through what is waiting" in one.plain
    unknown = await done(app, Typed(MODERATOR, CHANNEL, "tidy up everything now", "ijm-mod"))
    assert "/ijm-mod help" in unknown.plain
    assert "or you can't use it" in (await done(app, Typed(MEMBER, CHANNEL, "tidy up now please", "ijm-mod"))).plain


async def test_help_has_the_ways_in_as_buttons(app: App) -> None:
    shown = await invoked(app, "help")
    assert "The problem" in (await chosen(app, shown, "Browse topics", MEMBER)).plain
    assert not any(button.label == "Review" for button in shown.buttons)
    assert any(button.label == "Review" for button in (await invoked(app, "help", MODERATOR)).buttons)


async def test_who_is_asked_to_delete_can_keep_it(app: App) -> None:
    for given in ({"everything": True}, {"person": MEMBER.id}):
        asked = await moderated(app, "forget", ADMIN, **given)
        assert "Nothing was deleted" in (await chosen(app, asked, "Keep", ADMIN)).plain
