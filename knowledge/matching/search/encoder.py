"""The optional semantic layer's sentence embeddings: any local model that sentence-transformers can read."""

import logging
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np

from knowledge.matching.language.views import Floats
from knowledge.plain.text import spoken

log = logging.getLogger(__name__)

# What a folder with a sentence-embedding model has, one of them: its parts, or a plain transformer's settings.
_MARKS = ("modules.json", "config.json")
# Texts that are encoded at once.
_BATCH = 64
# From so many new texts on, embeddings are kept for the next start: encoding a knowledge base takes a minute.
_MANY = 200


class EmbeddingsError(ValueError):
    """The model for sentence embeddings cannot be used; the message says what to do."""


class Encoder(Protocol):
    """Turns texts into vectors of length one, whose products are how alike they mean."""

    @property
    def name(self) -> str:
        """What tells this model from all others."""

    def __call__(self, texts: Sequence[str]) -> Floats:
        """A row for each text."""


class SentenceModel:
    """A model of sentence-transformers, from a folder on this computer."""

    def __init__(self, folder: Path) -> None:
        try:
            library = import_module("sentence_transformers")
        except ImportError as error:
            raise EmbeddingsError(
                "IJM_EMBEDDINGS is set, but what reads such a model is not installed. Install it with: "
                "pip install 'ijm-answers[semantic]', or unset IJM_EMBEDDINGS."
            ) from error
        try:
            self._model = library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        # A broken model fails in as many ways as it has parts.
        except Exception as error:
            raise EmbeddingsError(
                f"IJM_EMBEDDINGS: the model in {folder} cannot be loaded ({error}). "
                "It has to be a whole folder as sentence-transformers saves it."
            ) from error
        weights = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())
        sizes = [f"{path.relative_to(folder).as_posix()} {path.stat().st_size}" for path in weights]
        settings = [path.read_bytes() for path in weights if path.suffix == ".json"]
        self.name = sha256(b"\n".join(("\n".join(sizes).encode(), *settings))).hexdigest()

    def __call__(self, texts: Sequence[str]) -> Floats:
        """A row of length one for each text."""
        found = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        vectors: Floats = np.asarray(found, np.float32)
        return vectors


class Remembering:
    """An encoder that keeps what it encoded in a folder, so that only the first start with a model takes long."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._path = folder / f"embeddings-{encoder.name[:16]}.npz"
        self._known: dict[str, Floats] = {}
        self.name = encoder.name
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                self._known = dict(zip(kept["texts"].tolist(), kept["vectors"].astype(np.float32), strict=True))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            log.warning("The embeddings kept in %s cannot be read and are made again: %s", self._path, error)

    def __call__(self, texts: Sequence[str]) -> Floats:
        """A row of length one for each text."""
        keys = [sha256(text.encode()).hexdigest()[:32] for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        vectors = dict(zip(new, self._encoder(tuple(new.values())), strict=True)) if new else {}
        if len(new) >= _MANY:
            self._known |= vectors
            self._keep()
        return np.array([self._known[key] if key in self._known else vectors[key] for key in keys], np.float32)

    def _keep(self) -> None:
        part = self._path.with_suffix(".part.npz")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            vectors = np.array(list(self._known.values()), np.float32)
            np.savez(part, texts=np.array(list(self._known)), vectors=vectors)
            part.replace(self._path)
        except OSError as error:
            log.warning("The embeddings cannot be kept in %s, so each start makes them again: %s", self._path, error)


def plain(said: tuple[str, ...]) -> str:
    """The text that is encoded for the words of a message."""
    return " ".join(said)


class SentenceSenses:
    """What a sentence model makes of texts: fine enough that labels can be learnt from nearness."""

    fine = True

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name = encoder.name

    def vectors(self, said: Sequence[tuple[str, ...]]) -> Floats:
        """A row for each text."""
        return self._encoder([plain(words) for words in said])

    def telling(self, vectors: Floats) -> Floats:
        """All of them."""
        return vectors


def encode_all(encoder: Encoder, texts: Sequence[str]) -> None:
    """Encode many messages at once, which is quicker; an encoder that remembers has them from then on."""
    encoder([plain(spoken(text)) for text in texts])


def load_encoder(folder: Path, cache: Path | None = None) -> Encoder:
    """The model in a folder; with `cache`, what it encodes at start is kept there.

    Raises EmbeddingsError if there is no such folder, no model in it, or nothing installed that reads it.
    """
    if not folder.is_dir():
        raise EmbeddingsError(
            f"IJM_EMBEDDINGS: {folder} is not a folder. It has to be one with a sentence-embedding model."
        )
    if not any((folder / mark).is_file() for mark in _MARKS):
        raise EmbeddingsError(f"IJM_EMBEDDINGS: {folder} holds no model ({' or '.join(_MARKS)} is missing).")
    model = SentenceModel(folder)
    return model if cache is None else Remembering(model, cache)
