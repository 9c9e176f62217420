"""What building needs of the memory, and answering does not."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL

# So many new objects make the collector look through them, in place of 700: hardly anything that is answered leaves
# cycles behind, and looking took 6 % of a question's time.
LOOK_AFTER = 10_000


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
        gc.set_threshold(LOOK_AFTER)
        trim = getattr(CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
        if trim is not None:
            trim(0)
