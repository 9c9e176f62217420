"""Citations: what a title page ends with, and what TeX would choke on."""

from dataclasses import replace
from datetime import date

from knowledge.citations import Style, cite
from knowledge.files import load_pack
from knowledge.model import Source

PACK = load_pack()
DAY = date(2026, 9, 3)


def test_a_heading_without_a_mark_gets_a_full_stop_and_one_with_keeps_it() -> None:
    entry = PACK.entry("restore-survivors")
    assert entry is not None
    assert "“3. Restore Survivors.” Student" in cite(entry, PACK.documents[0], Style.MLA, DAY)
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
