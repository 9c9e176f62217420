"""What moderators type is never lost, and what they are told before saving is true."""

from dataclasses import replace

import pytest

from bot.app.app import App
from bot.chat.events import Place, Submit, Upload
from bot.chat.outbox import Outbox
from bot.chat.replies import Reply, echo
from bot.curating.editing.impact import blocks_of, check
from knowledge.matching import Closest, Found, Suggestions
from knowledge.pack.model import Entry, Source
from knowledge.pack.overlay import with_entry
from tests.people import CHANNEL, MEMBER, MODERATOR, asked, chosen, done, form_of, moderated, sent, values_in

pytestmark = pytest.mark.slow

SECOND = replace(MODERATOR, id="test:user/9", name="second")
TYPED = {
    "question": "When does the chapter meet?",
    "phrasings": "what time are the meetings",
    "answer": "Mondays at 7, in the **library**.",
    "topic": "about",
    "source": "Chapter handbook\n2026",
}
# A question that an entry answers already, so this one takes it away.
COLLIDING = {
    "question": "Which case type is the odd one out with a fixed term of support?",
    "phrasings": "how many got rescued",
}


async def added(app: App, **typed: str) -> Reply:
    preview = await sent(app, await moderated(app, "add"), **(TYPED | typed))
    return await chosen(app, preview, "Save")


async def test_a_draft_whose_preview_is_gone_is_offered_again(app: App) -> None:
    await sent(app, await moderated(app, "add"), **TYPED)
    offered = await moderated(app, "add")
    assert "You have 1 unfinished entry" in offered.plain
    assert TYPED["question"] in offered.plain
    preview = await chosen(app, offered, "Continue: When does")
    assert "Mondays at 7, in the library." in preview.plain
    assert "Saved" in (await chosen(app, preview, "Save")).plain
    assert form_of(await moderated(app, "add"))


async def test_a_draft_can_be_thrown_away_or_left_while_another_entry_is_begun(app: App) -> None:
    await sent(app, await moderated(app, "add"), **TYPED)
    fresh = await chosen(app, await moderated(app, "add", text="how do i join?"), "Begin anew")
    assert values_in(form_of(fresh))["question"] == "how do i join?"
    await chosen(app, await moderated(app, "add"), "Discard it")
    assert form_of(await moderated(app, "add"))


async def test_a_form_that_was_never_sent_is_no_draft(app: App) -> None:
    await moderated(app, "add", text="how do i join?")
    await moderated(app, "edit", entry="prevention")
    assert form_of(await moderated(app, "add"))
    assert form_of(await moderated(app, "edit", entry="prevention"))


async def test_a_draft_is_offered_to_its_author_alone_and_only_where_it_belongs(app: App) -> None:
    await sent(app, await moderated(app, "edit", entry="prevention"), answer="Ours.")
    assert form_of(await moderated(app, "add"))
    told = await moderated(app, "edit", SECOND, entry="prevention")
    assert "unfinished" not in told.plain
    assert form_of(await chosen(app, told, "Edit it anyway", SECOND))
    assert form_of(await moderated(app, "edit", entry="outcomes"))
    offered = await moderated(app, "edit", entry="prevention")
    assert "Ours." in (await chosen(app, offered, "Continue")).plain
    elsewhere = Place("test:channel/1", "test:community/2")
    assert form_of(await moderated(app, "edit", place=elsewhere, entry="prevention"))
    picking = await moderated(app, "edit")
    assert picking.buttons[0].label.startswith("Continue: How does IJM prevent")
    review = await moderated(app, "review")
    assert any(button.action == "goon" for button in review.buttons)


async def test_a_draft_with_faults_leads_back_to_them(app: App) -> None:
    await sent(app, await moderated(app, "add"), **(TYPED | {"answer": "y" * 901}))
    faulty = await chosen(app, await moderated(app, "add"), "Continue")
    assert "at most 900" in faulty.plain
    assert values_in(form_of(await chosen(app, faulty, "Change it")))["answer"] == "y" * 901


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("question", "", "this is empty"),
        ("phrasings", "fine\n???", "no words to match"),
        ("answer", "y" * 901, "at most 900"),
        ("topic", "nonsense", "is none of"),
        ("source", "Handbook", "write the year"),
        ("source", "Handbook\n2026\nhtp://example.org/a", "Did you mean https://example.org/a?"),
        ("source", "Handbook\n2026\nwww.example.org", "Did you mean https://www.example.org?"),
    ],
)
async def test_each_fault_stands_behind_its_field_of_the_form(app: App, field: str, typed: str, told: str) -> None:
    refused = await sent(app, await moderated(app, "add"), **(TYPED | {field: typed}))
    assert [name for name, what in refused.faults if told in what] == [field]


@pytest.mark.parametrize("entry", ["prevention", "evidence-cebu", "where-ijm-works"])
async def test_an_edit_without_a_change_changes_nothing(app: App, entry: str) -> None:
    opened = await moderated(app, "edit", entry=entry)
    values = {name: f"{value}\n".replace("\n", "\r\n") for name, value in values_in(form_of(opened)).items()}
    values["topic"] = values["topic"].strip()
    reply = await sent(app, opened, **values)
    assert reply.plain == "Nothing was changed."
    assert await app.services.store.history(CHANNEL.community, entry) == ()
    assert form_of(await moderated(app, "edit", entry=entry)), "no draft is left"


async def test_an_edit_of_an_own_entry_without_a_change_changes_nothing(app: App) -> None:
    await added(app, source="Handbook | Part 1\n2026\nRooms https://example.org/r")
    opened = await moderated(app, "edit", entry="when-does-the-chapter-meet")
    assert (await sent(app, opened)).plain == "Nothing was changed."
    changed = await sent(app, opened, answer="Tuesdays.")
    assert "Preview" in changed.plain


# A text with two owners


async def test_an_alias_that_another_entry_has_word_for_word_is_never_saved_unseen(app: App) -> None:
    pack = app.services.pack
    for entry in pack.entries[::10]:
        other = next(each for each in pack.entries if each.id != entry.id)
        reply = await moderated(app, "alias", phrasing=entry.question, entry=other.id)
        assert "Saved" not in reply.plain, entry.id
        assert f"“{entry.question[:40]}" in reply.plain
        assert "which has the same words" in reply.plain


async def test_a_shared_phrasing_is_named_in_the_form_in_an_import_and_when_bringing_back(app: App) -> None:
    other = app.services.pack.entries[0]
    form = await moderated(app, "edit", entry="prevention")
    preview = await sent(app, form, phrasings=other.question)
    assert "which has the same words" in preview.plain
    await chosen(app, preview, "Save")
    again = await sent(app, await moderated(app, "edit", entry="prevention"), answer="Ours.")
    assert "which has the same words" not in again.plain, "it is told once, when it comes"
    rows = f"question,phrasings,answer,topic,source,year\nWhere do we meet?,{other.question},Hall.,about,Handbook,2026"
    file = {"file": Upload("chapter.csv", rows.encode())}
    imported = await done(app, Submit(MODERATOR, CHANNEL, form_of(await moderated(app, "import")).id, {}, file))
    assert "which has the same words" in imported.plain
    await chosen(app, await moderated(app, "remove", entry="prevention"), "Remove it")
    back = await moderated(app, "restore", entry="prevention", revision=2)
    assert "which has the same words" in back.plain


async def test_it_is_said_who_answers_a_shared_phrasing(app: App) -> None:
    await added(app)
    typed = TYPED | {"question": "Which time do we meet?", "answer": "At 8."}
    preview = await sent(app, await moderated(app, "add"), **typed)
    line = next(line for line in preview.plain.splitlines() if "which has the same words" in line)
    await chosen(app, preview, "Save")
    keeps = "Mondays at 7" in await asked(app, "what time are the meetings")
    assert ("stays with" in line) is keeps
    assert ("is taken from" in line) is not keeps


# Pickers


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("which impact did they have on cebu island", "evidence-cebu"),
        # Words alone lead elsewhere.
        ("how many did you rescue from bricks", "largest-rescue"),
    ],
)
async def test_the_likeliest_entry_stands_first_and_a_preview_comes_before_saving(
    app: App, words: str, entry: str
) -> None:
    await added(app)
    picking = await moderated(app, "alias", phrasing=words)
    assert picking.menu is not None
    assert picking.menu.rows[0].value.endswith(f" {entry}")
    assert len(picking.menu.rows) == len({row.value for row in picking.menu.rows})
    preview = await chosen(app, picking, picking.menu.rows[0].label)
    assert "Preview: not saved yet" in preview.plain
    assert "Saved" in (await chosen(app, preview, "Save")).plain


async def test_a_picker_without_words_has_the_communitys_own_entries_first(app: App) -> None:
    await added(app)
    for command in ("edit", "remove"):
        picking = await moderated(app, command)
        assert picking.menu is not None
        own, *shipped = [row.label for row in picking.menu.rows]
        assert own == TYPED["question"]
        assert shipped == sorted(shipped, key=str.casefold)


# Passive answers


class Ears(Outbox):
    """Says why it hears nothing, if there is a reason."""

    def __init__(self, why: str = "") -> None:
        self.why = why

    async def check(self, community: str, place: str) -> None:
        """Every place takes posts."""

    async def deaf(self, community: str, place: str) -> str:
        return self.why


async def test_a_channel_that_cannot_be_heard_is_never_said_to_be_passive(app: App) -> None:
    ears = Ears("The platform gives me no text. Ask my operator.")
    app.services.outboxes.connect("test:", ears)
    reply = (await moderated(app, "settings", passive=True)).plain
    assert "passive: wanted, but I cannot read this channel yet. The platform gives me no text." in reply
    assert "on:" not in reply
    ears.why = ""
    assert "passive: on: I answer questions here that I'm sure of" in (await moderated(app, "settings")).plain
    assert "passive: off" in (await moderated(app, "settings", passive=False)).plain


async def test_a_member_has_no_drafts_to_go_on_with(app: App) -> None:
    preview = await sent(app, await moderated(app, "add"), **TYPED)
    assert "moderators" in (await chosen(app, preview, "Save", MEMBER)).plain


# What will happen


async def test_what_the_preview_says_will_happen_happens(app: App) -> None:
    typed = TYPED | COLLIDING
    entry = (await sent(app, await moderated(app, "add"), **typed)).plain
    assert "would send elsewhere" in entry
    context = await app.own_context(CHANNEL)
    made = Entry(
        "how-many-people-were-rescued", typed["question"], (typed["phrasings"],), typed["answer"], "about", (),
        Source("Chapter handbook", ""), 2026,
    )  # fmt: skip
    after = with_entry(context.pack, made.id, made)
    found = await check(context, after, made)
    changed = context.library.search.adapted(after.entries)
    assert found.collisions
    for each in found.collisions:
        verdict = changed.ask(each.text)
        answering = verdict.entry.id if isinstance(verdict, Found | Closest) else None
        assert answering == each.after, each.text
        assert isinstance(verdict, Suggestions) is each.choice, each.text
        line = f"“{echo(each.text)}”: a choice" if each.choice else "instead of"
        assert line in "\n".join(Reply(blocks_of(replace(found, collisions=(each,)), after)).plain.splitlines())
