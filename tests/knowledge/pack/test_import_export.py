"""Files of entries: what goes out comes back the same, and what is wrong is said row by row."""

import json
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge.pack.exchange.import_export import Format, dump, load
from knowledge.pack.exchange.import_plan import FilledIn, Outcome, Plan, plan
from knowledge.pack.exchange.import_rows import ImportRow
from knowledge.pack.files import load_pack
from knowledge.pack.model import Entry, Fact, Link, Source
from knowledge.pack.overlay import Change, Overlay, Revision
from knowledge.pack.own_size import OWN_BYTES_LIMIT, OWN_PHRASINGS_LIMIT, OWN_WORDS_LIMIT, OwnSize, own_size, size_of
from knowledge.pack.records import fingerprint
from knowledge.pack.tables.bad_file import BadFile
from knowledge.pack.tables.sheet import ROWS_LIMIT
from tests.knowledge.store.databases import NOW

PACK = load_pack()
EMPTY = Overlay(0)
OWN = Entry(
    "gala-parking",
    "What does parking cost?",
    ("parking fee",),
    "Five dollars.",
    "about",
    (),
    Source("Leaflet", ""),
    2026,
)

# All that a moderator can type on one line or on several; a text area never sends a lone carriage return.
lines = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join)
sources = st.builds(Source, lines, st.one_of(st.just(""), lines))
facts = st.builds(Fact, lines, st.integers(1990, 2100), sources)
links = st.builds(Link, lines, st.just("https://example.org/a?b=1,2;3"))
entries = st.builds(
    Entry,
    id=st.from_regex(r"[a-z]{1,8}(-[a-z]{1,5})?", fullmatch=True),
    question=lines,
    alternatives=st.lists(lines, max_size=3).map(tuple),
    answer=texts,
    topic=lines,
    facts=st.lists(facts, max_size=2).map(tuple),
    source=sources,
    as_of=st.integers(1990, 2100),
    links=st.lists(links, max_size=2).map(tuple),
    related=st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=2).map(tuple),
)
kinds = pytest.mark.parametrize("kind", Format)


@pytest.mark.slow
@kinds
@settings(max_examples=60, deadline=None)
@given(given_entries=st.lists(entries, max_size=3), removed=st.lists(st.sampled_from(["a", "b-c"]), max_size=2))
def test_what_goes_out_comes_back_the_same(kind: Format, given_entries: list[Entry], removed: list[str]) -> None:
    assume(given_entries or removed)
    rows = load(f"x.{kind.ending}", dump(given_entries, removed, kind))
    assert [row.entry for row in rows if row.entry] == given_entries
    assert [row.removed for row in rows if row.removed] == removed
    assert not [row.fault for row in rows if row.fault]


@pytest.mark.slow
@kinds
def test_the_whole_pack_comes_back_the_same_and_changes_nothing(kind: Format) -> None:
    content = dump(PACK.entries, [], kind)
    rows = load(f"pack.{kind.ending}", content)
    assert [row.entry for row in rows] == [replace(entry, revision=1) for entry in PACK.entries]
    made = plan(rows, PACK, EMPTY, "note")
    assert made.count(Outcome.UNCHANGED) == len(PACK.entries)
    assert made.drafts == ()
    assert dump([row.entry for row in rows if row.entry], [], kind) == content


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula_to_a_spreadsheet(begins: str) -> None:
    entry = replace(OWN, question=f"{begins}1+1", answer=f"{begins}cmd", alternatives=(f"{begins}2",))
    content = dump([entry], [], Format.CSV)
    assert all(not cell.startswith(begins) for cell in content.decode("utf-8-sig").split("\r\n")[1].split(","))
    (row,) = load("x.csv", content)
    assert row.entry is not None
    assert row.entry.question == entry.question


@pytest.mark.parametrize("parted", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_spreadsheet_may_save_it_its_own_way(parted: str, encoding: str) -> None:
    table = [["Question", "Answer", "Topic", "Source", "Year"], ["Où?", "Là.", "about", "Leaflet", "2026"]]
    content = "\r\n".join(parted.join(cells) for cells in [*table, ["", "", "", "", ""]]).encode(encoding)
    (row,) = load("x.csv", content)
    assert row.entry is not None
    assert (row.entry.question, row.entry.answer, row.entry.as_of) == ("Où?", "Là.", 2026)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.txt", b"", "has to end in .csv"),
        ("x.csv", b"\xff\xfa", "no row with column names"),
        ("x.csv", b"question,answer\n\xf0\xb5", "cannot tell the file's encoding"),
        ("x.csv", b"question,answer\x00", "null character"),
        ("x.csv", b"question,topic,source,year\n", "“answer” is missing"),
        ("x.csv", b"question,answer,topic,source,year,colour\n", "don't know the column “colour”"),
        ("x.csv", b"question,question,answer,topic,source,year\n", "twice"),
        ("x.json", b"{", "as JSON"),
        ("x.json", b'{"a": 1}', "has to be a list"),
        ("x.json", b'[{"id": "a", "id": "b"}]', "one key twice"),
        ("x.json", b"[" * 100_000, "as JSON"),
        ("x.yaml", b"a: [", "as YAML"),
        ("x.yaml", b"- &a {id: x}\n- *a\n", "anchor"),
        ("x.yaml", b"- !!python/object/apply:os.system ['true']\n", "as YAML"),
        ("x.yml", b"- {id: a, id: b}\n", "twice"),
        ("x.json", json.dumps([{"id": "a", "removed": True}] * (ROWS_LIMIT + 1)).encode(), "at most 2,000"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_change(name: str, content: bytes, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        load(name, content)


def test_a_row_that_is_wrong_does_not_keep_others_from_being_read() -> None:
    records = [
        {"question": "Q?", "answer": "A.", "topic": "about", "source": {"document": "L"}, "as_of": 2026},
        {"question": "Q?", "answer": "A.", "topic": "about", "source": {"document": "L"}, "as_of": "soon"},
        {"question": "Q?", "colour": "red"},
        {"id": "x", "removed": False},
        "words",
    ]
    rows = load("x.yaml", yaml.safe_dump(records).encode())
    assert [bool(row.fault) for row in rows] == [False, True, True, True, True]
    assert [row.place for row in rows] == [1, 2, 3, 4, 5]
    assert "as_of" in rows[1].fault


def row(entry: Entry, place: int = 1) -> ImportRow:
    return ImportRow(place, entry)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"answer": "y" * 901}, "answer: 901 characters"),
        ({"topic": "nonsense"}, "topic: `nonsense` is none of"),
        ({"answer": "Call 555-123-4567"}, "leave out the phone number 5551234567"),
        ({"source": Source("Call 555-123-4567", "")}, "leave out the phone number 5551234567"),
        ({"as_of": 1066}, "1066 is not a year"),
        ({"question": "???"}, "no words to match"),
        ({"links": (Link("x", "javascript:alert(1)"),)}, "not an http"),
        ({"id": "Not A Slug"}, "lower-case words"),
    ],
)
def test_a_row_is_rejected_with_its_reason_and_the_others_are_taken(changed: dict[str, object], told: str) -> None:
    bad = replace(OWN, **changed)  # type: ignore[arg-type]
    made = plan([row(bad, 1), row(replace(OWN, id="other"), 2)], PACK, EMPTY, "note")
    first, second = made.steps
    assert first.outcome is Outcome.REJECTED
    assert told in first.why
    assert second.outcome is Outcome.ADDED
    assert [draft.entry_id for draft in made.drafts] == ["other"]


def test_rows_add_change_remove_and_leave_alone() -> None:
    base = PACK.entries[0]
    rows = [
        row(replace(OWN, id=""), 1),
        row(replace(base, answer="Ours."), 2),
        ImportRow(3, removed=PACK.entries[1].id),
        row(PACK.entries[2], 4),
        ImportRow(5, removed="never-there"),
        row(replace(base, answer="Again."), 6),
    ]
    made = plan(rows, PACK, EMPTY, "note")
    assert [step.outcome for step in made.steps] == [
        Outcome.ADDED, Outcome.CHANGED, Outcome.REMOVED, Outcome.UNCHANGED, Outcome.REJECTED, Outcome.REJECTED,
    ]  # fmt: skip
    assert made.steps[0].entry_id == "what-does-parking-cost"
    assert "row 2 is this entry, too" in made.steps[5].why
    assert [draft.base for draft in made.drafts] == [None, fingerprint(base), fingerprint(PACK.entries[1])]


def test_what_a_community_has_already_is_left_alone_and_its_removals_too() -> None:
    revisions = (
        Revision(OWN.id, 1, Change.ADDED, OWN, None, "", "u", NOW),
        Revision("gone", 2, Change.REMOVED, None, None, "", "u", NOW),
    )
    overlay = Overlay(1, revisions)
    made = plan([row(OWN, 1), ImportRow(2, removed="gone"), row(replace(OWN, id="gone"), 3)], PACK, overlay, "note")
    assert [step.outcome for step in made.steps] == [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.REJECTED]
    made = plan([row(replace(OWN, id="gone"), 1)], PACK, overlay, "note")
    assert [(draft.entry_id, draft.expected) for draft in made.drafts] == [("gone", 2)]


def test_more_phrasings_than_can_be_matched_are_not_taken() -> None:
    many = [
        replace(
            OWN,
            id=f"own-{number}",
            question=f"Question {number}?",
            alternatives=tuple(f"q {number} {i}" for i in range(100)),
        )
        for number in range(40)
    ]
    made = plan([row(entry, place) for place, entry in enumerate(many, start=1)], PACK, EMPTY, "note")
    assert made.count(Outcome.ADDED) == OWN_PHRASINGS_LIMIT // 101
    assert made.count(Outcome.REJECTED) == len(many) - OWN_PHRASINGS_LIMIT // 101
    assert "at most 3,000" in made.steps[-1].why


def crowd(count: int, **parts: Any) -> list[ImportRow]:
    """So many entries of a community's own, alike but for their names."""
    made = [replace(OWN, id=f"own-{each}", question=f"Question {each}?", **parts) for each in range(count)]
    return [row(entry, place) for place, entry in enumerate(made, start=1)]


def test_long_phrasings_of_ever_new_words_are_not_taken_without_end() -> None:
    words = " ".join(f"w{number}" for number in range(80))
    made = plan(crowd(60, alternatives=tuple(f"{words} {number}" for number in range(10))), PACK, EMPTY, "note")
    assert made.count(Outcome.ADDED) == OWN_WORDS_LIMIT // (10 * 81 + 2)
    assert f"words in its own phrasings; at most {OWN_WORDS_LIMIT:,}" in made.steps[-1].why


def test_answers_and_facts_count_in_bytes() -> None:
    made = plan(crowd(1_200, alternatives=(), answer="é" * 450), PACK, EMPTY, "note")
    assert OWN_BYTES_LIMIT // 950 < made.count(Outcome.ADDED) < OWN_BYTES_LIMIT // 900
    assert f"bytes of its own text; at most {OWN_BYTES_LIMIT:,}" in made.steps[-1].why


def test_what_ships_counts_for_nothing_and_a_full_community_can_still_take_away() -> None:
    entry = PACK.entries[0]
    assert size_of(PACK, PACK) == OwnSize()
    assert own_size(replace(entry, alternatives=(*entry.alternatives, "a new one")), PACK) == OwnSize(1, 3, 9)
    assert own_size(None, PACK) == OwnSize()
    full = OwnSize(OWN_PHRASINGS_LIMIT + 5, 10, 10)
    assert full.fault
    assert not (full - OwnSize(1, 1, 1)).grows(full)
    assert (full + OwnSize(0, 0, 1)).grows(full)


def table(*lines: str) -> tuple[ImportRow, ...]:
    return load("x.csv", "\n".join(lines).encode())


def kept(made: Plan, before: Overlay = EMPTY) -> Overlay:
    """The overlay once a plan was carried out."""
    there = {revision.entry_id: revision for revision in before.revisions}
    for draft in made.drafts:
        there[draft.entry_id] = Revision(
            draft.entry_id, draft.number, draft.change, draft.entry, draft.base, "", "u", NOW
        )
    return Overlay(before.number + 1, tuple(there.values()))


HEADER = "question,phrasings,answer,topic,source,year"
MEETING = "When does the chapter meet?,when is the next meeting,Mondays.,about,Handbook,2026"


def test_a_file_without_ids_that_is_imported_twice_doubles_nothing_and_shows_its_corrections() -> None:
    first = plan(table(HEADER, MEETING), PACK, EMPTY, "note")
    assert [step.outcome for step in first.steps] == [Outcome.ADDED]
    overlay = kept(first)
    again = plan(table(HEADER, MEETING), PACK, overlay, "note")
    assert [(step.outcome, step.entry_id) for step in again.steps] == [
        (Outcome.UNCHANGED, "when-does-the-chapter-meet")
    ]
    corrected = plan(table(HEADER, MEETING.replace("Mondays", "Tuesdays")), PACK, overlay, "note")
    (step,) = corrected.steps
    assert (step.outcome, step.entry_id) == (Outcome.CHANGED, "when-does-the-chapter-meet")
    assert step.draft is not None
    assert step.draft.entry is not None
    assert step.draft.entry.answer == "Tuesdays."
    assert step.draft.expected == 1


def test_a_row_without_an_id_takes_away_nothing_that_its_entry_has() -> None:
    entry = replace(OWN, alternatives=("parking fee", "how dear is parking"), links=(Link("Plan", "https://e.org"),))
    overlay = Overlay(1, (Revision(OWN.id, 1, Change.ADDED, entry, None, "", "u", NOW),))
    made = plan(
        table("question,phrasings,answer", "what does parking cost,PARKING FEE!,Six dollars."), PACK, overlay, "n"
    )
    (step,) = made.steps
    assert step.outcome is Outcome.CHANGED
    assert step.draft is not None
    changed = step.draft.entry
    assert changed is not None
    assert changed.alternatives == entry.alternatives
    assert (changed.links, changed.topic, changed.source, changed.as_of) == (entry.links, "about", entry.source, 2026)


def test_a_question_that_is_an_own_entrys_phrasing_means_that_entry() -> None:
    overlay = Overlay(1, (Revision(OWN.id, 1, Change.ADDED, OWN, None, "", "u", NOW),))
    (step,) = plan(table(HEADER, "Parking fee,,Six dollars.,about,Leaflet,2026"), PACK, overlay, "n").steps
    assert (step.outcome, step.entry_id) == (Outcome.CHANGED, OWN.id)
    assert step.draft is not None
    assert step.draft.entry is not None
    assert step.draft.entry.alternatives == ("What does parking cost?",)


def test_a_question_that_is_a_shipped_entrys_phrasing_is_ambiguous_and_left_alone() -> None:
    shipped = PACK.entries[0]
    asked = next(each for each in shipped.alternatives if "," not in each)
    (step,) = plan(table(HEADER, f"{asked},,Ours.,about,Leaflet,2026"), PACK, EMPTY, "n").steps
    assert (step.outcome, step.draft) == (Outcome.AMBIGUOUS, None)
    assert shipped.id in step.why
    (step,) = plan(table(f"id,{HEADER}", f"{shipped.id},{asked},,Ours.,about,Leaflet,2026"), PACK, EMPTY, "n").steps
    assert step.outcome is Outcome.CHANGED


def test_a_shipped_question_means_the_shipped_entry() -> None:
    shipped = PACK.entries[0]
    text = f'{HEADER}\n"{shipped.question}",,Ours.,about,Leaflet,2026'
    (step,) = plan(load("x.csv", text.encode()), PACK, EMPTY, "n").steps
    assert (step.outcome, step.entry_id) == (Outcome.CHANGED, shipped.id)


def test_two_rows_with_one_question_are_one_entry() -> None:
    made = plan(table(HEADER, MEETING, MEETING.replace("Mondays", "Tuesdays")), PACK, EMPTY, "n")
    assert [step.outcome for step in made.steps] == [Outcome.ADDED, Outcome.REJECTED]
    assert "row 2 is this entry, too" in made.steps[1].why


def test_two_entries_with_one_question_make_a_row_ambiguous() -> None:
    twins = (replace(OWN, id="first"), replace(OWN, id="second"))
    overlay = Overlay(2, tuple(Revision(each.id, 1, Change.ADDED, each, None, "", "u", NOW) for each in twins))
    (step,) = plan(table(HEADER, f"{OWN.question},,Six.,about,Leaflet,2026"), PACK, overlay, "n").steps
    assert step.outcome is Outcome.AMBIGUOUS
    assert "first, second" in step.why


def test_an_entry_that_was_removed_comes_back_under_its_id() -> None:
    removed = Revision("when-does-the-chapter-meet", 2, Change.REMOVED, None, None, "", "u", NOW)
    (step,) = plan(table(HEADER, MEETING), PACK, Overlay(2, (removed,)), "n").steps
    assert (step.outcome, step.entry_id) == (Outcome.ADDED, "when-does-the-chapter-meet")
    assert step.draft is not None
    assert step.draft.expected == 2


@pytest.mark.parametrize("topic", ["about", "About IJM", "ABOUT ijm", " about "])
def test_a_topic_is_named_by_its_id_or_its_title(topic: str) -> None:
    (step,) = plan(table(HEADER, MEETING.replace("about", topic)), PACK, EMPTY, "n").steps
    assert step.outcome is Outcome.ADDED
    assert step.draft is not None
    assert step.draft.entry is not None
    assert step.draft.entry.topic == "about"


def test_what_rows_leave_open_can_hold_for_all_of_them() -> None:
    rows = table("question,answer,year", "When do we meet?,Mondays.,", "Where?,Hall.,2025")
    first, second = plan(rows, PACK, EMPTY, "n").steps
    assert (first.open, second.open) == (("topic", "source", "year"), ("topic", "source"))
    assert first.outcome is Outcome.REJECTED
    made = plan(rows, PACK, EMPTY, "n", filled_in=FilledIn("about", "Handbook", 2026))
    assert [draft.entry.as_of for draft in made.drafts if draft.entry] == [2026, 2025]


def test_faults_of_a_table_have_its_columns_names_and_those_of_a_list_the_entrys() -> None:
    (step,) = plan(table(HEADER, MEETING.replace("2026", "1066")), PACK, EMPTY, "n").steps
    assert step.why.startswith("year: 1066 is not a year")
    record = {"question": "Q?", "answer": "A.", "topic": "about", "source": {"document": "L"}, "as_of": 1066}
    (step,) = plan(load("x.json", json.dumps([record]).encode()), PACK, EMPTY, "n").steps
    assert step.why.startswith("as_of: ")
    (step,) = plan(table(HEADER, MEETING.replace("when is the next meeting", "???")), PACK, EMPTY, "n").steps
    assert step.why.startswith("phrasings (line 1): ")


def test_a_row_removes_by_question_too_and_a_fact_goes_only_with_its_figure() -> None:
    overlay = Overlay(1, (Revision(OWN.id, 1, Change.ADDED, OWN, None, "", "u", NOW),))
    (step,) = plan(table("removed,question,answer", f"yes,{OWN.question},"), PACK, overlay, "n").steps
    assert (step.outcome, step.entry_id) == (Outcome.REMOVED, OWN.id)
    figures = next(entry for entry in PACK.entries if entry.facts and all(fact.year for fact in entry.facts))
    (step,) = plan(
        table("id,question,answer", f'{figures.id},"{figures.question}",No figures here.'), PACK, EMPTY, "n"
    ).steps
    assert step.draft is not None
    assert step.draft.entry is not None
    assert step.draft.entry.facts == ()
    assert step.draft.entry.related == figures.related
