"""Chapters lend: with a code an entry can be copied by another community, and nothing else of the giver is seen."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.app import App
from bot.chat.events import Place
from bot.chat.replies import Copyable, File, Reply
from bot.commands.context import CODE_RATES, Services
from knowledge.store.agreements import LOAN_LIFE
from tests.conftest import NOW
from tests.people import CHANNEL, MODERATOR, asked, chosen, moderated, sent

pytestmark = pytest.mark.slow

GIVER, TAKER = CHANNEL, Place("test:channel/7", "test:community/2")
TYPED = {
    "question": "When does the chapter meet?",
    "phrasings": "what time are the meetings",
    "answer": "Mondays at 7, in the **library**.",
    "topic": "about",
    "source": "Chapter handbook | Part 1\n2026\nRooms https://example.org/rooms",
}
ASKED = "when does the chapter meet?"
ENTRY = "when-does-the-chapter-meet"


async def code_of(app: App) -> str:
    """The code of an entry that the giver has just added."""
    await chosen(app, await sent(app, await moderated(app, "add"), **TYPED), "Save")
    reply = await moderated(app, "lend", entry=ENTRY)
    (code,) = [block.text for block in reply.blocks if isinstance(block, Copyable)]
    return code


async def tried(app: App, code: str) -> Reply:
    return await moderated(app, "import", place=TAKER, code=code)


async def test_an_entry_is_copied_with_its_code_after_a_dry_run(app: App) -> None:
    code = await code_of(app)
    assert re.fullmatch(r"[0-9a-f]{32}", code), "128 bits"
    dry = await tried(app, f" {code.upper()} ")
    assert "Dry run: nothing is changed yet" in dry.plain
    assert "added: 1" in dry.plain
    assert "Mondays" not in await asked(app, ASKED, TAKER)
    await chosen(app, dry, "Import 1 row", place=TAKER)
    shown = await asked(app, ASKED, TAKER)
    for part in ("Mondays at 7", "Chapter handbook", "Part 1", "2026", "https://example.org/rooms"):
        assert part in shown, part


async def test_nothing_else_of_the_giver_is_seen(app: App) -> None:
    code = await code_of(app)
    await chosen(
        app, await sent(app, await moderated(app, "add"), **(TYPED | {"question": "Secret?", "phrasings": ""})), "Save"
    )
    dry = await tried(app, code)
    await chosen(app, dry, "Import", place=TAKER)
    history = await moderated(app, "history", place=TAKER, entry=ENTRY)
    exported = await moderated(app, "export", place=TAKER, format="json")
    report = b"".join(block.content for block in (*dry.blocks, *exported.blocks) if isinstance(block, File)).decode()
    for seen in (dry.plain, history.plain, report):
        assert GIVER.community not in seen
        assert "Secret" not in seen
    (revision,) = await app.services.store.history(TAKER.community, ENTRY)
    assert revision.note == "imported from an entry that another community lends.json"


async def test_a_copy_is_checked_as_every_import_is(services: Services) -> None:
    app = App(services)
    await moderated(app, "settings", helpline="Campus Safety, 555-123-4567")
    second = replace(MODERATOR, id="test:user/9")
    await chosen(app, await moderated(app, "settings", second), "Confirm", second)
    typed = TYPED | {"answer": "Call 555-123-4567."}
    await chosen(app, await sent(app, await moderated(app, "add"), **typed), "Save")
    reply = await moderated(app, "lend", entry=ENTRY)
    (code,) = [block.text for block in reply.blocks if isinstance(block, Copyable)]
    dry = await tried(app, code)
    assert "rejected: 1" in dry.plain
    assert "5551234567" in dry.plain


async def test_what_is_withdrawn_removed_or_old_is_lent_no_longer_and_copies_stay(services: Services) -> None:
    times = [NOW]
    app = App(replace(services, now=lambda: times[0]))
    code = await code_of(app)
    await chosen(app, await tried(app, code), "Import", place=TAKER)
    listed = await moderated(app, "lend")
    assert "no longer" in (await chosen(app, listed, "Withdraw: When does")).plain
    assert "This code is not valid" in (await tried(app, code)).plain
    assert "Mondays at 7" in await asked(app, ASKED, TAKER)
    reply = await moderated(app, "lend", entry=ENTRY)
    (code,) = [block.text for block in reply.blocks if isinstance(block, Copyable)]
    assert "no longer" in (await moderated(app, "lend", withdraw=ENTRY)).plain
    reply = await moderated(app, "lend", entry=ENTRY)
    (code,) = [block.text for block in reply.blocks if isinstance(block, Copyable)]
    times[0] = NOW + LOAN_LIFE
    assert "This code is not valid" in (await tried(app, code)).plain
    await services.store.expire(times[0] + timedelta(seconds=1))
    assert "You lend nothing" in (await moderated(app, "lend")).plain


async def test_a_code_can_be_withdrawn_by_itself_and_the_entrys_other_codes_hold(app: App) -> None:
    code = await code_of(app)
    second = await moderated(app, "lend", entry=ENTRY)
    (other,) = [block.text for block in second.blocks if isinstance(block, Copyable)]
    foreign = await moderated(app, "lend", place=TAKER, withdraw=code)
    assert "did not lend" in foreign.plain
    assert "no longer" in (await moderated(app, "lend", withdraw=f" {code.upper()} ")).plain
    again = await moderated(app, "lend", withdraw=code)
    assert "did not lend" in again.plain
    assert code not in again.plain
    assert "This code is not valid" in (await tried(app, code)).plain
    assert "added: 1" in (await tried(app, other)).plain


async def test_the_code_itself_is_kept_nowhere(app: App) -> None:
    code = await code_of(app)
    (loan,) = await app.services.store.loans(GIVER.community, NOW)
    assert code not in repr(loan)
    assert loan.code != code


async def test_wrong_codes_are_rate_limited(app: App) -> None:
    code = await code_of(app)
    assert CODE_RATES.person is not None
    for _ in range(CODE_RATES.person.amount):
        assert "This code is not valid" in (await tried(app, "0" * 32)).plain
    assert "Too many wrong codes" in (await tried(app, code)).plain


@pytest.mark.parametrize("entry", ["prevention"])
async def test_what_ships_with_the_bot_needs_no_lending(app: App, entry: str) -> None:
    assert "ships with me" in (await moderated(app, "lend", entry=entry)).plain


async def test_deleting_a_community_ends_what_it_lends(app: App) -> None:
    code = await code_of(app)
    await app.services.store.forget_community(GIVER.community)
    assert "This code is not valid" in (await tried(app, code)).plain
