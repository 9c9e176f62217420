"""Files as people have them: encodings, separators, headers, workbooks, and exports of other systems."""

import io
import json
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from knowledge.pack.exchange.import_export import Format, dump, load
from knowledge.pack.exchange.import_rows import ImportRow
from knowledge.pack.files import load_pack
from knowledge.pack.model import Entry
from knowledge.pack.tables.bad_file import BadFile
from knowledge.pack.tables.cells import guarded, unguarded, yes_or_no
from knowledge.pack.tables.decoding import decode
from knowledge.pack.tables.sheet import COLUMNS_LIMIT, HEADER_ROWS, ROWS_LIMIT, UNPACKED_LIMIT

HEADER = "question,answer,topic,source,year"
ROW = "When do we meet?,Mondays.,about,Handbook,2026"


def read(text: str | bytes, name: str = "x.csv", notes: list[str] | None = None) -> tuple[ImportRow, ...]:
    return load(name, text if isinstance(text, bytes) else text.encode(), notes)


def only(rows: tuple[ImportRow, ...]) -> Entry:
    (row,) = rows
    assert row.entry is not None, row.fault
    return row.entry


@pytest.mark.parametrize(
    "text",
    [
        f"sep=,\n{HEADER}\n{ROW}",
        f"\n\n{HEADER}\n{ROW}\n\n",
        f"Our questions\n\n{HEADER}\n{ROW}",
        "\n".join(f",,{line}" for line in (HEADER, ROW)),
        f"\ufeff\ufeff{HEADER}\n{ROW}",
        f"{HEADER},,\n{ROW},,",
        f"{HEADER}\n{ROW},,,",
        f" Question ,ANSWER,Topic:,source*,Year\n{ROW}",
        f"Q,A,Category,Document,As of\n{ROW}",
    ],
)
def test_a_table_is_found_wherever_it_stands_and_whatever_its_columns_are_called(text: str) -> None:
    entry = only(read(text))
    assert (entry.question, entry.answer, entry.topic, entry.as_of) == ("When do we meet?", "Mondays.", "about", 2026)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_the_first_line_names(separator: str) -> None:
    table = "\n".join(line.replace(",", separator) for line in (HEADER, ROW))
    assert only(read(f"sep={separator}\r\n{table}")).answer == "Mondays."


def test_commas_in_texts_do_not_hide_the_semicolons_between_columns() -> None:
    text = 'a, b, c, d, e\nquestion;answer;topic\n"Who, when, where?";"One, two, three; four.";about'
    assert only(read(text)).answer == "One, two, three; four."


def test_a_tab_separated_file_may_quote_nothing() -> None:
    row = 'What is "IJM"?\t"Justice" is its name, they say\tabout'
    assert only(read(f"question\tanswer\ttopic\n{row}", "x.tsv")).answer == '"Justice" is its name, they say'


@pytest.mark.parametrize("text", ["Don’t ask the café. “Now” – or never… it’s 5 €", "Señor Muñoz’s naïve résumé"])
@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman")])
def test_an_older_encoding_is_told_by_how_its_letters_read(text: str, encoding: str, name: str) -> None:
    found = decode(text.encode(encoding))
    assert (found.text, found.guessed) == (text, name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_never_guessed(encoding: str) -> None:
    begun = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert decode(begun + "Où? “Là.”".encode(encoding)) == decode("Où? “Là.”".encode())


def test_a_guess_is_told_and_what_cannot_be_told_is_refused() -> None:
    notes: list[str] = []
    read(f"{HEADER}\n{ROW.replace('Mondays.', 'We’re in the café.')}".encode("cp1252"), notes=notes)
    assert "Windows-1252" in notes[0]
    with pytest.raises(BadFile, match="CSV UTF-8"):
        read(b"question,answer\nQ?,\xf0\xb5")


def test_all_columns_that_are_wrong_are_named_at_once_with_the_nearest() -> None:
    with pytest.raises(BadFile) as told:
        read("question,anwser,colour,topic,topic,,year\nQ?,A.,red,about,about,x,2026")
    for said in (
        "don't know these columns: “anwser” (did you mean “answer”?), “colour”. Delete them",
        "“topic” is there twice",
        "Column F has cells but no name",
        "“answer” is missing",
    ):
        assert said in str(told.value), said


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("yes", True),
        ("TRUE", True),
        ("1", True),
        ("x", True),
        ("no", False),
        ("FALSE", False),
        ("0", False),
        ("", False),
    ],
)
def test_only_yes_removes_and_no_does_not(cell: str, meant: bool) -> None:
    (row,) = read(f"id,removed,{HEADER}\nour-days,{cell},{ROW}")
    assert bool(row.removed) is meant
    assert (row.entry is None) is meant
    assert yes_or_no(cell) is meant


@pytest.mark.parametrize("cell", ["n/a", "-", "maybe", "2026", "yes please"])
def test_what_is_neither_yes_nor_no_is_a_fault_and_removes_nothing(cell: str) -> None:
    (row,) = read(f"id,removed,{HEADER}\nour-days,{cell},{ROW}")
    assert (row.removed, row.entry) == ("", None)
    assert "neither yes nor no" in row.fault


def test_a_row_has_the_number_that_its_spreadsheet_shows() -> None:
    text = f'Our questions\n\n{HEADER}\n{ROW}\n\n"Two\nlines?",A.,about,H,2026\nThree?,A.,about,H,2026'
    assert [row.place for row in read(text)] == [4, 6, 7]
    assert [row.place for row in read(f"sep=,\n{HEADER}\n{ROW}")] == [2]


@pytest.mark.parametrize(
    ("year", "told"), [("soon", "year: “soon” is not a year such as 2026"), ("26", "“26” is not a year")]
)
def test_a_fault_has_the_columns_own_name(year: str, told: str) -> None:
    (row,) = read(f"{HEADER}\nQ?,A.,about,H,{year}")
    assert told in row.fault


@pytest.mark.parametrize("year", ["2026", "2026.0", "2026-01-01", "2026-01-01T00:00:00", " 2026 "])
def test_a_year_is_read_as_spreadsheets_write_it(year: str) -> None:
    assert only(read(f"{HEADER}\nQ?,A.,about,H,{year}")).as_of == 2026


def test_an_apostrophe_goes_only_where_an_export_put_it() -> None:
    for text in ("=1", "'=1", "''=1", "'twas", "'90s", "-5", "+1", "@me", "\t=1", "＝1", "plain", "'", ""):
        assert unguarded(guarded(text)) == text, text
    assert guarded("'twas") == "'twas"
    assert unguarded("'90s music") == "'90s music"
    entry = only(read(f"{HEADER}\n'Twas it?,'90s music.,about,H,2026"))
    assert (entry.question, entry.answer) == ("'Twas it?", "'90s music.")


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("answer", "#NAME?", "“#NAME?” is an error of the spreadsheet"),
        ("source", "see #REF!", "“#REF!” is an error"),
        ("answer", "Itâ€™s here", "a letter that was broken"),
        ("question", "CafÃ© hours?", "a letter that was broken"),
        ("answer", "<p>Hello</p>", "HTML"),
        ("answer", "Fish &amp; chips", "HTML"),
        ("answer", "=A1&B1", "a formula"),
        ("phrasings", "when; at what time; which day", "several in one line"),
    ],
)
def test_what_was_probably_not_meant_is_warned_of(column: str, cell: str, told: str) -> None:
    cells = {"question": "Q?", "phrasings": "", "answer": "A.", "topic": "about", "source": "H", "year": "2026"}
    cells[column] = cell
    (row,) = read("\t".join(cells) + "\n" + "\t".join(cells.values()), "x.tsv")
    assert any(told in warning and warning.startswith(column) for warning in row.warnings), row.warnings


@pytest.mark.parametrize("cell", ["The #1 question", "â la carte", "a < b", "1; 2", "R&D", "AT&T", "5 > 3"])
def test_honest_text_is_not_warned_of(cell: str) -> None:
    assert read(f"{HEADER}\nQ?,{cell},about,H,2026")[0].warnings == ()


def test_related_ids_and_phrasings_are_parted_by_any_line_end() -> None:
    text = (
        f'phrasings,related,links,{HEADER}\n"a\r\nb\rc","x-1\r\ny; z\r","Plan https://e.org/a\r\nhttps://e.org/b",{ROW}'
    )
    entry = only(read(text))
    assert entry.alternatives == ("a", "b", "c")
    assert entry.related == ("x-1", "y", "z")
    assert [(link.title, link.url) for link in entry.links] == [
        ("Plan", "https://e.org/a"),
        ("https://e.org/b", "https://e.org/b"),
    ]


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.json", "x.yaml"])
@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(name: str, content: bytes) -> None:
    with pytest.raises(BadFile, match="is empty"):
        load(name, content)


@pytest.mark.parametrize(("name", "content"), [("x.csv", f"{HEADER}\n"), ("x.json", "[]"), ("x.yaml", "[]")])
def test_a_file_without_entries_says_so(name: str, content: str) -> None:
    with pytest.raises(BadFile, match=r"no rows|no entries"):
        load(name, content.encode())


def test_an_export_may_have_semicolons() -> None:
    entries = load_pack().entries
    content = dump(entries, ["gone"], Format.SEMICOLONS)
    assert content.decode("utf-8-sig").startswith("id;removed;question")
    assert [row.entry for row in load("x.csv", content)][:-1] == list(entries)


# Excel


def workbook(*rows: list[object], title: str = "FAQ") -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_its_spreadsheet_shows_it() -> None:
    book = workbook(
        ["Our FAQ"], [], HEADER.split(","), ["Q?", "Löwe", "about", "H", 2026], ["R?", "=1+1", "about", "H", 2026.0]
    )
    book.create_sheet("Notes").append(["something else"])
    notes: list[str] = []
    rows = load("x.xlsx", saved(book), notes)
    assert [row.place for row in rows] == [4, 5]
    assert rows[0].entry is not None
    assert rows[0].entry.answer == "Löwe"
    assert rows[1].entry is not None
    assert rows[1].entry.answer == "=1+1"
    assert any("formula" in warning for warning in rows[1].warnings)
    assert "only the first sheet, “FAQ”; the workbook has 1 more" in notes[0]


def test_dates_and_truths_of_a_workbook_are_text() -> None:
    book = workbook(["removed", *HEADER.split(",")], [False, "Q?", "A.", "about", "H", date(2026, 1, 1)])
    entry = only(load("x.xlsx", saved(book)))
    assert entry.as_of == 2026


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose sheet is this XML."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(saved(workbook(HEADER.split(","))))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = xml
    return packed(parts)


ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
)
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
FAR_ROW = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
)
FAR_COLUMN = FAR_ROW.replace(b"1048576", b"1").replace(b"A1", b"XFD1")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 no zip", "not an Excel workbook"),
        (b"", "not an Excel workbook"),
        (packed({"[Content_Types].xml": b"<x/>"}), "not an Excel workbook"),
        (packed({"xl/worksheets/sheet1.xml": b"0" * (UNPACKED_LIMIT + 1)}), "unpacks to more than"),
        (with_sheet(ENTITY), "not an Excel workbook"),
        (with_sheet(LAUGHS), "not an Excel workbook"),
        (with_sheet(b"<worksheet>" * 1_000), "not an Excel workbook"),
        (with_sheet(FAR_ROW), "more than 2,000 rows"),
        (with_sheet(FAR_COLUMN), f"more than {COLUMNS_LIMIT} columns"),
        (saved(workbook(*[["x"]] * (ROWS_LIMIT + HEADER_ROWS + 1))), "more than 2,000 rows"),
        (saved(workbook(HEADER.split(","))), "no rows below"),
        (saved(Workbook()), "is empty"),
    ],
)
def test_a_workbook_that_is_none_or_too_much_is_refused_in_words(content: bytes, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        load("x.xlsx", content)


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_a_text_with_too_many_rows_or_columns_is_refused_in_words(kind: str) -> None:
    with pytest.raises(BadFile, match="more than 2,000 rows"):
        load(f"x.{kind}", b"\n- " * 300_000)
    with pytest.raises(BadFile, match=f"more than {COLUMNS_LIMIT} columns"):
        load(f"x.{kind}", b"x" + b",;\tx" * 300_000)
    blank = load(f"x.{kind}", b"question,answer\nWhy?,So.\n" + b",\n" * 10_000)
    assert len(blank) == 1


# Other systems


def test_an_export_of_qnabot_is_taken() -> None:
    pairs = [
        {
            "qid": "sun.1",
            "type": "qna",
            "q": ["How old is it?", "what age"],
            "a": "Old.",
            "alt": {"markdown": "**Old.**"},
        },
        {"qid": "sun.2", "type": "qna", "q": ["How far?"], "a": "Far.", "alt": {"markdown": "", "ssml": ""}},
    ]
    notes: list[str] = []
    first, second = load("x.json", json.dumps({"qna": pairs}).encode(), notes)
    assert first.entry is not None
    assert second.entry is not None
    assert (first.entry.question, first.entry.alternatives, first.entry.answer) == (
        "How old is it?",
        ("what age",),
        "**Old.**",
    )
    assert second.entry.answer == "Far."
    assert "export of QnABot" in notes[0]
    assert "topic" not in first.given


def test_an_export_of_qna_maker_is_taken_with_the_rows_of_one_answer_together() -> None:
    header = "Question\tAnswer\tSource\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId\tSourceDisplayName"
    rows = [
        "How do I join?\tCome on Monday.\\n\\nBring a friend.\tEditorial\t[]\t[]\tFalse\t[]\t1\tCustom Editorial",
        "can i join\tCome on Monday.\\n\\nBring a friend.\tEditorial\t[]\t[]\tFalse\t[]\t1\tCustom Editorial",
        "What does it cost?\tNothing.\tflyer.pdf\ttopic:about\t[]\tFalse\t[]\t2\tflyer.pdf",
    ]
    notes: list[str] = []
    first, second = load("x.tsv", "\n".join([header, *rows]).encode(), notes)
    assert first.entry is not None
    assert second.entry is not None
    assert first.entry.alternatives == ("can i join",)
    assert first.entry.answer == "Come on Monday.\n\nBring a friend."
    assert second.entry.source.document == "flyer.pdf"
    assert [first.place, second.place] == [2, 4]
    assert "export of QnA Maker" in notes[0]


def test_what_a_google_form_and_a_notion_database_export_is_taken_without_who_answered() -> None:
    form = (
        "Timestamp,Email Address,What question should the bot know?,What is the answer?,Which topic?\n"
        "2026/10/02 9:13:11 AM EST,kim@example.org,How do I join?,Come on Monday.,About IJM"
    )
    notes: list[str] = []
    entry = only(read(form, notes=notes))
    assert (entry.question, entry.answer, entry.topic) == ("How do I join?", "Come on Monday.", "About IJM")
    assert notes == ["Left out: Timestamp, Email Address."]
    notion = "\ufeffName,Answer,Tags,Created time,Last edited by\nHow do I join?,Come on Monday.,about,May 1,Kim"
    entry = only(read(notion))
    assert (entry.question, entry.topic) == ("How do I join?", "about")
    assert "Kim" not in repr(entry)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.json", b'[{"trigger_type": 0, "trigger": "rules", "responses": ["Be kind."], "id": 1}]', "of YAGPDB"),
        ("x.json", b'[{"id": 1, "content": "{embed(title):Hi}", "uses": 3, "owner_id": "5"}]', "of Carl-bot"),
        (
            "x.json",
            b'{"commands": [{"ID": 1, "Trigger": "faq", "TextTriggerType": 0, "Responses": ["x"]}]}',
            "of YAGPDB",
        ),
        ("x.json", b'{"tags": [{"name": "rules", "content": "See #rules", "ownerId": "5"}]}', "of Carl-bot"),
        ("x.gohtml", b"{{ .User }}", "YAGPDB"),
        ("x.zip", b"PK", "Unpack the archive"),
        ("x.xls", b"", "Save the workbook as .xlsx"),
        ("x.numbers", b"", "Export the sheet as CSV"),
        ("x.ods", b"", "CSV UTF-8"),
    ],
)
def test_what_cannot_be_taken_is_told_in_a_sentence(name: str, content: bytes, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        load(name, content)


def test_objects_that_are_rows_of_a_table_are_read_as_one() -> None:
    content = b"""[{"Question": "Who sweeps?", "Answer": "Everyone.", "Source": "Wiki", "Year": 2026, "Topic": "About IJM",
        "Phrasings": ["who cleans", "sweeping duty"]}, {"Question": "Who locks up?", "Answer": null}]"""
    first, second = load("x.json", content)
    assert first.entry is not None
    assert first.entry.alternatives == ("who cleans", "sweeping duty")
    assert (first.place, first.entry.as_of, first.entry.source.document) == (1, 2026, "Wiki")
    assert (second.place, second.fault) == (2, "")
    with pytest.raises(BadFile, match="“soruce”"):
        load("x.json", b'[{"question": "Q?", "answer": "A.", "soruce": "Wiki"}]')


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("htp://club.example.org/form", "https://club.example.org/form"),
        ("www.club.org/map", "https://www.club.org/map"),
        ("https//club.org", "https://club.org"),
    ],
)
def test_a_mistyped_address_is_a_fault_with_the_one_that_was_meant(typed: str, meant: str) -> None:
    (row,) = read(f"question,answer,source,year,topic,links\nQ one?,A.,Wiki,2026,about,{typed}")
    assert row.fault == f"links (line 1): “{typed}” is not an address. Did you mean {meant}?"


@pytest.mark.parametrize(
    ("table", "removed"),
    [
        ("id,removed\nprevention,Yes\noutcomes,no", "prevention"),
        ("removed;question\nTRUE;Who sings?", "Who sings?"),
    ],
)
def test_a_file_may_only_remove_entries(table: str, removed: str) -> None:
    rows = read(table)
    assert [row.removed for row in rows if row.removed] == [removed]
    assert not any(row.fault for row in rows)


def test_an_open_quotation_mark_is_told_as_what_it_is() -> None:
    with pytest.raises(BadFile, match="not CSV"):
        read('question,answer\n"Who sings?,Ann.\nWho plays?,Bob.')
