"""Citing what a community has changed: the revision that was read, its day, and its text ever after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.app import App
from bot.chat.events import Place, Press
from bot.chat.markup import Emphasis, plain
from bot.chat.replies import BUTTON_ID_LIMIT, Copyable, Reply, Text
from bot.commands.context import Services
from knowledge.pack.lint import ID_LIMIT
from knowledge.pack.model import Entry, Source
from knowledge.pack.overlay import Change, Draft
from knowledge.pack.records import fingerprint
from knowledge.store.protocol import Json
from tests.conftest import NOW
from tests.people import CHANNEL, MEMBER, MODERATOR, done, invoked, pressed, typed

CEBU = "evidence-cebu"
HANDBOOK = Source("Chapter handbook", "Meetings")


async def revised(app: App, entry_id: str, entry: Entry | None, *, days: int = 0, expected: int = 0) -> None:
    """A moderator's change, so many days after NOW."""
    base = app.services.pack.entry(entry_id)
    change = Change.REMOVED if entry is None else Change.EDITED
    draft = Draft(entry_id, change, entry, expected, fingerprint(base) if base else None)
    at = NOW + timedelta(days=days)
    await app.services.store.revise(CHANNEL.community, [draft], by=MODERATOR.id, now=at)


def base_of(app: App, entry_id: str = CEBU) -> Entry:
    entry = app.services.pack.entry(entry_id)
    assert entry is not None
    return entry


def meeting(app: App, **other: str) -> Entry:
    """An entry of the community's own."""
    own = {"id": "chapter-meeting", "question": "When does the chapter meet?", "answer": "Mondays at 7."}
    return replace(base_of(app), alternatives=(), facts=(), source=HANDBOOK, as_of=2025, related=(), **(own | other))


def citation_in(reply: Reply) -> str:
    return next(block.text for block in reply.blocks if isinstance(block, Copyable))


async def test_an_edited_entry_is_cited_with_its_revision_and_that_revisions_day(app: App) -> None:
    await revised(app, CEBU, replace(base_of(app), answer="A 79% decrease, as of 2012."))
    reply = await invoked(app, "cite", entry=CEBU)
    assert "(entry evidence-cebu, revision 2 of November 23, 2026). Retrieved" in citation_in(reply)
    assert "Moderators of this community wrote this text (revision 2 of November 23, 2026)" in reply.plain
    assert "revision 2 of 2026-11-23" in citation_in(await pressed(app, reply, "BibTeX"))
    assert "revision 2 of November 23, 2026. Accessed 23 Nov. 2026." in citation_in(await pressed(app, reply, "MLA"))
    assert "revision 2 of November 23, 2026. IJM Answers. Accessed" in citation_in(await pressed(app, reply, "Chicago"))


async def test_what_nobody_here_has_changed_is_cited_as_before(app: App) -> None:
    await revised(app, "prevention", replace(base_of(app, "prevention"), answer="Stop it."))
    reply = await invoked(app, "cite", entry=CEBU)
    assert "revision 1). Retrieved November 23, 2026." in citation_in(reply)
    assert [button.label for button in reply.buttons] == ["MLA", "Chicago", "Harvard", "BibTeX", "Delete"]
    assert "Moderators of this community" not in reply.plain


async def test_another_community_neither_cites_nor_reads_it(app: App) -> None:
    await revised(app, CEBU, replace(base_of(app), answer="A secret of this community."))
    elsewhere = Place("test:channel/1", "test:community/2")
    assert "revision 1). Retrieved" in citation_in(await typed(app, f"cite {CEBU}", place=elsewhere))
    assert "There is no revision 2" in (await typed(app, f"cite {CEBU} revision:2", place=elsewhere)).plain
    opened = await done(app, Press(MEMBER, elsewhere, "edition", f"2 {CEBU}"))
    assert "no longer exists" in opened.plain


async def test_an_own_entry_without_an_author_is_cited_by_its_section(app: App) -> None:
    await revised(app, "chapter-meeting", meeting(app))
    reply = await invoked(app, "cite", entry="chapter-meeting")
    assert citation_in(reply) == (
        "Meetings. (n.d.). [Community source; figures as of 2025]. In Chapter handbook. IJM Answers (entry "
        "chapter-meeting, revision 1 of November 23, 2026). Retrieved November 23, 2026."
    )
    opened = await pressed(app, reply, "Read revision 1")
    assert "Revision 1 of November 23, 2026. It is the newest, and what I say today." in opened.plain
    assert "Mondays at 7." in opened.plain
    assert opened.private


async def test_a_cited_revision_stays_readable_when_it_is_not_the_newest(app: App) -> None:
    await revised(app, CEBU, replace(base_of(app), answer="The second text."))
    cited = await invoked(app, "cite", entry=CEBU)
    await revised(app, CEBU, replace(base_of(app), answer="The third text."), days=2, expected=2)
    opened = await pressed(app, cited, "Read revision 2")
    assert "The second text." in opened.plain
    assert "Revision 2 of November 23, 2026. It is not what I say today" in opened.plain
    assert "revision 3 of November 25, 2026 is the newest" in opened.plain
    assert "The third text." in (await pressed(app, opened, "Read what I say today")).plain
    again = await pressed(app, opened, "Cite this revision")
    assert "revision 2 of November 23, 2026" in citation_in(again)
    assert "revision 3 of November 25, 2026 is the newest" in again.plain
    assert "revision 2 of November 23" in citation_in(await pressed(app, again, "MLA"))


async def test_cite_with_a_revision_gives_its_citation_and_its_text(app: App) -> None:
    await revised(app, CEBU, replace(base_of(app), answer="The second text."))
    await revised(app, CEBU, replace(base_of(app), answer="The third text."), days=2, expected=2)
    second = await invoked(app, "cite", entry=CEBU, style="mla", revision=2)
    assert "revision 2 of November 23, 2026." in citation_in(second)
    assert "The second text." in second.plain
    assert "The third text." not in second.plain
    first = await typed(app, f"cite {CEBU} revision:1")
    assert "revision 1). Retrieved" in citation_in(first)
    assert "79%" in first.plain
    assert "Revision 1. It is not what I say today" in first.plain
    assert "79%" in (await typed(app, "cite what happened in cebu revision:1")).plain


@pytest.mark.parametrize("number", ["0", "-1", "7", "99999999999999999999"])
async def test_a_revision_that_is_not_there_is_said_to_be_none(app: App, number: str) -> None:
    reply = await typed(app, f"cite {CEBU} revision:{number}")
    assert f"There is no revision {number} of “{CEBU}”; the newest is 1." in reply.plain


async def test_the_button_under_an_answer_cites_what_was_read(app: App) -> None:
    answer = await invoked(app, "ask", question="what happened in cebu")
    await revised(app, CEBU, replace(base_of(app), answer="The second text."))
    cited = await pressed(app, answer, "Cite this")
    assert "revision 1). Retrieved" in citation_in(cited)
    assert "It is not what I say today: revision 2 of November 23, 2026 is the newest." in cited.plain
    assert "79%" in (await pressed(app, cited, "Read revision 1")).plain
    newer = await pressed(app, await invoked(app, "ask", question="what happened in cebu"), "Cite this")
    assert "revision 2 of November 23, 2026" in citation_in(newer)
    assert "is not what I say today" not in newer.plain


async def test_a_removed_entry_stays_readable_for_who_cited_it_and_is_said_to_be_removed(app: App) -> None:
    await revised(app, "chapter-meeting", meeting(app))
    cited = await invoked(app, "cite", entry="chapter-meeting")
    await revised(app, "chapter-meeting", None, days=2, expected=1)
    opened = await pressed(app, cited, "Read revision 1")
    assert "Mondays at 7." in opened.plain
    assert "not what I say today: this community's moderators removed the entry on November 25, 2026." in opened.plain
    assert not any(button.action == "entry" for button in opened.buttons)
    assert "Mondays at 7." in (await invoked(app, "cite", entry="Chapter-Meeting", revision=1)).plain
    assert "it has no text to cite" in (await invoked(app, "cite", entry="chapter-meeting", revision=2)).plain
    gone = await done(app, Press(MEMBER, CHANNEL, "edition", "2 chapter-meeting"))
    assert "In this revision, this community's moderators removed the entry" in gone.plain
    assert "Mondays" not in gone.plain


async def test_an_old_revision_with_a_number_that_is_not_checked_any_more_is_not_shown(app: App) -> None:
    store = app.services.store

    async def help_line(line: Json) -> None:
        await store.set_setting(CHANNEL.community, "help_line", line, by=MODERATOR.id, now=NOW)

    await help_line("Campus safety 555-010-7788")
    held = [
        meeting(app, answer="Call 555-010-7788, any time."),
        replace(meeting(app), source=Source("Desk 555-010-7788", "")),
        meeting(app, question="Is it 555 010 7788?"),
        meeting(app, answer="Call the desk."),
    ]
    for place, entry in enumerate(held):
        await revised(app, "chapter-meeting", entry, expected=place)
    assert "555-010-7788" in (await invoked(app, "cite", entry="chapter-meeting", revision=1)).plain
    await help_line(None)
    for number in (1, 2, 3):
        replies = [
            await invoked(app, "cite", entry="chapter-meeting", revision=number),
            await done(app, Press(MEMBER, CHANNEL, "edition", f"{number} chapter-meeting")),
            await done(app, Press(MEMBER, CHANNEL, "cite", f"chapter-meeting bibtex {number}")),
        ]
        for reply in replies:
            assert "no longer among the checked ones" in reply.plain
            assert "/ijm referral" in reply.plain
            assert "7788" not in reply.plain
    assert "Call the desk." in (await invoked(app, "cite", entry="chapter-meeting", revision=4)).plain


async def test_the_longest_id_fits_the_buttons_with_its_revision(app: App) -> None:
    longest = meeting(app, id="x" * ID_LIMIT)
    await revised(app, longest.id, longest)
    reply = await invoked(app, "cite", entry=longest.id)
    opened = await pressed(app, reply, "Read revision 1")
    for button in (*reply.choices, *opened.choices):
        assert len(button.id) <= BUTTON_ID_LIMIT


async def test_a_phrasing_alone_makes_a_revision_but_no_text_of_the_moderators(app: App) -> None:
    base = base_of(app)
    await revised(app, CEBU, replace(base, alternatives=(*base.alternatives, "that city with the 79")))
    reply = await invoked(app, "cite", entry=CEBU)
    assert "revision 2 of November 23, 2026" in citation_in(reply)
    assert "Moderators of this community wrote" not in reply.plain


async def test_a_vote_counts_for_the_revision_that_the_community_reads(app: App, services: Services) -> None:
    await revised(app, "chapter-meeting", meeting(app))
    await revised(app, CEBU, replace(base_of(app), answer="The second text."))
    for question in ("when does the chapter meet?", CEBU):
        answer = await invoked(app, "ask", question=question)
        assert "Counted as helpful" in (await pressed(app, answer, "👍")).plain
    votes = await services.store.feedback(CHANNEL.community)
    assert [(each.revision, each.helpful) for each in votes["chapter-meeting"].revisions] == [(1, 1)]
    assert [(each.revision, each.helpful) for each in votes[CEBU].revisions] == [(2, 1)]


@pytest.mark.parametrize("style", ["vancouver", "style:vancouver", "style:ieee"])
async def test_an_unknown_style_names_the_styles(app: App, style: str) -> None:
    told = await typed(app, f"cite {CEBU} {style}")
    assert "apa, mla, chicago, harvard, bibtex" in told.plain


async def test_a_citation_shows_the_titles_italics_and_can_be_copied(app: App) -> None:
    reply = await typed(app, f"cite {CEBU} harvard")
    italics = [
        span for block in reply.blocks if isinstance(block, Text) for span in block.spans if isinstance(span, Emphasis)
    ]
    assert [plain(span.children) for span in italics] == ["Student research questions and answers"]
    assert "Student research questions and answers" in citation_in(reply)


@pytest.mark.parametrize(
    "line",
    [
        "aftercare-duration vancouver",
        "aftercare-duration Vancouver",
        "aftercare-duration in vancouver",
        "how long do aftercare programs last vancouver",
        "what is ijm IEEE",
    ],
)
async def test_another_style_behind_any_entry_or_question_names_the_styles(app: App, line: str) -> None:
    reply = await typed(app, f"cite {line}")
    assert "I don't have the style" in reply.plain
    assert "apa, mla, chicago, harvard, bibtex" in reply.plain
