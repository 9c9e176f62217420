"""Heads that were learnt once, kept in a folder, so that only the first start with the same examples learns them."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from os import utime
from pathlib import Path
from time import time
from zipfile import BadZipFile

import numpy as np
from scipy.sparse import csr_matrix

from knowledge.head import METHOD, Head, train

# What nobody has asked for in so many seconds belongs to examples that have changed since: 30 days.
_UNUSED_SECONDS = 30 * 24 * 60 * 60
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, BadZipFile)

Learner = Callable[[csr_matrix, Sequence[str], Sequence[str]], Head]

log = logging.getLogger(__name__)


class KeptHeads:
    """Learns as `train` does, or reads what came of it before. A folder that cannot be used is no error."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, matrix: csr_matrix, owners: Sequence[str], labels: Sequence[str]) -> Head:
        """The head that `train` makes of these examples."""
        path = self._folder / f"head-{_fingerprint(matrix, owners, labels)}.npz"
        head = self._read(path, labels)
        if head is None:
            head = train(matrix, owners, labels)
            self._keep(path, head)
        return head

    def _read(self, path: Path, labels: Sequence[str]) -> Head | None:
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                head = Head(tuple(labels), kept["weights"], kept["usual"], float(kept["own"]), float(kept["other"]))
        except FileNotFoundError:
            return None
        except _UNREADABLE as error:
            log.info("What was learnt cannot be read from %s, so it is learnt again: %s", path, error)
            return None
        # A folder that is only read (an image) keeps its files as they are.
        with suppress(OSError):
            utime(path)
        return head

    def _keep(self, path: Path, head: Head) -> None:
        part = path.with_name(f"{path.stem}.{time():.0f}.part.npz")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            np.savez(part, weights=head.weights, usual=head.usual, own=head.own, other=head.other)
            part.replace(path)
            for old in self._folder.glob("head-*.npz"):
                if old.stat().st_mtime < time() - _UNUSED_SECONDS:
                    old.unlink(missing_ok=True)
        except OSError as error:
            log.info("What was learnt cannot be kept in %s, so each start learns it again: %s", self._folder, error)


def _fingerprint(matrix: csr_matrix, owners: Sequence[str], labels: Sequence[str]) -> str:
    """The same for the same examples, learnt in the same way, on whatever processor."""
    digest = sha256(repr((METHOD, matrix.shape, tuple(owners), tuple(labels))).encode())
    # Rounded, because processors do not agree on the last bits of a logarithm.
    for part in (matrix.data.astype(np.float16), matrix.indices, matrix.indptr):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()[:32]
