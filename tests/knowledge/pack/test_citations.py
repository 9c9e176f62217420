"""Citations: what a title page ends with, and what TeX would choke on."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.pack.citations import Style, cite
from knowledge.pack.files import load_pack
from knowledge.pack.model import Document, Entry, Source

PACK = load_pack()
DAY = date(2026, 9, 3)


def test_a_heading_without_a_mark_gets_a_full_stop_and_one_with_keeps_it() -> None:
    entry = PACK.entry("restore-survivors")
    assert entry is not None
    assert "“Restore Survivors.” Student" in cite(entry, PACK.documents[0], Style.MLA, DAY)
    asked = replace(entry, source=Source(entry.source.document, "What now?"))
    assert "“What now?” Student" in cite(asked, PACK.documents[0], Style.MLA, DAY)


def test_the_revision_of_an_edited_entry_is_named() -> None:
    edited = replace(PACK.entries[0], revision=7)
    for style in Style:
        assert "revision 7" in cite(edited, PACK.documents[0], style, DAY)


def test_bibtex_escapes_what_tex_would_take_for_a_command() -> None:
    entry = replace(PACK.entries[0], source=Source("x", "50% & #1_{a} \\ ~^$"))
    written = cite(entry, PACK.documents[0], Style.BIBTEX, DAY)
    assert r"50\% \& \#1\_\{a\} \textbackslash{} \textasciitilde{}\textasciicircum{}\$" in written


def test_each_style_writes_the_day_in_its_own_way() -> None:
    written = {style: cite(PACK.entries[0], PACK.documents[0], style, DAY) for style in Style}
    assert "September 3, 2026" in written[Style.APA]
    assert "3 Sept. 2026" in written[Style.MLA]
    assert "September 3, 2026" in written[Style.CHICAGO]
    assert "2026-09-03" in written[Style.BIBTEX]


HANDBOOK = Document("Chapter handbook, 2nd ed. & notes", "", "community source", "")
MEETING = Entry(
    id="chapter-meeting",
    question="When does the chapter meet?",
    alternatives=(),
    answer="Mondays at 7.",
    topic="about",
    facts=(),
    source=Source(HANDBOOK.title, "Meetings: 50% of_them"),
    as_of=2025,
    revision=3,
)
MADE = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (
            Style.APA,
            "International Justice Mission. (n.d.). How long do aftercare programs last? In Student Research Questions "
            "and Answers [Question-and-answer sheet for students; figures as of 2012]. IJM Answers, entry "
            "“aftercare-duration”, revision 4 (March 2, 2026). Retrieved September 3, 2026.",
        ),
        (
            Style.MLA,
            "International Justice Mission. “How long do aftercare programs last?” Student Research Questions and "
            "Answers, n.d., figures as of 2012. IJM Answers, entry “aftercare-duration,” revision 4, 2 Mar. 2026. "
            "Accessed 3 Sept. 2026.",
        ),
        (
            Style.CHICAGO,
            "International Justice Mission. “How long do aftercare programs last?” In Student Research Questions and "
            "Answers. Question-and-answer sheet for students, n.d., figures as of 2012. IJM Answers, entry "
            "“aftercare-duration,” revision 4, last modified March 2, 2026. Accessed September 3, 2026.",
        ),
        (
            Style.BIBTEX,
            "@misc{ijm-answers-aftercare-duration-r4,\n"
            "  author = {{International Justice Mission}},\n"
            "  title = {{Student Research Questions and Answers}},\n"
            "  howpublished = {Question-and-answer sheet for students},\n"
            "  note = {Section “How long do aftercare programs last?”; undated; its newest figures are from 2012; "
            "figures as of 2012; IJM Answers, entry aftercare-duration, revision 4 of 2026-03-02; accessed 2026-09-03}\n"
            "}",
        ),
    ],
)
def test_an_edited_entry_names_its_revision_and_the_day_of_it(style: Style, written: str) -> None:
    entry = PACK.entry("aftercare-duration")
    assert entry is not None
    assert cite(replace(entry, revision=4), PACK.documents[0], style, DAY, MADE) == written


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (
            Style.APA,
            "Meetings: 50% of_them. (n.d.). In Chapter handbook, 2nd ed. & notes [Community source; figures as of "
            "2025]. IJM Answers, entry “chapter-meeting”, revision 3 (March 2, 2026). Retrieved September 3, 2026.",
        ),
        (
            Style.MLA,
            "“Meetings: 50% of_them.” Chapter handbook, 2nd ed. & notes, n.d., figures as of 2025. IJM Answers, entry "
            "“chapter-meeting,” revision 3, 2 Mar. 2026. Accessed 3 Sept. 2026.",
        ),
        (
            Style.CHICAGO,
            "“Meetings: 50% of_them.” In Chapter handbook, 2nd ed. & notes. Community source, n.d., figures as of "
            "2025. IJM Answers, entry “chapter-meeting,” revision 3, last modified March 2, 2026. Accessed September "
            "3, 2026.",
        ),
        (
            Style.BIBTEX,
            "@misc{ijm-answers-chapter-meeting-r3,\n"
            r"  key = {Chapter handbook, 2nd ed. \& notes},"
            "\n"
            r"  title = {{Chapter handbook, 2nd ed. \& notes}},"
            "\n"
            "  howpublished = {Community source},\n"
            r"  note = {Section “Meetings: 50\% of\_them”; figures as of 2025; IJM Answers, entry chapter-meeting, "
            "revision 3 of 2026-03-02; accessed 2026-09-03}\n"
            "}",
        ),
    ],
)
def test_a_document_without_an_author_is_cited_by_its_title(style: Style, written: str) -> None:
    assert cite(MEETING, HANDBOOK, style, DAY, MADE) == written


@pytest.mark.parametrize(
    ("style", "begins"),
    [
        (Style.APA, "Chapter handbook, 2nd ed. & notes [Community source; figures as of 2025]. (n.d.). IJM Answers, "),
        (Style.MLA, "Chapter handbook, 2nd ed. & notes, n.d., figures as of 2025. IJM Answers, "),
        (Style.CHICAGO, "Chapter handbook, 2nd ed. & notes. Community source, n.d., figures as of 2025. IJM Answers, "),
    ],
)
def test_a_document_without_author_and_section_is_cited_by_its_title(style: Style, begins: str) -> None:
    entry = replace(MEETING, source=Source(HANDBOOK.title, ""))
    assert cite(entry, HANDBOOK, style, DAY, MADE).startswith(begins)
    assert "Section" not in cite(entry, HANDBOOK, Style.BIBTEX, DAY, MADE)


def test_what_ships_with_the_bot_has_revision_1_and_no_day_of_it() -> None:
    written = cite(PACK.entries[0], PACK.documents[0], Style.CHICAGO, DAY)
    assert "revision 1. Accessed September 3, 2026." in written
    assert cite(PACK.entries[0], PACK.documents[0], Style.BIBTEX, DAY).startswith(
        f"@misc{{ijm-answers-{PACK.entries[0].id},"
    )
