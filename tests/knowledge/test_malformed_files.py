"""Every malformed file is answered in words: an import with its rows or why there are none, a restore with why not."""

import gzip
import io
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knowledge.pack.exchange.import_export import Format, dump, load
from knowledge.pack.exchange.import_plan import plan
from knowledge.pack.files import load_pack
from knowledge.pack.overlay import Overlay
from knowledge.pack.tables.bad_file import BadFile
from knowledge.store.backup_file import BackupError, BackupReader, BackupWriter, Header
from tests.fuzzing import TIMES, chance

PACK = load_pack()
ENTRIES = [
    replace(entry, id=f"own-{place}", alternatives=entry.alternatives[:2])
    for place, entry in enumerate(PACK.entries[:2])
]
# What breaks a format: its own signs, numbers at their ends, characters that are none.
PIECES = (
    b"", b"\x00", b"\xff", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"{", b"}", b"[", b"]", b": ", b"- ", b"&a ", b"*a", b"!!x ",
    b"\\ud800", b"\\u0000", b"9" * 400, b"1e999", b"NaN", b"null", b"true", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"|", b"<<: ",
    b"2026-13-45", b"-0", b"=1+1", b"sep=;\n", b"PK\x03\x04",
)  # fmt: skip


def mutated(content: bytes, seed: int) -> bytes:
    """A file with some of it changed, moved, cut or doubled."""
    chosen, changed = chance(seed), bytearray(content)
    for _ in range(chosen.randint(1, 6)):
        first = chosen.randrange(len(changed) + 1)
        last = min(len(changed), first + chosen.choice((0, 1, 2, 10, 100)))
        match chosen.randrange(4):
            case 0:
                changed[first:last] = chosen.choice(PIECES)
            case 1:
                changed[first:last] = bytes(changed[first:last]) * 2
            case 2:
                del changed[first:last]
            case _:
                changed = changed[: max(1, first)]
    return bytes(changed)


@pytest.mark.fuzz
@pytest.mark.slow
@pytest.mark.parametrize("kind", Format)
def test_any_broken_file_is_read_by_rows_or_refused_in_words(kind: Format) -> None:
    whole = dump(ENTRIES, ["gone"], kind)
    for seed in range(50 * TIMES):
        content = mutated(whole, seed)
        with suppress(BadFile):
            rows = load(f"x.{kind.ending}", content)
            for step in plan(rows, PACK, Overlay(0), "imported").steps:
                step.why.encode()
                if step.draft is not None and step.draft.entry is not None:
                    json.dumps(step.draft.entry.answer).encode()


@pytest.mark.fuzz
@pytest.mark.parametrize("packed", [False, True])
def test_any_broken_backup_is_refused_in_words(packed: bool) -> None:
    out = io.BytesIO()
    writer = BackupWriter(out, Header("0001", datetime(2026, 11, 23, tzinfo=UTC)))
    for table in ("settings", "marks"):
        writer.table(table, ["a", "b", "c"])
        for number in range(20):
            writer.row([number, b"\x00", datetime(2026, 1, 1, tzinfo=UTC)])
    writer.end()
    whole = out.getvalue()
    plain = gzip.decompress(whole)
    for seed in range(500 * TIMES):
        content = mutated(whole, seed) if packed else gzip.compress(mutated(plain, seed))
        with suppress(BackupError):
            reader = BackupReader(io.BytesIO(content))
            for _, _, portions in reader.tables():
                list(portions)
