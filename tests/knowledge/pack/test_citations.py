"""Citations: what each style makes of an entry, and what TeX would choke on."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from knowledge.pack.citations import Citation, Style, cite
from knowledge.pack.files import load_pack, pack_folder
from knowledge.pack.model import Document, Entry, Source

PACK = load_pack()
SHEET = PACK.documents[0]
DAY, MADE = date(2026, 9, 3), date(2026, 3, 2)
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


def entry(entry_id: str) -> Entry:
    found = PACK.entry(entry_id)
    assert found is not None
    return found


def marked(citation: Citation) -> str:
    """A citation with asterisks around its italics."""
    return "".join(f"*{text}*" if italic else text for text, italic in citation.pieces)


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (
            Style.APA,
            "International Justice Mission. (n.d.). How long do aftercare programs last? [Question-and-answer sheet for "
            "students; figures as of 2012]. In *Student research questions and answers*. IJM Answers (entry "
            "aftercare-duration, revision 4 of March 2, 2026). Retrieved September 3, 2026.",
        ),
        (
            Style.MLA,
            "International Justice Mission. “How Long Do Aftercare Programs Last?” Question-and-answer sheet for students; "
            "figures as of 2012. *Student Research Questions and Answers*, IJM Answers, entry aftercare-duration, revision "
            "4 of March 2, 2026. Accessed 3 Sept. 2026.",
        ),
        (
            Style.CHICAGO,
            "International Justice Mission. n.d. “How Long Do Aftercare Programs Last?” Question-and-answer sheet for "
            "students; figures as of 2012. In *Student Research Questions and Answers*. Entry aftercare-duration, revision "
            "4 of March 2, 2026. IJM Answers. Accessed September 3, 2026.",
        ),
        (
            Style.HARVARD,
            "International Justice Mission (no date) ‘How long do aftercare programs last?’, *Student research questions "
            "and answers*. IJM Answers, entry aftercare-duration, revision 4 of March 2, 2026 (Accessed: 3 September 2026).",
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
    assert marked(cite(replace(entry("aftercare-duration"), revision=4), SHEET, style, DAY, MADE)) == written


@pytest.mark.parametrize(
    ("style", "begins"),
    [
        (
            Style.APA,
            "International Justice Mission. (n.d.). Restore survivors [Question-and-answer sheet for students]. In",
        ),
        (
            Style.MLA,
            "International Justice Mission. “Restore Survivors.” Question-and-answer sheet for students. *Student",
        ),
        (Style.CHICAGO, "International Justice Mission. n.d. “Restore Survivors.” Question-and-answer sheet"),
        (Style.HARVARD, "International Justice Mission (no date) ‘Restore survivors’, *Student research"),
    ],
)
def test_titles_have_their_styles_case_and_no_figures_means_no_year(style: Style, begins: str) -> None:
    assert marked(cite(entry("restore-survivors"), SHEET, style, DAY)).startswith(begins)


@pytest.mark.parametrize("section", ["3. Restore Survivors", "2.1 Restore Survivors", "4) Restore Survivors"])
def test_the_number_of_a_section_does_not_leak_in(section: str) -> None:
    numbered = replace(entry("restore-survivors"), source=Source(SHEET.title, section))
    for style in Style:
        assert cite(numbered, SHEET, style, DAY) == cite(entry("restore-survivors"), SHEET, style, DAY)
    dated = replace(numbered, source=Source(SHEET.title, "2012 results"))
    assert "2012 results" in cite(dated, SHEET, Style.APA, DAY).plain


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (
            Style.APA,
            "Meetings: 50% of_them. (n.d.). [Community source; figures as of 2025]. In *Chapter handbook, 2nd ed. & notes*. "
            "IJM Answers (entry chapter-meeting, revision 3 of March 2, 2026). Retrieved September 3, 2026.",
        ),
        (
            Style.MLA,
            "“Meetings: 50% of_them.” Community source; figures as of 2025. *Chapter Handbook, 2nd Ed. & Notes*, IJM "
            "Answers, entry chapter-meeting, revision 3 of March 2, 2026. Accessed 3 Sept. 2026.",
        ),
        (
            Style.CHICAGO,
            "“Meetings: 50% of_them.” n.d. Community source; figures as of 2025. In *Chapter Handbook, 2nd Ed. & Notes*. "
            "Entry chapter-meeting, revision 3 of March 2, 2026. IJM Answers. Accessed September 3, 2026.",
        ),
        (
            Style.HARVARD,
            "‘Meetings: 50% of_them’ (no date) *Chapter handbook, 2nd ed. & notes*. IJM Answers, entry chapter-meeting, "
            "revision 3 of March 2, 2026 (Accessed: 3 September 2026).",
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
    assert marked(cite(MEETING, HANDBOOK, style, DAY, MADE)) == written


@pytest.mark.parametrize("style", [Style.APA, Style.MLA, Style.CHICAGO, Style.HARVARD])
def test_a_document_without_author_and_section_comes_first_once_and_in_italics(style: Style) -> None:
    whole = replace(MEETING, source=Source(HANDBOOK.title, ""))
    written = cite(whole, HANDBOOK, style, DAY, MADE)
    assert written.pieces[1] == (HANDBOOK.title, True)
    assert written.plain.count("Chapter handbook") == 1
    assert "Section" not in cite(whole, HANDBOOK, Style.BIBTEX, DAY, MADE).plain


@pytest.mark.parametrize(
    "title", ["<b>Bold</b> & <i>more</i>", "{braces} `code` \\n", "\ue000sneaky\ue001", "“Quoted”."]
)
@pytest.mark.parametrize("style", list(Style))
def test_what_people_write_is_text_and_never_markup(style: Style, title: str) -> None:
    document = Document(title, "", "community source", "")
    written = cite(replace(MEETING, source=Source(title, "")), document, style, DAY, MADE)
    if style is not Style.BIBTEX:
        assert not {"\ue000", "\ue001"} & set(written.plain)
        assert re.sub(r"\W|[\ue000\ue001]", "", title).casefold() in re.sub(r"\W", "", written.plain).casefold()


def test_bibtex_escapes_what_tex_would_take_for_a_command() -> None:
    odd = replace(PACK.entries[0], source=Source("x", "50% & #1_{a} \\ ~^$"))
    written = cite(odd, SHEET, Style.BIBTEX, DAY).plain
    assert r"50\% \& \#1\_\{a\} \textbackslash{} \textasciitilde{}\textasciicircum{}\$" in written


def test_what_ships_with_the_bot_has_revision_1_and_no_day_of_it() -> None:
    for style in Style:
        written = cite(PACK.entries[0], SHEET, style, DAY).plain
        assert re.search(r"revision 1\b(?! of)", written)
    assert cite(PACK.entries[0], SHEET, Style.BIBTEX, DAY).plain.startswith(f"@misc{{ijm-answers-{PACK.entries[0].id},")


@pytest.mark.slow
def test_every_entry_is_cited_in_every_style_without_a_doubled_mark() -> None:
    for each in PACK.entries:
        for style in (Style.APA, Style.MLA, Style.CHICAGO, Style.HARVARD):
            written = cite(each, SHEET, style, DAY).plain
            assert not re.search(r"[.?!]{2}|  |”\.|\( |\[\]", written), written
            assert written.endswith((".", ")."))


def test_the_styles_are_four_files_under_their_license() -> None:
    files = sorted((pack_folder() / "citation_styles").iterdir())
    assert len(files) == 4
    assert all("creativecommons.org/licenses/by-sa/3.0" in file.read_text(encoding="utf-8") for file in files)


@pytest.mark.slow
def test_citeproc_is_imported_for_the_first_citation_only() -> None:
    program = "import sys, bot.app.registry; sys.exit('citeproc' in sys.modules or 'lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
