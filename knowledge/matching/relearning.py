"""Whether the numbers that ship fit what is there, and learning again, once, for another encoder."""

import os
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from knowledge.encoder import Encoder
from knowledge.linear import load_arrays, save_arrays
from knowledge.matching.entry_texts import DIGITS as ENTRY_DIGITS
from knowledge.matching.entry_texts import STATED, digest_of, statements
from knowledge.matching.kernel import Floats, centered, fitted, nearness
from knowledge.matching.learned import Learned, quantized, restored
from knowledge.matching.out_of_scope import OutOfScope
from knowledge.matching.practice import Labelled, practice
from knowledge.pack.model import Entry
from knowledge.plain.digests import digest
from knowledge.plain.text import clean, spoken

# The rights to write of a file's group and of everybody.
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
# Digits of a digest in a file's name.
DIGITS = 24
# The files in which it is kept.
KEPT = "matching-*.npz"
# As many rivals as the shipped numbers have; see tools/learn_matching.py.
RIVALS, SILENT_RIVALS = 4, 200


def kept_or_relearned(
    learned: Learned, entries: Sequence[Entry], out_of_scope: OutOfScope, encoder: Encoder, folder: Path
) -> Learned:
    """Return what a folder keeps for an encoder. If there is nothing, learn it in a minute or two, and keep it there.

    A file that others could have written, or that holds something else, is learned again. Raises OSError if it cannot
    be kept.
    """
    of = "".join((encoder.digest, *learned.digests.values()))
    path = folder / KEPT.replace("*", digest(of, DIGITS))
    try:
        if _is_own(folder) and _is_own(path):
            return _checked(Learned.from_arrays(load_arrays(path)), learned, encoder)
    except (ValueError, KeyError, IndexError, OSError):
        pass
    made = relearned(learned, entries, out_of_scope, encoder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part.npz")
    part.unlink(missing_ok=True)
    save_arrays(part, made.arrays())
    part.chmod(0o600)
    part.replace(path)
    return made


def _is_own(path: Path) -> bool:
    """Return whether only this user or root can have written a file or folder. Raises OSError if it is not there."""
    about = path.stat(follow_symlinks=False)
    if sys.platform == "win32":
        return True
    return not stat.S_ISLNK(about.st_mode) and about.st_uid in {os.getuid(), 0} and not about.st_mode & _OTHERS_WRITE


def _checked(kept: Learned, learned: Learned, encoder: Encoder) -> Learned:
    """Return what was kept, in what ships: only what depends on the encoder is taken.

    Raises ValueError if it does not fit.
    """
    numbers = (kept.middle, kept.vectors, kept.weights, kept.rivals, kept.practice)
    width, count = encoder.dimensions, len(learned.labels)
    fits = (
        kept.encoder == encoder.digest
        and kept.middle.shape == (width,)
        and all(each.ndim == 2 and each.shape[1] == width for each in (kept.vectors, kept.rivals, kept.practice))
        and kept.weights.shape == (len(kept.vectors), learned.weights.shape[1])
        and kept.starts.shape == learned.starts.shape
        and bool(np.all(np.diff(kept.starts) > 0) and kept.starts[0] >= 0 and kept.starts[-1] < len(kept.vectors))
        and all(np.isfinite(each).all() for each in numbers)
        and bool(kept.weights.any())
    )
    if not fits or len(kept.labels) != count:
        raise ValueError("what was kept does not fit")
    return replace(
        learned,
        encoder=kept.encoder,
        middle=kept.middle,
        vectors=kept.vectors,
        starts=kept.starts,
        weights=kept.weights,
        rivals=kept.rivals,
        practice=kept.practice,
        ordinary=0,
    )


def relearned(learned: Learned, entries: Sequence[Entry], out_of_scope: OutOfScope, encoder: Encoder) -> Learned:
    """Learn the examples' weights for another encoder; what words say, and the confidence, stay as they are.

    The weights make up what the scores of words lack. With the encoder that was learned with they come out the same.
    """
    groups = [(*entry.phrasings, *statements(entry)) for entry in entries] + [out_of_scope.texts]
    texts = [text for group in groups for text in group]
    sizes = list(map(len, groups))
    labels = np.repeat(np.arange(len(groups)), sizes)
    counts = np.ones(len(texts), np.float32)
    starts = np.cumsum([0, *sizes[:-1]])
    for entry, start, size in zip(entries, starts.tolist(), sizes, strict=False):
        counts[start + len(entry.phrasings) : start + size] = STATED
    encoded = encoder.encode([clean(text) for text in texts])
    middle = encoded[starts[-1] :].mean(axis=0)
    stored = quantized(centered(encoded, middle))
    vectors = restored(stored)
    of_words = [learned.words.scores(learned.words.tfidf.row(" ".join(spoken(text)))) for text in texts]
    wanted = np.eye(len(groups), dtype=np.float32)[labels] - np.array(of_words, np.float32)
    weights = fitted(nearness(vectors @ vectors.T), wanted, counts)
    rivals = [
        _some(vectors[start : start + len(entry.phrasings)], RIVALS)
        for entry, start in zip(entries, starts, strict=False)
    ]
    rivals.append(_some(vectors[starts[-1] :], SILENT_RIVALS))
    return replace(
        learned,
        encoder=encoder.digest,
        middle=middle,
        vectors=stored,
        starts=starts,
        weights=weights,
        rivals=np.concatenate(rivals),
        practice=quantized(centered(encoder.encode([clean(each.q) for each in practice()]), middle)),
        ordinary=0,
    )


def _some(vectors: Floats, count: int) -> Floats:
    """Return some of the rows, spread over all."""
    size = min(count, len(vectors))
    return vectors[np.arange(size) * len(vectors) // max(size, 1)]


def digests(entries: Iterable[Entry], out_of_scope: OutOfScope, practice: Iterable[Labelled]) -> Mapping[str, str]:
    """Tell everything that is learned from: entries by id, and the folders of examples and of practice questions."""
    return {
        **{entry.id: digest_of(entry) for entry in entries},
        "unanswerable/": digest("\n".join(out_of_scope.texts), ENTRY_DIGITS),
        "practice_questions/": digest("\n".join(each.q for each in practice), ENTRY_DIGITS),
    }


def stale(learned: Learned, now: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of what is not what it was, is new, or is gone."""
    return tuple(name for name in {**now, **learned.digests} if now.get(name) != learned.digests.get(name))
