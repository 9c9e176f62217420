"""Arrays in one .npz file: numbers only, so that reading it runs no code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays by name, compressed."""
    np.savez_compressed(path, allow_pickle=False, **arrays)


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read arrays by name. Raises ValueError with what to do if the file is missing or broken."""
    try:
        with path.open("rb") as stored, np.load(stored, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError, BadZipFile) as error:
        raise ValueError(f"{path} cannot be read ({error}). Fetch it again from the repository.") from error
