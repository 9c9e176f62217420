"""The parts of the bot that need no platform, put together at run time."""

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from platformdirs import user_cache_path

from bot.commands.context import CODE_RATES, Library, Services
from bot.commands.deck import Deck
from bot.commands.embeddings import Embeddings
from bot.commands.limits import Limiter, Rates, Together
from bot.operating.settings import Settings
from knowledge.encoder import Encoder, EncoderError, load_encoder
from knowledge.encoder.pool import EncoderPool
from knowledge.matching import Search
from knowledge.matching.learned import load_learned
from knowledge.matching.out_of_scope import load_out_of_scope
from knowledge.matching.relearning import kept_or_relearned
from knowledge.pack.files import load_pack, pack_folder
from knowledge.safety.danger import load_danger_check
from knowledge.store.protocol import Store
from knowledge.talk.groups import read_groups
from knowledge.talk.recognizer import Recognizer, load_recognizer

# So many new objects make the collector look through them, in place of 700: hardly anything that is answered leaves
# cycles behind, and looking took 6 % of a question's time.
LOOK_AFTER = 10_000
# glibc's number for the setting from how many bytes on memory is taken from the system by itself, and given back at
# once. Unless it is set, it grows to 32 MB.
MMAP_THRESHOLD, LARGE = -3, 262_144

log = logging.getLogger(__name__)


def library(folder: Path | None = None, embeddings: Path | None = None) -> Library:
    """Load everything that questions are answered from. `embeddings` is the folder of a sentence encoder other than the
    shipped one. Raises PackError if the knowledge base cannot be read, and EncoderError if that model cannot.
    """
    with building():
        pack = load_pack(folder)
        encoder, learned = sentence_encoder(embeddings), load_learned()
        if encoder is not None and encoder.digest != learned.encoder:
            out_of_scope = load_out_of_scope((folder or pack_folder()) / "unanswerable")
            learned = kept_or_relearned(learned, pack.entries, out_of_scope, encoder, cache_folder())
        own = encoder if embeddings is None else sentence_encoder()
        talk = _recognizer(folder or pack_folder(), own)
        return Library(pack, Search(pack.entries, learned, encoder, pack.choices), load_danger_check(own), talk)


def _recognizer(folder: Path, encoder: Encoder | None) -> Recognizer:
    """Load the recognizer of talk; if its weights cannot be used, warn, and use only its examples."""
    try:
        return load_recognizer(folder, encoder)
    except ValueError as error:
        log.warning("Talk is recognized by its examples' own words alone: %s", error)
        return Recognizer(read_groups(folder))


def sentence_encoder(folder: Path | None = None) -> Encoder | None:
    """Load the encoder in a folder, or the one that ships; None, with a warning, where that one is damaged.

    Raises EncoderError if the one in the folder cannot be used: an operator who chose it should know.
    """
    try:
        return load_encoder(folder)
    except EncoderError as error:
        if folder is not None:
            raise
        log.warning("Questions are matched by their words alone: %s", error)
        return None


def cache_folder() -> Path:
    """Return the folder for things that can be made again."""
    return user_cache_path("ijm-answers", appauthor=False)


def services(answering: Library, store: Store, settings: Settings | None = None, **more: Any) -> Services:
    """Return what the bot needs to serve people: its knowledge, its store, a deck of facts and the clock. The limits
    and the help line come from the settings, if there are any. `more` are other parts.
    """
    if settings is not None:
        more |= {
            "rates": Rates(settings.person_limit, settings.community_limit),
            "help_line": settings.help_line,
            "knowledge_bytes": 1_000_000 * settings.knowledge_memory,
        }
    encoder = answering.search.encoder
    return Services(
        pack=answering.pack,
        search=answering.search,
        danger=answering.danger,
        talk=answering.talk,
        deck=Deck(),
        store=store,
        embeddings=Embeddings(store, None if encoder is None else EncoderPool(encoder)),
        codes=Limiter(CODE_RATES, monotonic, Together(store, "code", _now)),
        now=_now,
        **more,
    )


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def building() -> Iterator[None]:
    """Pause Python's garbage collector while much is built that stays, since it would find nothing.

    Afterwards what was built is set apart: the collector would walk it now and then, and keep people waiting for 0.1 s.
    What it was built with goes back to the system, which the C library (glibc) does only when it is told. So does what
    communities' entries are built with later.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
        gc.set_threshold(LOOK_AFTER)
        if sys.platform == "linux" and hasattr(c_library := CDLL(None), "malloc_trim"):
            c_library.malloc_trim(0)
            c_library.mallopt(MMAP_THRESHOLD, LARGE)
