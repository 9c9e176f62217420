"""What waits for moderators, why an answer was given, the settings, the help line, and the weekly notice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.app import App
from bot.app.notices import post_notices
from bot.chat.events import Complete, Invocation, Message, Place, Press, Submit, User
from bot.chat.outbox import Outbox, Unpostable, Unreached
from bot.chat.replies import File, Reply
from bot.commands.context import Services
from knowledge.matching import Search
from knowledge.pack.overlay import Change, Draft
from knowledge.pack.records import fingerprint
from knowledge.pack.redaction import KEPT_LIMIT, redacted
from tests.conftest import NOW
from tests.people import (
    ADMIN,
    CHANNEL,
    DANGER,
    MEMBER,
    MODERATOR,
    OTHER,
    PLATFORM,
    chosen,
    done,
    form_of,
    moderated,
    sent,
    values_in,
)

SECOND = replace(MODERATOR, id="test:user/9")
UNKNOWN = "what is the parking fee at the gala in april"
HERE = Place("test:community/1/C5", "test:community/1", platform=PLATFORM)


async def asked(app: App, words: str, user: User = MEMBER, place: Place = CHANNEL) -> Reply:
    return await done(app, Message(user, place, words, addressed=True))


async def test_the_whole_way_from_a_question_nobody_answers_to_its_answer(app: App) -> None:
    unanswered = await asked(app, UNKNOWN)
    assert "don't know" in unanswered.plain
    await asked(app, "gala parking fee in April, how much", OTHER)
    queue = await moderated(app, "review")
    assert "unanswered: 1" in queue.plain
    item = await chosen(app, queue, "Begin")
    assert "Asked 2 times" in item.plain
    assert UNKNOWN in item.plain
    form = await chosen(app, item, "Answer it")
    typed = values_in(form_of(form))
    assert {typed["question"], typed["phrasings"]} == {UNKNOWN, "gala parking fee in April, how much"}
    typed = {"answer": "Five dollars, in 2026.", "topic": "about", "source": "Gala leaflet\n2026"}
    assert "Saved" in (await chosen(app, await sent(app, form, **typed), "Save")).plain
    assert "Five dollars" in (await asked(app, UNKNOWN)).plain
    assert "Five dollars" in (await asked(app, "how much is parking at the gala")).plain
    assert "unanswered" not in (await moderated(app, "review")).plain


async def test_nothing_of_a_message_about_safety_is_kept(app: App) -> None:
    for words in (DANGER, "is someone i know being trafficked, what should i do"):
        await app.handle(Message(MEMBER, CHANNEL, words, addressed=True))
        await app.handle(Invocation(MEMBER, CHANNEL, "ask", {"question": words}))
        await app.handle(Invocation(MEMBER, CHANNEL, "suggest", {"question": words}))
        await app.handle(Submit(MEMBER, CHANNEL, "suggest", {"question": words}))
    store = app.services.store
    await app.services.usage.write(store)
    assert await store.misses(CHANNEL.community) == ()
    assert await store.suggestions(CHANNEL.community) == ()
    assert await store.usage(CHANNEL.community, NOW) == ()


async def test_what_is_kept_says_neither_who_nor_whom(app: App) -> None:
    words = "does <@123> or @kim (kim.lee@example.org, 555-123-4567, id 1234567890) know about gala parking"
    await asked(app, words)
    (miss,) = await app.services.store.misses(CHANNEL.community)
    for secret in ("123", "kim", "example", "4567", MEMBER.id, MEMBER.name):
        assert secret not in miss.text
    assert "gala parking" in miss.text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to a.b+c@mail.example.org now", "write to [e-mail] now"),
        ("call +44 20 7946 0958 or (555) 123-4567", "call [number] or [number]"),
        ("see https://x.org/?user=5 ok", "see [link] ok"),
        ("student 20261234567", "student [number]"),
        ("in 2012, 2,400 people and 79%", "in 2012, 2,400 people and 79%"),
        ("a\n\n b", "a b"),
    ],
)
def test_names_and_numbers_are_taken_out(text: str, kept: str) -> None:
    assert redacted(text) == kept
    assert len(redacted("word " * 500)) <= KEPT_LIMIT


async def test_what_waits_is_added_to_an_entry_with_one_press_or_dismissed(app: App) -> None:
    await app.services.store.add_suggestion(CHANNEL.community, "cebu numbers for my slide", now=NOW)
    await asked(app, UNKNOWN)
    item = await chosen(app, await moderated(app, "review"), "Begin")
    assert "Suggested" in item.plain
    near = next(button for button in item.buttons if button.action == "addto" and "evidence-cebu" in button.value)
    reply = await done(app, Press(MODERATOR, CHANNEL, near.action, near.value))
    if "Preview" in reply.plain:
        reply = await chosen(app, reply, "Save")
    assert "Saved" in reply.plain
    assert await app.services.store.suggestions(CHANNEL.community) == ()
    assert "79%" in (await asked(app, "Cebu numbers for my slide!")).plain
    item = await chosen(app, await moderated(app, "review"), "Begin")
    assert "Dismissed." in (await chosen(app, item, "Dismiss")).plain
    assert await app.services.store.misses(CHANNEL.community) == ()


async def test_a_member_suggests_without_their_name(app: App) -> None:
    unknown = await asked(app, UNKNOWN)
    form = await chosen(app, unknown, "Suggest", MEMBER)
    await sent(app, form, MEMBER, question="How do I start a chapter? asks @kim")
    (kept,) = await app.services.store.suggestions(CHANNEL.community)
    assert kept.text == "How do I start a chapter? asks [name]"
    empty = await done(app, Submit(MEMBER, CHANNEL, "suggest", {"question": " "}))
    assert "That was empty" in empty.plain


async def test_a_base_entry_that_changed_under_a_copy_is_shown_and_either_text_can_be_had(services: Services) -> None:
    base = services.pack.entry("prevention")
    assert base is not None
    old = replace(base, answer="The old text.")
    for entry in (old, replace(old, id="outcomes")):
        shipped = services.pack.entry(entry.id)
        assert shipped is not None
        stands_for = fingerprint(old) if entry is old else fingerprint(shipped)
        draft = Draft(entry.id, Change.EDITED, replace(entry, answer="Ours."), 0, stands_for)
        await services.store.revise(CHANNEL.community, [draft], by=MODERATOR.id, now=NOW)
    await services.store.set_setting(CHANNEL.community, "stale", 0, by="x", now=NOW)
    app = App(services)
    queue = await moderated(app, "review")
    assert "Review: 1 waiting" in queue.plain
    item = await chosen(app, queue, "Begin")
    assert "- Ours." in item.plain
    assert "Nothing waits" in (await chosen(app, item, "Keep mine")).plain
    await services.store.forget_community(CHANNEL.community)
    draft = Draft(old.id, Change.EDITED, replace(old, answer="Ours."), 0, fingerprint(old))
    await services.store.revise(CHANNEL.community, [draft], by=MODERATOR.id, now=NOW)
    await services.store.set_setting(CHANNEL.community, "stale", 0, by="x", now=NOW)
    item = await chosen(app, await moderated(app, "review"), "Begin")
    await chosen(app, item, "Take the new")
    assert "Ours." not in (await asked(app, "prevention")).plain
    assert "Nothing waits" in (await moderated(app, "review")).plain


async def test_old_figures_wait_until_somebody_says_that_they_stand(app: App) -> None:
    queue = await moderated(app, "review")
    assert "old figures" in queue.plain
    total = len([entry for entry in app.services.pack.entries if entry.has_figures])
    assert f"Review: {total} waiting" in queue.plain
    left = await chosen(app, await chosen(app, queue, "Begin"), "It still stands")
    assert f"of {total - 1}" in left.plain
    await moderated(app, "settings", stale=40)
    assert "Nothing waits" in (await moderated(app, "review")).plain


async def test_why_tells_the_rule_and_adds_the_wording(app: App) -> None:
    reply = await moderated(app, "why", question="which impact did they have on that island city")
    for word in ("rule", "matched", "score", "runner-up", "margin", "safety"):
        assert word in reply.plain
    picking = await chosen(app, reply, "Add to another")
    cebu = next(row for row in picking.choices if row.value.endswith(" evidence-cebu"))
    saved = await done(app, Press(MODERATOR, CHANNEL, cebu.action, cebu.value))
    if "Preview" in saved.plain:
        saved = await chosen(app, saved, "Save")
    assert "Saved" in saved.plain
    assert (
        "word for word"
        in (await moderated(app, "why", question="Which impact did they have on that island city?")).plain
    )


async def test_a_help_line_takes_two_moderators(app: App) -> None:
    line = "Campus Safety, 555-123-4567"
    proposed = await moderated(app, "settings", helpline=line)
    assert "second moderator" in proposed.plain
    own = await moderated(app, "settings")
    assert not any(button.action == "helpline-yes" for button in own.buttons)
    offered = await moderated(app, "settings", SECOND)
    confirm = next(button for button in offered.buttons if button.action == "helpline-yes")
    alone = await done(app, Press(MODERATOR, CHANNEL, confirm.action, confirm.value))
    assert "Another moderator" in alone.plain
    assert line not in (await asked(app, DANGER)).plain
    assert "Confirmed" in (await done(app, Press(SECOND, CHANNEL, confirm.action, confirm.value))).plain
    card = await asked(app, DANGER, OTHER)
    assert card.plain.startswith(f"Near you: {line}")
    assert (await done(app, Invocation(MEMBER, CHANNEL, "referral"))).plain.startswith("Near you")
    elsewhere = Place("x", "test:community/2")
    assert line not in (await asked(app, DANGER, OTHER, elsewhere)).plain

    await moderated(app, "settings", helpline="Somebody else, 555-000-0000")
    stale = await done(app, Press(SECOND, CHANNEL, confirm.action, confirm.value))
    assert "proposal is gone" in stale.plain
    offered = await moderated(app, "settings", SECOND)
    await chosen(app, offered, "Withdraw", SECOND)
    assert "at most 200" in (await moderated(app, "settings", helpline="x" * 201)).plain
    removal = await chosen(app, await moderated(app, "settings"), "Propose to remove")
    assert "no help line" in removal.plain
    await chosen(app, await moderated(app, "settings", SECOND), "Confirm", SECOND)
    assert "Near you" not in (await asked(app, DANGER, replace(OTHER, id="test:user/77"))).plain


async def test_digits_that_may_be_a_phone_number_take_two_moderators(app: App) -> None:
    typed = {
        "question": "Where is the night desk?", "phrasings": "night desk", "answer": "At the gate; 2411 9797.",
        "topic": "about", "source": "Leaflet\n2026",
    }  # fmt: skip
    preview = await sent(app, await moderated(app, "add"), **typed)
    assert "24119797 could be a phone number" in preview.plain
    assert "second moderator" in (await chosen(app, preview, "Save")).plain
    assert "2411" not in (await asked(app, "Where is the night desk?")).plain

    own = await chosen(app, await moderated(app, "review"), "Begin")
    assert "A second moderator has to confirm it" in own.plain
    assert not any(button.action == "number-ok" for button in own.buttons)
    offered = await chosen(app, await moderated(app, "review", SECOND), "Begin", SECOND)
    assert "At the gate; 2411 9797." in offered.plain
    confirm = next(button for button in offered.buttons if button.action == "number-ok")
    alone = await done(app, Press(MODERATOR, CHANNEL, confirm.action, confirm.value))
    assert "Another moderator has to confirm it" in alone.plain
    member = await done(app, Press(MEMBER, CHANNEL, confirm.action, confirm.value))
    assert "for moderators" in member.plain
    assert "2411" not in (await asked(app, "Where is the night desk?")).plain

    sure = await sent(app, await moderated(app, "edit", entry="where-is-the-night-desk"), answer="Call us: 2411 9798.")
    assert "leave out the phone number 24119798" in sure.plain
    anew = await chosen(app, await moderated(app, "edit", entry="where-is-the-night-desk"), "Begin anew")
    edited = await sent(app, anew, answer="At 2411 9790.")
    await chosen(app, edited, "Save")
    stale = await done(app, Press(SECOND, CHANNEL, confirm.action, confirm.value))
    assert "has changed" in stale.plain
    offered = await chosen(app, await moderated(app, "review", SECOND), "Begin", SECOND)
    assert "Confirmed" in (await chosen(app, offered, "Confirm the number", SECOND)).plain
    assert "2411 9790" in (await asked(app, "Where is the night desk?")).plain


async def agreed(app: App, line: str) -> None:
    """Two moderators make this the help line."""
    await moderated(app, "settings", helpline=line)
    await chosen(app, await moderated(app, "settings", SECOND), "Confirm", SECOND)


async def test_an_entry_is_not_shown_once_its_number_is_not_pinned_any_more(app: App) -> None:
    typed = {
        "question": "Who helps on campus?", "phrasings": "campus help line", "answer": "Call 555-123-4567.",
        "topic": "about", "source": "Leaflet\n2026",
    }  # fmt: skip
    await agreed(app, "Campus Safety, 555-123-4567")
    await chosen(app, await sent(app, await moderated(app, "add"), **typed), "Save")
    assert "555-123-4567" in (await asked(app, "who helps on campus?")).plain
    await agreed(app, "Campus Safety, 555-765-4321")
    assert "555-123-4567" not in (await asked(app, "who helps on campus?")).plain
    assert "who-helps-on-campus" not in [
        value for _, value in await app.complete(_completing("ask", "question", "ijm"))
    ]
    queue = await moderated(app, "review")
    assert "not shown: a number to check" in queue.plain
    item = await chosen(app, queue, "Begin")
    assert "5551234567" in item.plain
    opened = await chosen(app, item, "Edit it")
    assert values_in(form_of(opened))["answer"] == "Call 555-123-4567."
    refused = await sent(app, opened)
    assert "leave out the phone number 5551234567" in refused.plain
    saved = await chosen(app, await sent(app, opened, answer="Call 555-765-4321."), "Save")
    assert "Saved" in saved.plain
    assert "555-765-4321" in (await asked(app, "who helps on campus?")).plain
    old = await moderated(app, "restore", entry="who-helps-on-campus", revision=1)
    assert "not among the checked ones: 5551234567" in old.plain
    exported = await moderated(app, "export", format="json")
    assert any(isinstance(block, File) and b"555-765-4321" in block.content for block in exported.blocks)


async def test_the_operators_own_line_is_shown_and_pinned_where_a_community_has_none(services: Services) -> None:
    app = App(replace(services, help_line="Harbour Line, 555-010-0100"))
    assert "Near you: Harbour Line" in (await asked(app, DANGER)).plain
    typed = {"question": "Harbour?", "answer": "555-010-0100", "topic": "about", "source": "L\n2026"}
    assert "Preview" in (await sent(app, await moderated(app, "add"), **typed)).plain
    await agreed(app, "Campus Safety, 555-765-4321")
    assert "Near you: Campus Safety" in (await asked(app, DANGER, OTHER)).plain


def _completing(command: str, option: str, head: str) -> Complete:
    return Complete(MODERATOR, CHANNEL, command, option, "campus", head)


async def test_a_group_that_an_admin_names_moderates_and_no_other(app: App) -> None:
    group = "test:role/7"
    helper = User("test:user/5", "helper", frozenset({group}))
    assert "or you can't use it" in (await moderated(app, "settings", helper)).plain
    assert "admins" in (await moderated(app, "settings", moderators=group)).plain
    assert group in (await moderated(app, "settings", ADMIN, moderators=group)).plain
    assert "Settings" in (await moderated(app, "settings", helper)).plain
    elsewhere = Place("x", "test:community/2")
    assert "or you can't use it" in (await moderated(app, "settings", helper, elsewhere)).plain
    for wrong in ("anybody", "other:role/7", "test:community/2/S1"):
        assert "don't know this group" in (await moderated(app, "settings", ADMIN, moderators=wrong)).plain
    removed = await moderated(app, "settings", ADMIN)
    by_moderator = next(button for button in removed.buttons if button.action == "nogroup")
    assert "admins" in (await done(app, Press(MODERATOR, CHANNEL, by_moderator.action, by_moderator.value))).plain
    await chosen(app, removed, "Remove group 1", ADMIN)
    assert "or you can't use it" in (await moderated(app, "settings", helper)).plain


@pytest.mark.parametrize("kept", [None, "test:role/7", {"test:role/7": True}, ["", 7], True])
async def test_a_setting_that_is_not_what_it_should_be_opens_nothing(app: App, kept: object) -> None:
    helper = User("test:user/5", "helper", frozenset({"test:role/7", ""}))
    await app.services.store.set_setting(CHANNEL.community, "moderators", kept, by="x", now=NOW)  # type: ignore[arg-type]
    if kept != ["", 7]:
        assert "or you can't use it" in (await moderated(app, "settings", helper)).plain


class Posts(Outbox):
    """Takes posts, or refuses them."""

    def __init__(self, error: Exception | None = None) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self.elsewhere = False
        self._error = error

    async def check(self, community: str, place: str) -> None:
        if self.elsewhere:
            raise Unreached("served by another process")

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        assert len(key) <= 25
        if self._error:
            raise self._error
        self.taken.append((community, place, reply.plain))


async def test_a_weekly_notice_is_posted_once_a_week_where_something_waits(services: Services) -> None:
    times = [NOW]
    app = App(replace(services, now=lambda: times[0]))
    other = App(replace(services, now=lambda: times[0]))
    posts = Posts()
    services.outboxes.connect("test:", posts)
    assert await post_notices(app) == 0
    assert HERE.id in (await moderated(app, "settings", notices=HERE.id)).plain
    assert await post_notices(app) == 1
    assert await post_notices(other) == 0
    assert posts.taken[0][:2] == (CHANNEL.community, HERE.id)
    times[0] = NOW + timedelta(days=7)
    assert (await post_notices(app), await post_notices(other)) == (1, 0)
    await chosen(app, await moderated(app, "settings"), "No weekly notice")
    times[0] = NOW + timedelta(days=14)
    assert await post_notices(app) == 0


async def test_a_notice_is_left_to_the_process_that_serves_its_community(services: Services) -> None:
    app = App(services)
    await moderated(app, "settings", notices=HERE.id)
    posts = Posts()
    posts.elsewhere = True
    services.outboxes.connect("test:", posts)
    assert await post_notices(app) == 0
    posts.elsewhere = False
    assert await post_notices(app) == 1


async def test_a_notice_that_cannot_be_posted_is_switched_off_and_one_that_was_not_reached_is_not(
    services: Services,
) -> None:
    app = App(services)
    await moderated(app, "settings", notices=HERE.id)
    services.outboxes.connect("test:", Posts(Unreached("away")))
    assert await post_notices(app) == 0
    assert "none" not in (await moderated(app, "settings")).plain.split("notices: ")[1].split("\n")[0]
    services.outboxes.connect("test:", Posts())
    assert await post_notices(app) == 1, "it is tried again"
    assert await post_notices(app) == 0
    await services.store.forget_community(CHANNEL.community)
    await moderated(app, "settings", notices=HERE.id)
    services.outboxes.connect("test:", Posts(Unpostable("gone")))
    assert await post_notices(app) == 0
    assert "notices: none" in (await moderated(app, "settings")).plain


async def test_questions_are_counted_by_kind_and_entry_without_who_asked(app: App) -> None:
    await asked(app, "what happened in cebu")
    await asked(app, "what happened in cebu", OTHER)
    await asked(app, UNKNOWN)
    await app.services.usage.write(app.services.store)
    counted = [(t.what, t.entry_id, t.count) for t in await app.services.store.usage(CHANNEL.community, NOW)]
    assert counted == [("answer", "evidence-cebu", 2), ("unknown", "", 1)]


async def test_while_the_store_is_away_what_is_known_is_answered_and_nothing_else(services: Services) -> None:
    app = App(services)
    await asked(app, "what happened in cebu")
    await services.store.close()
    assert "79%" in (await asked(app, "what happened in cebu")).plain
    elsewhere = Place("x", "test:community/2")
    assert "can't reach my memory" in (await asked(app, "what happened in cebu", place=elsewhere)).plain
    assert "911" in (await asked(app, DANGER, place=elsewhere)).plain
    assert "polarisproject" in (await done(app, Invocation(MEMBER, elsewhere, "referral"))).plain.lower()
    kept = await done(app, Submit(MODERATOR, elsewhere, "entry:x", {"answer": "long text"}))
    assert "long text" in kept.plain


def test_the_search_of_a_community_shares_what_was_learnt(services: Services) -> None:
    adapted = services.search.adapted(services.pack.entries)
    assert isinstance(adapted, Search)
    assert adapted.bytes == 0
