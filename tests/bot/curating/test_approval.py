"""Two pairs of eyes: a change waits for a second moderator, and members see what was there before."""

from dataclasses import replace

import pytest

from bot.app.app import App
from bot.chat.events import Press, Submit, Upload
from bot.chat.replies import Reply
from tests.people import ADMIN, CHANNEL, MEMBER, MODERATOR, asked, chosen, done, form_of, moderated, sent

pytestmark = pytest.mark.slow

SECOND = replace(MODERATOR, id="test:user/9", name="second")
TYPED = {
    "question": "When does the chapter meet?",
    "phrasings": "what time are the meetings",
    "answer": "Mondays at 7, in the library.",
    "topic": "about",
    "source": "Chapter handbook\n2026",
}
ASKED = "when does the chapter meet?"


async def proposed(app: App, **typed: str) -> Reply:
    await moderated(app, "settings", ADMIN, approval=True)
    preview = await sent(app, await moderated(app, "add"), **(TYPED | typed))
    return await chosen(app, preview, "Save")


async def waiting(app: App, user: object = SECOND) -> Reply:
    listed = await moderated(app, "review", user, show="other")  # type: ignore[arg-type]
    return await chosen(app, listed, "Begin", user)  # type: ignore[arg-type]


async def test_only_an_admin_switches_it_on_or_off(app: App) -> None:
    assert "Only admins decide" in (await moderated(app, "settings", approval=True)).plain
    assert "approval: on" in (await moderated(app, "settings", ADMIN, approval=True)).plain
    assert "Only admins decide" in (await moderated(app, "settings", approval=False)).plain


async def test_an_entry_waits_until_a_second_moderator_approves_it(app: App) -> None:
    assert "until a second moderator approves it" in (await proposed(app)).plain
    assert "Mondays" not in await asked(app, ASKED)
    own = await waiting(app, MODERATOR)
    assert not any(button.action == "proposal-yes" for button in own.buttons)
    item = await waiting(app)
    assert "Mondays at 7" in item.plain
    assert f"By {MODERATOR.id}" in item.plain
    yes = next(button for button in item.buttons if button.action == "proposal-yes")
    alone = await done(app, Press(MODERATOR, CHANNEL, yes.action, yes.value))
    assert "Another moderator has to approve it" in alone.plain
    assert "for moderators" in (await done(app, Press(MEMBER, CHANNEL, yes.action, yes.value))).plain
    assert "Mondays" not in await asked(app, ASKED)
    assert "Approved" in (await chosen(app, item, "Approve it", SECOND)).plain
    assert "Mondays at 7" in await asked(app, ASKED)
    (revision,) = await app.services.store.history(CHANNEL.community, "when-does-the-chapter-meet")
    assert revision.by == MODERATOR.id
    assert "already done" in (await done(app, Press(SECOND, CHANNEL, yes.action, yes.value))).plain


async def test_an_edit_and_a_removal_wait_and_members_see_what_was_there(app: App) -> None:
    await moderated(app, "settings", ADMIN, approval=True)
    before = await asked(app, "prevention")
    form = await moderated(app, "edit", entry="prevention")
    await chosen(app, await sent(app, form, answer="Ours."), "Save")
    assert await asked(app, "prevention") == before
    item = await waiting(app)
    assert "+ Ours." in item.plain
    await chosen(app, item, "Approve it", SECOND)
    assert "Ours." in await asked(app, "prevention")
    removal = await chosen(app, await moderated(app, "remove", entry="prevention"), "Remove it")
    assert "second moderator" in removal.plain
    assert "Ours." in await asked(app, "prevention")
    await chosen(app, await waiting(app), "Approve it", SECOND)
    assert "Ours." not in await asked(app, "prevention")


async def test_rows_of_an_import_wait_too(app: App) -> None:
    await moderated(app, "settings", ADMIN, approval=True)
    rows = "question,answer,topic,source,year\nWhen do we meet?,Mondays.,about,H,2026\nWhere?,In the hall.,about,H,2026"
    file = {"file": Upload("chapter.csv", rows.encode())}
    dry = await done(app, Submit(MODERATOR, CHANNEL, form_of(await moderated(app, "import")).id, {}, file))
    assert "second moderator" in (await chosen(app, dry, "Import")).plain
    assert len(await app.services.store.proposals(CHANNEL.community)) == 2
    assert (await app.services.store.overlay(CHANNEL.community)).revisions == ()


async def test_what_is_rejected_or_withdrawn_changes_nothing(app: App) -> None:
    await proposed(app)
    assert "Rejected" in (await chosen(app, await waiting(app), "Reject it", SECOND)).plain
    await proposed(app)
    assert "Withdrawn" in (await chosen(app, await waiting(app, MODERATOR), "Withdraw it")).plain
    assert "Mondays" not in await asked(app, ASKED)
    assert await app.services.store.proposals(CHANNEL.community) == ()


async def test_a_change_of_what_was_changed_meanwhile_is_told_and_kept(app: App) -> None:
    form = await moderated(app, "edit", entry="prevention")
    mine = await sent(app, form, answer="First.")
    await moderated(app, "settings", ADMIN, approval=True)
    await chosen(app, mine, "Save")
    await moderated(app, "settings", ADMIN, approval=False)
    told = await moderated(app, "edit", SECOND, entry="prevention")
    second = told if told.form else await chosen(app, told, "Edit it anyway", SECOND)
    await chosen(app, await sent(app, second, SECOND, answer="Second."), "Save", SECOND)
    assert "was saved in the meantime" in (await chosen(app, await waiting(app), "Approve it", SECOND)).plain
    assert "Second." in await asked(app, "prevention")


async def test_the_next_change_is_shown_after_each_decision_and_a_removal_has_its_question(app: App) -> None:
    await proposed(app)
    await chosen(app, await moderated(app, "remove", entry="prevention"), "Remove it")
    listed = await moderated(app, "review", SECOND)
    assert "How does IJM prevent abuse before it starts? (removed, to be approved)" in listed.plain
    first = await chosen(app, await moderated(app, "review", SECOND, show="other"), "Begin", SECOND)
    second = await chosen(app, first, "Reject it", SECOND)
    assert "Rejected" in second.plain
    assert any(button.action == "proposal-yes" for button in second.buttons)
    assert "Approved" in (await chosen(app, second, "Approve it", SECOND)).plain


async def test_an_empty_part_of_the_review_says_so(app: App) -> None:
    listed = await moderated(app, "review", show="offered")
    assert "Nothing else is waiting in “offered but not picked”." in listed.plain
    assert "old figures" in listed.plain


async def test_who_edits_an_entry_of_which_a_change_waits_is_told(app: App) -> None:
    await moderated(app, "settings", ADMIN, approval=True)
    await chosen(app, await sent(app, await moderated(app, "edit", entry="prevention"), answer="Ours."), "Save")
    told = await moderated(app, "edit", SECOND, entry="prevention")
    assert f"A change by {MODERATOR.id} waits in the review" in told.plain
    assert form_of(await chosen(app, told, "Edit it anyway", SECOND))
    assert form_of(await moderated(app, "edit", SECOND, entry="outcomes"))
