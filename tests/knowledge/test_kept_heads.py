"""What was learnt is read again at the next start, and learnt again where it cannot be."""

import os
import subprocess
import sys
from pathlib import Path
from time import time

import numpy as np
import pytest
from scipy.sparse import csr_matrix, random_array

from knowledge import kept_heads
from knowledge.head import Head, train
from knowledge.kept_heads import KeptHeads

OWNERS = tuple("ab" * 20)
LABELS = ("a", "b")


def examples(seed: int = 1) -> csr_matrix:
    return csr_matrix(random_array((len(OWNERS), 30), density=0.3, rng=np.random.default_rng(seed), dtype=np.float32))


def same(one: Head, other: Head) -> bool:
    return (
        np.array_equal(one.weights, other.weights)
        and np.array_equal(one.usual, other.usual)
        and (one.labels, one.own, one.other) == (other.labels, other.own, other.other)
    )


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As many numbers as it was really learnt."""
    calls: list[int] = []

    def counted(*given: object) -> Head:
        calls.append(len(calls))
        return train(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(kept_heads, "train", counted)
    return calls


def test_the_second_start_reads_what_the_first_one_learnt(tmp_path: Path, learnt: list[int]) -> None:
    first = KeptHeads(tmp_path / "new" / "folder")(examples(), OWNERS, LABELS)
    second = KeptHeads(tmp_path / "new" / "folder")(examples(), OWNERS, LABELS)
    assert same(first, second)
    assert same(first, train(examples(), OWNERS, LABELS))
    assert len(learnt) == 1


def test_other_examples_are_learnt_anew(tmp_path: Path, learnt: list[int]) -> None:
    heads = KeptHeads(tmp_path)
    heads(examples(1), OWNERS, LABELS)
    assert not same(heads(examples(1), OWNERS, LABELS), heads(examples(2), OWNERS, LABELS))
    heads(examples(1), OWNERS[::-1], LABELS)
    assert len(learnt) == len(files(tmp_path)) == 3


def test_the_last_bits_of_a_number_make_no_other_examples(tmp_path: Path, learnt: list[int]) -> None:
    almost = examples()
    almost.data[::30] = np.nextafter(almost.data[::30], np.float32(2))
    KeptHeads(tmp_path)(examples(), OWNERS, LABELS)
    KeptHeads(tmp_path)(almost, OWNERS, LABELS)
    assert len(learnt) == 1
    almost.data[::30] *= np.float32(1.01)
    KeptHeads(tmp_path)(almost, OWNERS, LABELS)
    assert len(learnt) == 2


def test_what_one_processor_learnt_another_one_reads(tmp_path: Path) -> None:
    extensions = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    for without in ("", " ".join(extensions)):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "bot", "ask", "what is ijm"],
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), "NPY_DISABLE_CPU_FEATURES": without},
            capture_output=True,
            check=True,
        )
        assert b"International Justice Mission" in done.stdout
    assert len(files(tmp_path / "ijm-answers")) == 2


@pytest.mark.parametrize("spoilt", [b"", b"PK\x03\x04 not a file of arrays", b"x" * 1000])
def test_a_file_that_cannot_be_read_is_learnt_and_kept_again(tmp_path: Path, learnt: list[int], spoilt: bytes) -> None:
    good = KeptHeads(tmp_path)(examples(), OWNERS, LABELS)
    (path,) = files(tmp_path)
    path.write_bytes(spoilt)
    assert same(KeptHeads(tmp_path)(examples(), OWNERS, LABELS), good)
    assert same(KeptHeads(tmp_path)(examples(), OWNERS, LABELS), good)
    assert len(learnt) == 2


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path, learnt: list[int]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for _ in range(2):
        KeptHeads(tmp_path / "file")(examples(), OWNERS, LABELS)
    assert len(learnt) == 2


def test_what_nobody_asks_for_any_more_goes(tmp_path: Path) -> None:
    heads = KeptHeads(tmp_path)
    heads(examples(1), OWNERS, LABELS)
    (old,) = files(tmp_path)
    month_ago = time() - 31 * 24 * 60 * 60
    os.utime(old, (month_ago, month_ago))
    heads(examples(2), OWNERS, LABELS)
    assert old not in files(tmp_path)
    assert len(files(tmp_path)) == 1
