"""Files that are made to do harm: formulas, bombs, floods. Each is refused in words, and the bot goes on."""

import asyncio
import csv
import io
import json
from dataclasses import replace

import pytest

from bot.app.app import App
from bot.chat.events import Submit, Upload
from bot.chat.replies import File, Reply
from knowledge.pack.exchange.import_export import Format, dump, load
from knowledge.pack.files import load_pack
from knowledge.pack.own_size import OWN_PHRASINGS_LIMIT
from tests.people import CHANNEL, MODERATOR, chosen, done, moderated

ENTRY = replace(load_pack().entries[0], id="own", question="Who leads our chapter?", alternatives=(), related=())
FORMULAS = ('=HYPERLINK("http://evil.example","x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1")


async def imported(app: App, name: str, content: bytes) -> Reply:
    return await done(app, Submit(MODERATOR, CHANNEL, "import", {}, {"file": Upload(name, content)}))


def cells(reply: Reply) -> list[list[str]]:
    """The cells of the report that came with a dry run."""
    (file,) = [block for block in reply.blocks if isinstance(block, File)]
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_cell_that_the_bot_writes_is_a_formula(app: App, formula: str) -> None:
    entry = replace(ENTRY, id=formula, question=formula, alternatives=(formula,), answer=formula, topic=formula)
    exported = dump([entry], [formula], Format.CSV).decode("utf-8-sig")
    report = cells(await imported(app, "x.json", dump([entry], [formula], Format.JSON)))
    for row in (*csv.reader(io.StringIO(exported)), *report):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], row


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.yaml", b"a: &a [x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]\n"),
        ("object.yaml", b"!!python/object/apply:os.system ['true']"),
        ("deep.yaml", b"[" * 20_000),
        ("deep.json", b"[" * 200_000),
        ("number.json", b"[" + b"9" * 5_000 + b"]"),
        ("twice.json", b'[{"id": "a", "id": "b"}]'),
        ("null.csv", b"question\x00,answer"),
        ("binary.csv", bytes(range(256))),
        ("flood.json", json.dumps([{}] * 2_001).encode()),
        ("page.html", b"<script>"),
        ("../../etc/passwd", b"root"),
        ("", b""),
    ],
)
async def test_a_file_that_is_a_bomb_is_refused_in_words(app: App, name: str, content: bytes) -> None:
    said = (await imported(app, name, content)).plain
    assert "was not imported" in said
    assert "something went wrong" not in said


@pytest.mark.parametrize("facts", ["[" * 50_000, "9" * 5_000, '{"a": 1}', "[1]", "null"])
async def test_a_cell_that_is_a_bomb_is_the_fault_of_its_row_alone(app: App, facts: str) -> None:
    rows = list(csv.reader(io.StringIO(dump([ENTRY, replace(ENTRY, id="other")], (), Format.CSV).decode("utf-8-sig"))))
    rows[1][rows[0].index("facts")] = facts
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    first, second = load("x.csv", out.getvalue().encode())
    assert first.fault
    assert second.entry is not None
    assert "something went wrong" not in (await imported(app, "x.csv", out.getvalue().encode())).plain


@pytest.mark.slow
async def test_no_community_learns_so_much_that_others_have_to_wait(app: App) -> None:
    entries = [
        replace(ENTRY, id=f"own-{number}", question=f"What is rule {number}?", alternatives=tuple(
            f"rule {number} in other words {other}" for other in range(199)
        ))
        for number in range(OWN_PHRASINGS_LIMIT // 200 + 1)
    ]  # fmt: skip
    said = await imported(app, "x.json", dump(entries, (), Format.JSON))
    assert f"at most {OWN_PHRASINGS_LIMIT:,} are taken" in said.plain
    assert f"Import {len(entries) - 1} rows" in said.plain
    few = await imported(app, "x.json", dump([ENTRY], (), Format.JSON))
    assert "Imported: 1 added" in (await chosen(app, few, "Import 1 row")).plain


@pytest.mark.slow
async def test_of_each_moderator_one_file_waits_and_the_next_one_says_what_became_of_it(app: App) -> None:
    content = dump([ENTRY], (), Format.JSON)
    first = await imported(app, "first.json", content)
    assert "discarded" not in first.plain
    second = await imported(app, "second.json", content)
    assert "“first.json” was discarded" in second.plain
    assert "was already imported or discarded" in (await chosen(app, first, "Import 1 row")).plain
    assert "Imported" in (await chosen(app, second, "Import 1 row")).plain


@pytest.mark.slow
async def test_while_a_large_file_is_read_others_are_answered(app: App) -> None:
    large = 1_500 * dump([replace(ENTRY, topic="nowhere")], (), Format.YAML)
    reading = asyncio.create_task(imported(app, "x.yaml", large[:900_000]))
    answered = 0
    while not reading.done():
        assert "passive" in (await moderated(app, "settings")).plain
        answered += 1
        # An answer that needs no thread waits for nothing, and would let nobody else's turn come.
        await asyncio.sleep(0.001)
    assert answered > 1
    await reading
