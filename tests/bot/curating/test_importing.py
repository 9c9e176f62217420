"""Moderators with files: the dry run tells each thing once, what is missing is filled in once, nothing is doubled."""

import csv
import io

import pytest

from bot.app.app import App
from bot.chat.events import Submit, Upload
from bot.chat.replies import File, Reply
from tests.people import CHANNEL, MODERATOR, asked, chosen, done, form_of, moderated, sent

pytestmark = pytest.mark.slow

HEADER = "question,phrasings,answer,topic,source,year"
MEETING = "When does the chapter meet?,what day are the meetings,Mondays at 7.,about,Handbook,2026"


async def tried(app: App, *lines: str, name: str = "chapter.csv") -> Reply:
    """The dry run of a file with these lines."""
    file = Upload(name, "\n".join(lines).encode())
    return await done(app, Submit(MODERATOR, CHANNEL, form_of(await moderated(app, "import")).id, {}, {"file": file}))


def report(reply: Reply) -> list[list[str]]:
    (file,) = [block for block in reply.blocks if isinstance(block, File)]
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))


async def test_a_file_without_ids_twice_doubles_nothing_and_a_correction_is_seen(app: App) -> None:
    dry = await tried(app, HEADER, MEETING)
    assert "added: 1" in dry.plain
    assert any(button.label == "Import 1 row" for button in dry.buttons)
    assert "Imported: 1 added." in (await chosen(app, dry, "Import")).plain
    again = await tried(app, HEADER, MEETING)
    assert "unchanged: 1" in again.plain
    assert not any(button.action == "importing" for button in again.buttons)
    corrected = await tried(app, HEADER, MEETING.replace("Mondays", "Tuesdays"))
    assert "changed: 1" in corrected.plain
    await chosen(app, corrected, "Import")
    assert "Tuesdays at 7." in await asked(app, "when does the chapter meet?")
    assert len((await app.services.store.overlay(CHANNEL.community)).revisions) == 1


async def test_no_word_but_yes_removes_an_entry(app: App) -> None:
    await chosen(app, await tried(app, HEADER, MEETING), "Import")
    for word in ("no", "FALSE", "0", "n/a"):
        dry = await tried(app, f"removed,{HEADER}", f"{word},{MEETING}")
        assert "removed: 1" not in dry.plain, word
    assert "neither yes nor no" in dry.plain
    removal = await tried(app, f"removed,{HEADER}", f"yes,{MEETING}")
    assert "removed: 1" in removal.plain
    await chosen(app, removal, "Import")
    assert "don't know" in await asked(app, "when does the chapter meet?")


async def test_a_file_may_only_remove_entries(app: App) -> None:
    dry = await tried(app, "id,removed", "prevention,yes", "outcomes,no")
    assert "removed: 1" in dry.plain
    await chosen(app, dry, "Import 1 row")
    assert "stop" not in await asked(app, "prevention")
    assert "Rescue" in await asked(app, "outcomes")


async def test_what_rows_leave_open_is_filled_in_once(app: App) -> None:
    dry = await tried(
        app, "question,answer", "When does the chapter meet?,Mondays at 7.", "Where does it meet?,In the hall."
    )
    assert "Rows 2–3: topic and source and year: not in this row" in dry.plain
    form = await chosen(app, dry, "Fill in what is missing")
    assert {field.name for field in form_of(form).fields} == {"topic", "source"}
    ready = await sent(app, form, topic="about", source="Chapter handbook\n2026")
    assert "added: 2" in ready.plain
    await chosen(app, ready, "Import 2 rows")
    shown = await asked(app, "when does the chapter meet?")
    assert "Chapter handbook · 2026" in shown


async def test_equal_faults_are_told_once_with_their_rows_and_the_report_has_them_all(app: App) -> None:
    bad = [MEETING.replace("about", "nonsense").replace("meet?", f"meet in room {number}?") for number in range(30)]
    dry = await tried(app, HEADER, *bad[:3], MEETING, *bad[3:])
    assert "Rows 2–4, 6–32: topic: `nonsense` is none of" in dry.plain
    assert dry.plain.count("nonsense") == 1
    assert len(report(dry)) == 32


async def test_warnings_and_guesses_are_shown_before_anything_is_saved(app: App) -> None:
    dry = await tried(app, HEADER, MEETING.replace("Mondays at 7.", "Mondays â€“ 7 pm"))
    assert "you can import them anyway" in dry.plain
    assert "Row 2: answer: “â€” looks like" in dry.plain
    guessed = Upload("chapter.csv", f"{HEADER}\n{MEETING.replace('at 7', 'in the café')}".encode("cp1252"))
    reply = await done(app, Submit(MODERATOR, CHANNEL, "import", {}, {"file": guessed}))
    assert "I read it as Windows-1252" in reply.plain


async def test_a_file_that_is_empty_or_wrong_leaves_nothing_to_throw_away(app: App) -> None:
    for lines in ((), (HEADER,), ("colour,anwser", "red,A.")):
        reply = await tried(app, *lines)
        assert "was not imported" in reply.plain
        assert reply.buttons == ()


async def test_an_ambiguous_row_is_told_and_left_alone(app: App) -> None:
    asks = next(each for each in app.services.pack.entries[0].alternatives if "," not in each)
    dry = await tried(app, HEADER, f"{asks},,Ours.,about,Handbook,2026")
    assert "Ambiguous, so I leave them alone" in dry.plain
    assert "put that id into the row" in dry.plain


async def test_an_export_for_spreadsheets_with_a_decimal_comma_comes_back_unchanged(app: App) -> None:
    await chosen(app, await tried(app, HEADER, MEETING), "Import")
    exported = await moderated(app, "export", format="csv-semicolons")
    assert "1 entry." in exported.plain
    (file,) = [block for block in exported.blocks if isinstance(block, File)]
    assert file.name == "ijm-answers.csv"
    assert file.content.startswith(b"\xef\xbb\xbfid;removed;question")
    back = await done(app, Submit(MODERATOR, CHANNEL, "import", {}, {"file": Upload(file.name, file.content)}))
    assert "unchanged: 1" in back.plain
