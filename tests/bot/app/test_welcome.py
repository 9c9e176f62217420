"""The welcome: once to each community, where it can be said, with three buttons that work for whoever presses."""

from dataclasses import dataclass, field

import pytest

from bot.app.app import App
from bot.app.welcome import send_welcome, welcome
from bot.chat.events import Place, User
from bot.chat.outbox import Outbox, Unpostable, Unreached
from bot.chat.replies import Reply
from bot.commands.community_settings import is_passive
from bot.commands.context import Services
from tests.people import CHANNEL, DIRECT, MEMBER, MODERATOR, PLATFORM, chosen, form_of


@dataclass
class Post(Outbox):
    """Takes what is posted, or raises."""

    platform = PLATFORM
    refusal: Exception | None = None
    taken: list[str] = field(default_factory=list)

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.taken.append(place)

    async def tell(self, community: str, person: str, reply: Reply) -> None:
        self.taken.append(person)


async def welcomed(services: Services) -> bool:
    return await send_welcome(services, CHANNEL.community, "Club", place=CHANNEL.id, person=MEMBER.id)


async def test_a_community_is_welcomed_once(services: Services) -> None:
    post = Post()
    services.outboxes.connect(PLATFORM.prefix, post)
    assert [await welcomed(services) for _ in range(3)] == [True, False, False]
    assert post.taken == [CHANNEL.id]


async def test_where_the_place_takes_nothing_a_person_is_told(services: Services) -> None:
    post = Post(Unpostable("no"))
    services.outboxes.connect(PLATFORM.prefix, post)
    assert await welcomed(services)
    assert post.taken == [MEMBER.id]


async def test_a_platform_that_is_away_is_tried_again(services: Services) -> None:
    post = Post(Unreached("away"))
    services.outboxes.connect(PLATFORM.prefix, post)
    assert not await welcomed(services)
    post.refusal = None
    assert await welcomed(services)


def test_it_names_what_is_missing_and_pings_nobody() -> None:
    said = welcome("@everyone's club", ("Send Messages",)).plain
    assert "- Send Messages" in said
    assert "@everyone" not in said
    assert "missing" not in welcome("Club").plain


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("user", [MEMBER, MODERATOR])
async def test_each_button_answers_whoever_presses_it(app: App, alone: bool, user: User) -> None:
    place = Place("test:dm/9", user.id, direct=True, platform=PLATFORM) if alone else CHANNEL
    hello = welcome("Club")
    first = await chosen(app, hello, "Try a question", user, place)
    assert first.menu is not None
    opened = await chosen(app, first, first.menu.rows[0].label, user, place)
    assert "Source:" in opened.plain
    moderators = await chosen(app, hello, "What moderators can do", user, place)
    assert ("/ijm-mod add" in moderators.plain) is (user is MODERATOR or alone)
    assert any(button.action == "review-list" for button in moderators.buttons) is (user is MODERATOR and not alone)
    setup = await chosen(app, hello, "Set up", user, place)
    assert "passive:true" in setup.plain
    assert bool(setup.buttons) is (user is MODERATOR and not alone)


async def test_a_moderator_switches_passive_answers_on_and_off_by_button(app: App, services: Services) -> None:
    hello = welcome("Club")
    for on, label in ((True, "Answer here without a mention"), (False, "Only when addressed, here")):
        setup = await chosen(app, hello, "Set up")
        assert "Settings" in (await chosen(app, setup, label)).plain
        assert await is_passive(services.store, CHANNEL) is on
    form_of(await chosen(app, setup, "Choose where notices go"))
    direct = await chosen(app, hello, "Set up", place=DIRECT)
    assert [button.label for button in direct.buttons] == ["Choose where notices go", "All settings"]
