"""Safety: the card comes first, is static and private, comes once, and nothing is kept."""

import json
import logging
from dataclasses import replace

import pytest

from bot.app.app import App
from bot.asking.ask import ReplyKind, consider
from bot.asking.safety_cards import CARD_SECONDS, OVERHEARD_SECONDS
from bot.chat.events import Message, Place, User
from bot.chat.replies import Reply
from bot.commands.community_settings import Setting
from bot.commands.context import Services
from knowledge.pack.files import pack_folder
from knowledge.plain.phones import phones
from knowledge.safety.danger import Danger
from tests.people import CHANNEL, DIRECT, MEMBER, OTHER, invoked, pressed, said, typed

HINT = "If this is about someone's safety: /ijm referral"
DANGER = "my boss took my passport and he won't let me leave, i owe him money and i'm scared"
ORDINARY = "how long do aftercare programs last"


def is_card(reply: Reply | None) -> bool:
    return reply is not None and "I'm a bot, not a hotline. If you or someone else is in danger now" in reply.plain


@pytest.mark.parametrize(
    "line", [DANGER, f"ask {DANGER}", f"help {DANGER}", f"cite {DANGER}", f"outcomes {DANGER}", f"fact {DANGER}"]
)
async def test_the_check_runs_before_anything_else_on_typed_lines(app: App, line: str) -> None:
    assert is_card(await typed(app, line))


async def test_the_check_runs_on_free_text_addressed_or_overheard_and_on_arguments(services: Services) -> None:
    assert is_card(await said(App(services), DANGER))
    place = CHANNEL.community, CHANNEL.id
    await services.store.set_place_setting(*place, Setting.PASSIVE, True, by=MEMBER.id, now=services.now())
    assert is_card(await said(App(services), DANGER, addressed=False))
    assert is_card(await invoked(App(services), "ask", question=DANGER))
    assert is_card(await invoked(App(services), "topics", topic=DANGER))


async def test_what_is_overheard_is_not_even_weighed_where_passive_answering_is_off(app: App) -> None:
    assert await said(app, DANGER, addressed=False) is None
    assert not app._routes._cards._arrived


async def test_the_card_is_private_quotes_nothing_and_asks_nothing(app: App) -> None:
    reply = await said(app, DANGER)
    assert reply is not None
    assert reply.private
    assert "passport" not in reply.plain
    assert "?" not in reply.plain
    assert reply.form is None
    for contact in ("911", "1-888-373-7888", "711", "988", "1-866-347-2423", "humantraffickinghotline.org/chat"):
        assert contact in reply.plain


async def test_the_card_is_the_same_for_everybody(services: Services) -> None:
    one = await said(App(services), DANGER)
    two = await said(App(services), "he hits me and i can't go home tonight", user=OTHER)
    assert one is not None
    assert two is not None
    assert one.blocks == two.blocks


async def test_where_it_cannot_be_private_a_neutral_line_covers_the_card(app: App) -> None:
    card = await said(app, DANGER)
    assert card is not None
    assert card.cover is not None
    assert not card.cover.private
    assert "911" not in card.cover.plain
    assert "safety" not in card.cover.plain.lower()
    opened = await pressed(app, card.cover, "Show privately", OTHER)
    assert is_card(opened)
    assert opened.private


async def test_the_normal_answer_is_one_tap_away(app: App) -> None:
    card = await said(
        app, "for my paper: he took my passport and will not let me go home, what is bonded labor aftercare?"
    )
    assert card is not None
    normal = await pressed(app, card, "I was asking for a paper")
    assert not is_card(normal)
    assert HINT in normal.plain
    assert normal.private


async def arrived(app: App, text: str, *, user: User = MEMBER, place: Place = CHANNEL) -> Reply:
    """The reply to free text that the platform took."""
    reply = await said(app, text, user=user, place=place)
    assert reply is not None
    assert reply.urgent
    app.arrived(Message(user, place, text, addressed=True))
    return reply


async def test_the_card_comes_once_per_person_and_place_within_ten_minutes(services: Services) -> None:
    now = [0.0]
    app = App(services, clock=lambda: now[0])
    assert is_card(await arrived(app, DANGER))
    assert not is_card(await arrived(app, DANGER))
    assert is_card(await arrived(app, DANGER, user=OTHER))
    assert is_card(await arrived(app, DANGER, place=DIRECT))
    now[0] = CARD_SECONDS - 1
    assert not is_card(await arrived(app, DANGER))
    now[0] = CARD_SECONDS + 1
    assert is_card(await arrived(app, DANGER))


async def test_a_card_that_did_not_arrive_comes_again(app: App) -> None:
    assert is_card(await said(app, DANGER))
    assert is_card(await said(app, DANGER))


async def test_what_is_overheard_gets_the_card_once_an_hour(services: Services) -> None:
    place = CHANNEL.community, CHANNEL.id
    await services.store.set_place_setting(*place, Setting.PASSIVE, True, by=MEMBER.id, now=services.now())
    now = [0.0]
    app = App(services, clock=lambda: now[0])
    overheard = Message(MEMBER, CHANNEL, DANGER, addressed=False)
    assert is_card(await said(app, DANGER, addressed=False))
    app.arrived(overheard)
    now[0] = OVERHEARD_SECONDS - 1
    assert await said(app, DANGER, addressed=False) is None
    assert is_card(await said(app, DANGER))
    now[0] = OVERHEARD_SECONDS + 1
    assert is_card(await said(app, DANGER, addressed=False))


async def test_a_second_message_gets_the_numbers_again_in_one_private_line(app: App) -> None:
    await arrived(app, DANGER)
    again = await arrived(app, DANGER)
    assert again.private
    for number in ("911", "1-888-373-7888", "988"):
        assert number in again.plain
    assert "\n" not in again.plain
    assert again.cover is not None
    assert "hotline" not in again.cover.plain


async def test_the_shortest_text_has_the_local_line_first(services: Services) -> None:
    card = await said(App(replace(services, help_line="Campus safety, 555-0100")), DANGER)
    assert card is not None
    assert card.shortest.plain == f"Near you: Campus safety, 555-0100. {services.pack.safety.short}"


async def test_nothing_of_the_message_is_logged_or_kept(app: App, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await said(app, DANGER)
        await typed(app, DANGER)
    assert "passport" not in caplog.text


async def test_an_unsure_message_gets_its_normal_answer_and_one_extra_line(services: Services) -> None:
    unsure = next(
        text
        for path in ("students", "others")
        for line in (pack_folder() / "practice_questions" / f"{path}.jsonl").read_text().splitlines()
        if services.danger.judge(text := json.loads(line)["q"]) is Danger.UNSURE
    )
    considered = consider(services, unsure)
    assert considered.kind is not ReplyKind.SAFETY
    assert considered.reply is not None
    assert considered.reply.plain.count(HINT) == 1


@pytest.mark.parametrize(
    "text",
    [
        "my essay is about children who are trafficked and i need the number of convictions",
        "this midterm is killing me",
        "we watched a film where a woman is locked in by her boss, so sad",
        ORDINARY,
        "do survivors get therapy",
    ],
)
async def test_talking_about_the_subject_is_not_being_in_danger(services: Services, text: str) -> None:
    assert services.danger.judge(text) is not Danger.CLEAR


async def test_no_reply_and_no_entry_holds_a_number_that_is_not_pinned(app: App) -> None:
    pinned = app.services.pack.safety.phones
    lines = ["referral", "help", "privacy", "topics", "outcomes", "zzz qqq", DANGER]
    lines += [f"ask {entry.id}" for entry in app.services.pack.entries]
    for line in lines:
        assert set(phones((await typed(app, line)).plain)) <= pinned, line


async def test_the_memory_of_cards_holds_ids_only(app: App) -> None:
    for place in (Place("p", "c"), CHANNEL):
        app.arrived(Message(MEMBER, place, DANGER, addressed=True))
    assert dict(app._routes._cards._arrived).keys() == {("p", MEMBER.id), (CHANNEL.id, MEMBER.id)}
