"""The numbers that ship: that they fit the knowledge base, what happens when they do not, and another encoder's."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.commands.context import Library
from knowledge.encoder import Encoder, Floats
from knowledge.linear import save_arrays
from knowledge.matching import Search, relearning
from knowledge.matching.learned import Learned, load_learned
from knowledge.matching.out_of_scope import OutOfScope, load_out_of_scope
from knowledge.matching.practice import practice
from knowledge.matching.relearning import digests, kept_or_relearned, stale
from knowledge.pack.files import load_pack, pack_folder

PACK = load_pack()


def out_of_scope() -> OutOfScope:
    return load_out_of_scope(pack_folder() / "unanswerable")


def test_the_numbers_were_learned_from_what_ships() -> None:
    assert stale(load_learned(), digests(PACK.entries, out_of_scope(), practice())) == ()


def test_whatever_changes_is_named() -> None:
    learned, examples = load_learned(), out_of_scope()
    asked, answered = (
        replace(PACK.entries[place], **{field: value})
        for place, field, value in ((0, "question", "What?"), (1, "answer", "That is so."))
    )
    changed = (asked, answered, *PACK.entries[3:])
    fewer = OutOfScope(examples.texts[1:], examples.kinds[1:], examples.groups[1:])
    names = stale(learned, digests(changed, fewer, practice()[1:]))
    gone = PACK.entries[2].id
    assert set(names) == {asked.id, answered.id, gone, "unanswerable/", "practice_questions/"}


@pytest.mark.parametrize("spoilt", [b"", b"PK\x03\x04 not a file of arrays", b"x" * 1000])
def test_damaged_numbers_are_told_with_what_to_do(tmp_path: Path, spoilt: bytes) -> None:
    path = tmp_path / "learned.npz"
    path.write_bytes(spoilt)
    with pytest.raises(ValueError, match="Fetch it again"):
        load_learned(path)


def test_other_numbers_are_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "learned.npz"
    save_arrays(path, {"labels": np.zeros(3, np.uint8)})
    with pytest.raises(ValueError, match="make learn"):
        load_learned(path)


class Turned:
    """Another encoder: the one that ships, with its dimensions the other way round and all vectors near each other."""

    digest = "turned" * 10

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.dimensions = encoder.dimensions

    def encode(self, texts: Sequence[str]) -> Floats:
        vectors = self._encoder.encode(texts)[:, ::-1] + np.float32(0.1)
        found: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return found


@pytest.mark.slow
def test_another_encoder_is_learned_once_and_answers_most_questions(library: Library, tmp_path: Path) -> None:
    assert library.search.encoder is not None
    encoder = Turned(library.search.encoder)
    # A tenth of the phrasings is enough to find most questions, and takes a tenth of the minute.
    entries = [replace(entry, alternatives=entry.alternatives[::10], translations={}) for entry in PACK.entries]
    made = kept_or_relearned(load_learned(), entries, out_of_scope(), encoder, tmp_path / "new")
    again = kept_or_relearned(load_learned(), entries, out_of_scope(), encoder, tmp_path / "new")
    assert made.encoder == again.encoder == encoder.digest
    assert np.allclose(made.weights, again.weights, atol=0.01)
    search = Search(entries, again, encoder)
    asked = [each for each in practice() if each.accept]
    right = [search.ask(each.q).matches[0].entry.id in each.accept for each in asked]
    assert sum(right) >= 0.85 * len(asked)


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["open to others", "zeros", "other shape", "cut", "linked", "open folder"])
def test_what_others_could_have_kept_is_learned_again(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    assert library.search.encoder is not None
    encoder, folder = Turned(library.search.encoder), tmp_path / "new"
    made = replace(load_learned(), encoder=encoder.digest, ordinary=0)
    times = []
    monkeypatch.setattr(relearning, "relearned", lambda *_: times.append(1) or made)

    def kept() -> Learned:
        return kept_or_relearned(load_learned(), PACK.entries, out_of_scope(), encoder, folder)

    kept()
    assert np.allclose(kept().weights, made.weights, atol=0.01)
    assert len(times) == 1
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    match broken:
        case "open to others":
            file.chmod(0o666)
        case "zeros":
            save_arrays(file, replace(made, weights=np.zeros_like(made.weights)).arrays())
        case "other shape":
            save_arrays(file, replace(made, weights=made.weights[:-1]).arrays())
        case "cut":
            file.write_bytes(file.read_bytes()[:-100])
        case "linked":
            file.rename(tmp_path / "theirs.npz")
            file.symlink_to(tmp_path / "theirs.npz")
        case _:
            folder.chmod(0o777)
    assert kept() is made
    assert len(times) == 2
    assert not file.is_symlink()
