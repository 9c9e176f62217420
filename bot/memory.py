"""What building needs of the memory, and answering does not."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL


@contextmanager
def building() -> Iterator[None]:
    """A time in which much is built that stays: Python's collector rests, for it would find nothing.

    Afterwards what was built is set apart: the collector would walk it now and then, and keep people waiting for 0.1 s.
    What it was built with goes back to the system, which the C library (glibc) does only when it is told.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
        trim = getattr(CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
        if trim is not None:
            trim(0)
