"""The examples that the safety check is learned from, and whether it was learned from these."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.linear import load_arrays
from knowledge.pack.files import Fault, PackError, read_examples
from knowledge.safety.danger import WEIGHTS

FOLDER = "danger_examples"
IN_DANGER, LOOKALIKE = f"{FOLDER}/in-danger.yaml", f"{FOLDER}/lookalike.yaml"


def examples(folder: Path, name: str) -> tuple[str, ...]:
    """Read the messages of one of the two files in a pack's folder. Raises PackError."""
    return tuple(text for texts in read_examples(folder / name).values() for text in texts)


def digest(folder: Path) -> NDArray[np.uint8]:
    """Hash the messages of both files, in their order. Raises PackError."""
    whole = sha256()
    for name in (IN_DANGER, LOOKALIKE):
        for text in examples(folder, name):
            whole.update(f"{name}\0{text}\0".encode())
    return np.frombuffer(whole.digest(), np.uint8)


def unlearned(folder: Path) -> Iterator[Fault]:
    """Find out whether the weights that ship were learned from the examples in a pack's folder, if it has any."""
    if not (folder / FOLDER).is_dir():
        return
    try:
        current = digest(folder)
    except PackError:
        # The linter of the pack tells what is wrong with them.
        return
    if not np.array_equal(load_arrays(WEIGHTS)["examples"], current):
        told = f"changed since {WEIGHTS.name} was learned from them; run `make learn` (docs/safety.md says with what)"
        yield Fault(FOLDER, "examples", told)
