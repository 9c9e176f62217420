"""Moderators at work: adding, correcting, taking away and bringing back, with nothing lost and nobody overrun."""

from dataclasses import replace

import pytest

from bot.app.app import App
from bot.chat.events import Complete, Invocation, Message, Place, Press, Submit
from bot.chat.replies import Copyable, Question, Reply
from bot.commands.context import Services
from bot.curating.editing.entry_form import FIELDS
from knowledge.pack.model import Entry, Source
from knowledge.pack.overlay import NOBODY, with_entry
from knowledge.pack.slugs import slug
from tests.people import (
    ADMIN,
    CHANNEL,
    MEMBER,
    MODERATOR,
    OTHER,
    asked,
    chosen,
    done,
    form_of,
    moderated,
    sent,
    values_in,
)

SECOND = replace(MODERATOR, id="test:user/9", name="second")
TYPED = {
    "question": "When does the chapter meet?",
    "phrasings": "what time are the meetings\nwhen is the next meeting",
    "answer": "Mondays at 7, in the **library**.",
    "topic": "about",
    "source": "Chapter handbook\n2026\nRoom plan https://example.org/rooms",
}
# A question that an entry answers already, so this one takes it away.
COLLIDING = {
    "question": "Which case type is the odd one out with a fixed term of support?",
    "phrasings": "how many got rescued",
}


async def added(app: App, place: Place = CHANNEL, **typed: str) -> Reply:
    preview = await sent(app, await moderated(app, "add", place=place), place=place, **(TYPED | typed))
    return await chosen(app, preview, "Save", place=place)


async def saved(app: App, reply: Reply) -> Reply:
    """What was saved at once, or after its preview."""
    return await chosen(app, reply, "Save") if "Preview" in reply.plain else reply


async def test_an_added_entry_is_previewed_saved_and_found_in_other_words(app: App) -> None:
    opened = await moderated(app, "add")
    assert set(values_in(form_of(opened))) == set(FIELDS)
    preview = await sent(app, opened, **TYPED)
    assert "Mondays at 7, in the library." in preview.plain
    assert "Chapter handbook · 2026" in preview.plain
    assert "don't know" in await asked(app, "when does the chapter meet?")
    assert "Saved" in (await chosen(app, preview, "Save")).plain
    for words in ("when does the chapter meet?", "what day is the meeting", "when do you guys meet"):
        assert "Mondays at 7" in await asked(app, words), words
    shown = await asked(app, "when does the chapter meet?")
    assert "Room plan (https://example.org/rooms)" in shown
    assert "79%" in await asked(app, "what happened in cebu")


async def test_the_preview_says_which_phrasings_another_entry_keeps(app: App) -> None:
    await added(app)
    opened = await moderated(app, "add")
    preview = await sent(app, opened, **(TYPED | {"question": "Which time do we meet?", "answer": "At 8."}))
    assert "“what time are the meetings” stays with When does the chapter meet?" in preview.plain
    assert "“Which time do we meet?” stays" not in preview.plain
    await chosen(app, preview, "Save anyway" if "Save anyway" in preview.plain else "Save")
    assert "Mondays at 7" in await asked(app, "what time are the meetings")
    assert "At 8" in await asked(app, "which time do we meet")


async def test_another_community_never_sees_it(app: App) -> None:
    await added(app)
    elsewhere = Place("test:channel/1", "test:community/2")
    assert "Mondays" not in await asked(app, "when does the chapter meet?", elsewhere)
    assert "changed nothing" in (await moderated(app, "history", place=elsewhere)).plain


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("question", "", "Question: this is empty"),
        ("question", "x" * 101, "at most 100"),
        ("answer", "y" * 901, "at most 900"),
        ("topic", "nonsense", "is none of: about"),
        ("source", "Handbook", "write the year"),
        ("source", "Handbook\n1066", "write the year"),
        ("source", "Handbook\n2031", "in the future"),
        ("answer", "Call 555-123-4567.", "leave out the phone number 5551234567"),
        ("answer", "See [this](javascript:alert(1)).", "not an http(s) address"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(app: App, field: str, typed: str, told: str) -> None:
    refused = await sent(app, await moderated(app, "add"), **(TYPED | {field: typed}))
    assert told in refused.plain
    assert not any(button.label.startswith("Save") for button in refused.buttons)
    again = values_in(form_of(await chosen(app, refused, "Change it")))
    assert again == TYPED | {field: typed}


@pytest.mark.slow
async def test_editing_a_base_entry_makes_a_copy_and_removing_and_restoring_bring_back_any_text(app: App) -> None:
    form = await moderated(app, "edit", entry="prevention")
    assert values_in(form_of(form))["phrasings"] == ""
    preview = await sent(app, form, answer="Stop it before it starts.")
    assert "These facts and quiz questions will be removed" not in preview.plain
    saved = await chosen(app, preview, "Save")
    assert "revision 2" in saved.plain
    assert "Stop it before it starts." in await asked(app, "prevention")
    base = app.services.pack.entry("prevention")
    assert base is not None
    for phrasing in base.alternatives[:5]:
        assert "Stop it before it starts." in await asked(app, phrasing)

    removal = await moderated(app, "remove", entry="prevention")
    assert "Removed" in (await chosen(app, removal, "Remove it")).plain
    assert "Stop it before" not in await asked(app, "prevention")
    assert all(value != "prevention" for _, value in await app.complete(_completing("edit")))
    assert any(value == "prevention" for _, value in await app.complete(_completing("restore")))

    history = await moderated(app, "history", entry="prevention")
    assert "Revision 3: removed" in history.plain
    assert MODERATOR.id in history.plain
    second = await chosen(app, history, "Revision 2")
    assert "+ Stop it before it starts." in second.plain
    assert "Saved" in (await chosen(app, await chosen(app, second, "Bring it back"), "Bring it back")).plain
    assert "Stop it before it starts." in await asked(app, "prevention")


def _completing(command: str) -> Complete:
    return Complete(MODERATOR, CHANNEL, command, "entry", "prevent", "ijm-mod")


async def test_facts_whose_figures_are_gone_from_the_answer_go_too(app: App) -> None:
    form = await moderated(app, "edit", entry="evidence-cebu")
    preview = await sent(app, form, answer="Much less in 2012.")
    assert "These facts and quiz questions will be removed" in preview.plain
    await chosen(app, preview, "Save")
    context = await app.handle(Invocation(MEMBER, CHANNEL, "ask", {"question": "evidence-cebu"}))
    assert isinstance(context, Reply)
    assert "79" not in context.plain


async def test_the_second_of_two_moderators_is_told_keeps_the_text_and_sees_the_difference(app: App) -> None:
    first = await moderated(app, "edit", entry="prevention")
    told = await moderated(app, "edit", SECOND, entry="prevention")
    assert f"{MODERATOR.id} is working on this one, too" in told.plain
    second = await chosen(app, told, "Edit it anyway", SECOND)
    mine = await sent(app, first, answer="Mine, first.")
    theirs = await sent(app, second, SECOND, answer="Theirs, later.")
    await chosen(app, mine, "Save")
    told = await chosen(app, theirs, "Save", SECOND)
    assert "Someone else saved first" in told.plain
    assert "- Mine, first." in told.plain
    assert "+ Theirs, later." in told.plain
    assert "Mine, first." in await asked(app, "prevention")
    assert values_in(form_of(await chosen(app, told, "Change it", SECOND)))["answer"] == "Theirs, later."
    assert "Saved" in (await chosen(app, told, "Save mine", SECOND)).plain
    assert "Theirs, later." in await asked(app, "prevention")
    assert (
        "Mine, first." in (await chosen(app, await moderated(app, "history", entry="prevention"), "Revision 2")).plain
    )


async def test_an_own_entry_that_somebody_removed_meanwhile_keeps_its_id_when_it_is_saved_over(app: App) -> None:
    await added(app)
    mine = await sent(
        app, await moderated(app, "edit", SECOND, entry="when-does-the-chapter-meet"), SECOND, answer="Tuesdays at 8."
    )
    await chosen(app, await moderated(app, "remove", entry="when-does-the-chapter-meet"), "Remove it")
    told = await chosen(app, mine, "Save", SECOND)
    assert "Someone else saved first" in told.plain
    assert "revision 3" in (await chosen(app, told, "Save mine", SECOND)).plain
    assert "Tuesdays at 8." in await asked(app, "when does the chapter meet?")
    assert (await app.services.store.history(CHANNEL.community, "when-does-the-chapter-meet-2")) == ()


async def test_a_note_of_collisions_goes_with_the_collisions(app: App) -> None:
    preview = await sent(app, await moderated(app, "add"), **TYPED | COLLIDING)
    assert "would send elsewhere" in preview.plain
    harmless = {"question": "What does gala parking cost?", "phrasings": "gala parking fee"}
    again = await sent(app, await chosen(app, preview, "Change it"), **harmless)
    await chosen(app, again, "Save")
    (revision,) = await app.services.store.history(CHANNEL.community, "what-does-gala-parking-cost")
    assert revision.note == ""


async def test_questions_that_nothing_should_answer_and_the_new_entry_would_are_told_apart(app: App) -> None:
    preview = await sent(app, await moderated(app, "add"), **TYPED)
    assert "These had no answer and would now get this one" in preview.plain
    assert "When is the next chapter meeting?" in preview.plain


@pytest.mark.slow
async def test_bringing_back_the_shipped_text_stands_for_the_text_that_ships_now(app: App) -> None:
    form = await moderated(app, "edit", entry="prevention")
    await chosen(app, await sent(app, form, answer="Ours."), "Save")
    history = await moderated(app, "history", entry="prevention")
    assert "revision 2" in history.plain.lower()
    await chosen(app, await moderated(app, "remove", entry="prevention"), "Remove it")
    sure = await moderated(app, "restore", entry="prevention", revision=2)
    assert "Saved" in (await chosen(app, sure, "Bring it back")).plain
    assert "Ours." in await asked(app, "prevention")


async def test_a_form_that_lay_too_long_begins_a_new_entry(app: App) -> None:
    opened = await moderated(app, "add")
    await app.services.store.drop_typed(CHANNEL.community, form_of(opened).id.partition(":")[2])
    assert "Mondays at 7" in (await sent(app, opened, **TYPED)).plain


async def test_saving_twice_makes_one_revision(app: App) -> None:
    preview = await sent(app, await moderated(app, "add"), **TYPED)
    await chosen(app, preview, "Save")
    assert "already" in (await chosen(app, preview, "Save")).plain
    assert len(await app.services.store.history(CHANNEL.community, "when-does-the-chapter-meet")) == 1


async def test_what_looks_like_another_entry_can_become_its_phrasing(app: App) -> None:
    typed = TYPED | {"question": "What happened in Cebu in the Philippines?", "phrasings": "cebu results please"}
    preview = await sent(app, await moderated(app, "add"), **typed)
    assert "This looks like" in preview.plain
    assert "Saved" in (await saved(app, await chosen(app, preview, "Add to: "))).plain
    assert "79%" in await asked(app, "cebu results please")


async def test_questions_that_would_go_elsewhere_are_listed_and_saving_anyway_is_recorded(app: App) -> None:
    preview = await sent(app, await moderated(app, "add"), **TYPED | COLLIDING)
    assert "would send elsewhere" in preview.plain
    await chosen(app, preview, "Save anyway")
    (revision,) = await app.services.store.history(CHANNEL.community, slug(COLLIDING["question"], ()))
    assert "saved although" in revision.note


async def test_an_alias_is_added_at_once_where_nothing_collides(app: App) -> None:
    reply = await moderated(app, "alias", phrasing="the gravel road thing", entry="evidence-cebu")
    assert "Saved" in reply.plain
    assert "79%" in await asked(app, "the gravel road thing")
    again = await moderated(app, "alias", phrasing="The gravel road thing!", entry="evidence-cebu")
    assert "already" in again.plain
    picking = await moderated(app, "alias", phrasing="another gravel road")
    assert picking.menu is not None
    assert len(picking.menu.rows) == len(app.services.pack.entries)
    cebu = next(row.label for row in picking.menu.rows if row.value.endswith(" evidence-cebu"))
    assert "Saved" in (await saved(app, await chosen(app, picking, cebu))).plain
    assert "79%" in await asked(app, "another gravel road")


@pytest.mark.parametrize("command", ["edit", "remove"])
async def test_without_an_entry_there_is_a_list_to_pick_from(app: App, command: str) -> None:
    picking = await moderated(app, command)
    assert picking.menu is not None
    assert {row.value for row in picking.menu.rows} == {entry.id for entry in app.services.pack.entries}


async def test_a_message_becomes_the_beginning_of_an_entry(app: App) -> None:
    question = values_in(form_of(await moderated(app, "add", text="how do i join the chapter?")))
    assert question["question"] == "how do i join the chapter?"
    answer = values_in(form_of(await moderated(app, "add", text="We meet on Mondays. Bring a friend.")))
    assert answer["answer"] == "We meet on Mondays. Bring a friend."
    long = form_of(await moderated(app, "add", text="x. " * 600))
    field = next(each for each in long.fields if each.name == "answer")
    assert isinstance(field, Question)
    assert field.limit >= len(field.value) > 1_700


async def test_a_moderator_who_is_one_no_more_loses_the_right_but_not_the_text(app: App) -> None:
    opened = await moderated(app, "add")
    demoted = replace(MODERATOR, groups=frozenset())
    kept = await done(app, Submit(demoted, CHANNEL, form_of(opened).id, TYPED))
    assert TYPED["answer"] in kept.plain
    assert any(isinstance(block, Copyable) for block in kept.blocks)
    preview = await sent(app, opened, **TYPED)
    save = preview.buttons[0]
    refused = await done(app, Press(demoted, CHANNEL, save.action, save.value))
    assert "moderators" in refused.plain
    assert await app.services.store.history(CHANNEL.community, "when-does-the-chapter-meet") == ()


async def test_a_persons_name_can_be_taken_out_of_the_history(app: App) -> None:
    await added(app)
    sure = await moderated(app, "forget", ADMIN, person="test:user/3")
    assert "Deleted" in (await chosen(app, sure, "Delete the traces", ADMIN)).plain
    (revision,) = await app.services.store.history(CHANNEL.community, "when-does-the-chapter-meet")
    assert revision.by == NOBODY
    assert MODERATOR.id not in (await moderated(app, "history", entry="when-does-the-chapter-meet")).plain


async def test_a_persons_proposal_of_a_help_line_goes_with_them(app: App) -> None:
    await moderated(app, "settings", helpline="Campus Safety, 555-123-4567")
    await chosen(app, await moderated(app, "forget", ADMIN, person=MODERATOR.id), "Delete the traces", ADMIN)
    assert all(MODERATOR.id not in str(each) for each in await app.services.store.settings(CHANNEL.community))


async def test_a_whole_community_can_be_deleted_by_its_admin_alone(app: App) -> None:
    await added(app)
    assert "or you can't use it" in (await moderated(app, "forget", everything=True)).plain
    sure = await moderated(app, "forget", ADMIN, everything=True)
    assert "moderators" in (await chosen(app, sure, "Delete everything", MODERATOR)).plain
    await chosen(app, sure, "Delete everything", ADMIN)
    assert "Mondays" not in await asked(app, "when does the chapter meet?")


async def test_in_a_conversation_of_ones_own_there_is_nothing_to_moderate(services: Services) -> None:
    app = App(services)
    alone = Place("test:dm/2", OTHER.id, direct=True)
    somebody = replace(OTHER, groups=MODERATOR.groups)
    assert "server" in (await moderated(app, "add", somebody, alone)).plain
    await done(app, Message(somebody, alone, "what is the gravel road tax in ohio", addressed=True))
    assert await services.store.misses(OTHER.id) == ()


async def test_an_edit_is_seen_by_another_process_at_the_next_question(services: Services) -> None:
    one, other = App(services), App(services)
    assert "don't know" in await asked(other, "when does the chapter meet?")
    await added(one)
    assert "Mondays" in await asked(other, "when does the chapter meet?")


def test_the_pack_of_a_community_keeps_order_and_documents(services: Services) -> None:
    entry = Entry("own", "Own?", (), "Own.", "about", (), Source("Handbook", ""), 2026)
    changed = with_entry(services.pack, "own", entry)
    assert [each.id for each in changed.entries] == [*(each.id for each in services.pack.entries), "own"]
    assert changed.document("Handbook") is not None
    assert with_entry(changed, "own", None).entries == services.pack.entries


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("qwzx", "There is no entry “qwzx”. Leave it out, and I'll show you all of them."),
        ("evidence-c", "Near it: evidence-cebu"),
        ("does it work in cebu", "Near it: evidence-cebu"),
    ],
)
async def test_a_name_that_no_entry_has_is_told_with_what_may_be_meant(app: App, name: str, told: str) -> None:
    for command in ("edit", "remove"):
        assert told in (await moderated(app, command, entry=name)).plain
