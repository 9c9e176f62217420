"""What was learnt is read again at the next start, and learnt again where it cannot be."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import time

import numpy as np
import pytest

from knowledge.matching import model_cache
from knowledge.matching.language.reading import Reader
from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.matching.learnt import Examples, Learnt, arrays_of, learn
from knowledge.matching.model_cache import Kept
from knowledge.plain.text import spoken

VOCABULARY = Vocabulary({"ppl": "people"}, {"police": ("cops", "officers")}, frozenset({"the", "a", "of"}))
READER = Reader(VOCABULARY)
TEXTS = (
    "what is a brothel",
    "who are the cops",
    "where do you work",
    "how many ppl do you help",
    "officers of the law",
)


def examples(texts: Sequence[str] = TEXTS, marks: str = "abaab", *, compared: bool = True) -> Examples:
    return Examples(tuple(texts), tuple(marks), ("a", "b"), VOCABULARY, READER.read, compared=compared)


def same(one: Learnt, other: Learnt) -> bool:
    ours, theirs = arrays_of(one), arrays_of(other)
    return (
        one.head.labels == other.head.labels
        and ours.keys() == theirs.keys()
        and all(np.array_equal(ours[name], theirs[name]) for name in ours)
    )


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As many numbers as it was really learnt."""
    calls: list[int] = []

    def counted(given: Examples) -> Learnt:
        calls.append(len(calls))
        return learn(given)

    monkeypatch.setattr(model_cache, "learn", counted)
    return calls


@pytest.mark.parametrize("compared", [True, False])
def test_the_second_start_reads_what_the_first_one_learnt(tmp_path: Path, learnt: list[int], compared: bool) -> None:
    first = Kept(tmp_path / "new" / "folder")(examples(compared=compared))
    second = Kept(tmp_path / "new" / "folder")(examples(compared=compared))
    assert same(first, second)
    assert same(first, learn(examples(compared=compared)))
    assert (second.postings is not None) is compared
    assert len(learnt) == 1


def test_what_was_read_sees_in_a_text_what_was_learnt(tmp_path: Path) -> None:
    Kept(tmp_path)(examples())
    again, fresh = Kept(tmp_path)(examples()), learn(examples())
    for text in (*TEXTS, "do cops work there", "xyzzy", ""):
        ours, theirs = (each.features.row(READER.read(spoken(text))) for each in (again, fresh))
        assert np.array_equal(ours.ids, theirs.ids)
        assert np.array_equal(ours.values, theirs.values)
        assert again.postings is not None
        assert fresh.postings is not None
        assert np.array_equal(again.postings.alike(ours), fresh.postings.alike(theirs))


@pytest.mark.parametrize(
    "other",
    [
        examples(TEXTS[::-1], "baaba"),
        examples(marks="abaaa"),
        examples(compared=False),
        Examples(TEXTS, tuple("abaab"), ("b", "a"), VOCABULARY, READER.read),
        Examples(TEXTS, tuple("abaab"), ("a", "b"), Vocabulary({}, {}), READER.read),
    ],
    ids=["texts", "marks", "not compared", "labels", "vocabulary"],
)
def test_other_examples_are_learnt_anew(tmp_path: Path, learnt: list[int], other: Examples) -> None:
    Kept(tmp_path)(examples())
    Kept(tmp_path)(other)
    Kept(tmp_path)(examples())
    assert len(learnt) == len(files(tmp_path)) == 2


def test_another_way_to_learn_begins_anew(tmp_path: Path, learnt: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    Kept(tmp_path)(examples())
    monkeypatch.setattr(model_cache, "_METHOD", ("plain/text.py",))
    Kept(tmp_path)(examples())
    assert len(learnt) == 2


@pytest.mark.parametrize("spoilt", [b"", b"PK\x03\x04 not a file of arrays", b"x" * 1000])
def test_a_file_that_cannot_be_read_is_learnt_and_kept_again(tmp_path: Path, learnt: list[int], spoilt: bytes) -> None:
    good = Kept(tmp_path)(examples())
    (path,) = files(tmp_path)
    path.write_bytes(spoilt)
    assert same(Kept(tmp_path)(examples()), good)
    assert same(Kept(tmp_path)(examples()), good)
    assert len(learnt) == 2


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path, learnt: list[int]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for _ in range(2):
        Kept(tmp_path / "file")(examples())
    assert len(learnt) == 2


def test_what_nobody_asks_for_any_more_goes(tmp_path: Path) -> None:
    Kept(tmp_path)(examples())
    (old,) = files(tmp_path)
    month_ago = time() - 31 * 24 * 60 * 60
    os.utime(old, (month_ago, month_ago))
    Kept(tmp_path)(examples(marks="bbbbb"))
    assert old not in files(tmp_path)
    assert len(files(tmp_path)) == 1


@pytest.mark.slow
def test_a_start_that_finds_what_was_learnt_needs_neither_scipy_nor_what_draws(tmp_path: Path) -> None:
    start = "import sys, bot.__main__; from bot.operating.bootstrap import library; library(); print({'scipy', 'PIL'} & set(sys.modules))"
    variables = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    said = [
        subprocess.run([sys.executable, "-c", start], env=variables, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert said == ["{'scipy'}\n", "set()\n"]
