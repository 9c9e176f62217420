"""What was learnt once, kept in a folder, so that only the first start with the same examples learns."""

import logging
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from os import getpid, utime
from pathlib import Path
from time import time, time_ns
from zipfile import BadZipFile

import numpy as np

from knowledge.matching.learnt import Examples, Learnt, arrays_of, from_arrays, learn

# What nobody has asked for in so many seconds belongs to examples that have changed since: 30 days.
_UNUSED_SECONDS = 30 * 24 * 60 * 60
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, BadZipFile)
# What decides what comes of the same examples: these files beside this one, and what they do their sums with.
_METHOD = (
    "plain/text.py",
    "matching/*.py",
    "matching/language/*.py",
    "matching/learning/*.py",
    "safety/*.py",
)
_LIBRARIES = ("numpy", "scipy", "PyStemmer")

log = logging.getLogger(__name__)


class Kept:
    """Learns as `learn` does, or reads what came of it before. A folder that cannot be used is no error."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, examples: Examples) -> Learnt:
        """All that comes of these examples."""
        path = self._folder / f"learnt-{_fingerprint(examples)}.npz"
        learnt = self._read(path, examples)
        if learnt is None:
            learnt = learn(examples)
            self._keep(path, learnt)
        return learnt

    def _read(self, path: Path, examples: Examples) -> Learnt | None:
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                learnt = from_arrays(
                    kept, examples.labels, compared=examples.compared, meant=examples.senses is not None
                )
        except FileNotFoundError:
            return None
        except _UNREADABLE as error:
            log.info("What was learnt cannot be read from %s, so it is learnt again: %s", path, error)
            return None
        # A folder that is only read (an image) keeps its files as they are.
        with suppress(OSError):
            utime(path)
        return learnt

    def _keep(self, path: Path, learnt: Learnt) -> None:
        part = path.with_name(f"{path.stem}.{getpid()}-{time_ns()}.part.npz")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            np.savez(part, **arrays_of(learnt))  # type: ignore[arg-type] # numpy's own flag is among its keywords
            part.replace(path)
            for old in self._folder.glob("learnt-*.npz"):
                if old.stat().st_mtime < time() - _UNUSED_SECONDS:
                    old.unlink(missing_ok=True)
        except OSError as error:
            log.info("What was learnt cannot be kept in %s, so each start learns it again: %s", self._folder, error)


def _fingerprint(examples: Examples) -> str:
    """The same for the same examples, read and learnt in the same way; on every processor."""
    digest = sha256(_method(_METHOD))
    spellings, concepts = sorted(examples.vocabulary.spellings.items()), sorted(examples.vocabulary.concepts.items())
    ways = (examples.read.__qualname__, examples.more.__qualname__)
    senses = None if examples.senses is None else examples.senses.name
    how = (examples.labels, spellings, concepts, ways, examples.compared, senses, examples.rare)
    digest.update(repr(how).encode())
    for text, mark in zip(examples.texts, examples.marks, strict=True):
        digest.update(f"{mark}\n{text}\0".encode())
    return digest.hexdigest()[:32]


@cache
def _method(patterns: tuple[str, ...]) -> bytes:
    """Of the code in files with such names and of the libraries; read once, for both that learn at a start need it."""
    here = Path(__file__).parent.parent
    digest = sha256("\n".join(f"{library} {version(library)}" for library in _LIBRARIES).encode())
    for path in sorted(path for pattern in patterns for path in here.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.digest()
