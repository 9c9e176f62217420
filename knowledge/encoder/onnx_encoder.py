"""An encoder that runs an ONNX model on one thread of the processor."""

import os
from collections.abc import Sequence
from importlib import import_module
from threading import Lock
from typing import Any

import numpy as np
from cachetools import TTLCache

from knowledge.encoder.model_folder import ModelFolder
from knowledge.encoder.protocol import EncoderError, Floats

# Several parts of the bot encode the same text in a row: this many are remembered, for this long.
RECENT_TEXTS, RECENT_SECONDS = 1_024, 60
# Only this many characters of a text are read: more than the token limit covers in any language.
TEXT_LIMIT = 8_000
# The names that exports give to a text's vector and to those of its tokens.
WHOLE, TOKENS = "sentence_embedding", ("last_hidden_state", "token_embeddings")
INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
# ONNX Runtime's log level for errors.
ERRORS_ONLY = 3


class OnnxEncoder:
    """An encoder of the model in a folder.

    Each text is encoded by itself: an 8-bit model scales its numbers over a whole batch, so a text's vector would
    depend on its neighbors. This also bounds memory, and wastes no time on padding. Raises EncoderError if the model
    cannot be loaded or does not do what an encoder does.
    """

    def __init__(self, folder: ModelFolder) -> None:
        self._pooling = folder.pooling
        self._recent: TTLCache[str, Floats] = TTLCache(RECENT_TEXTS, RECENT_SECONDS)
        self._recent_lock = Lock()
        try:
            # Imported only to load a model: commands that match nothing start without them, and so does the bot on a
            # machine that they do not support.
            self._session = _session(folder)
            self._tokenizer = import_module("tokenizers").Tokenizer.from_file(str(folder.tokenizer))
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(folder.tokens)
            self._inputs = {each.name: _integer(each.type) for each in self._session.get_inputs()}
            self._output = self._chosen_output(folder)
            self.dimensions = len(self._encoded(self._tokens("ready")))
            self.digest = folder.digest()
        except EncoderError:
            raise
        except ImportError as error:
            raise EncoderError(f"{error.name} is missing; install the bot again with: make install.") from error
        # Each library that reads a broken file raises its own exceptions.
        except Exception as error:
            raise EncoderError(
                f"{folder.model.parent} holds a model that cannot be loaded ({type(error).__name__}); "
                "get its model.onnx and tokenizer.json again."
            ) from error

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode texts of any length, in any thread, into a row for each of them."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[:] = self._remembered(text)
        return vectors

    def _tokens(self, text: str) -> Any:
        # The tokenizer refuses a lone half of a surrogate pair.
        return self._tokenizer.encode(text[:TEXT_LIMIT].encode("utf-8", "replace").decode())

    def _remembered(self, text: str) -> Floats:
        with self._recent_lock:
            vector = self._recent.get(text)
        if vector is None:
            vector = self._encoded(self._tokens(text))
            with self._recent_lock:
                self._recent[text] = vector
        return vector

    def _encoded(self, tokens: Any) -> Floats:
        given = {"input_ids": tokens.ids, "attention_mask": tokens.attention_mask, "token_type_ids": tokens.type_ids}
        inputs = {name: np.array([given[name]], kind) for name, kind in self._inputs.items()}
        (found,) = self._session.run([self._output], inputs)
        vector: Floats = self._pooled(np.asarray(found[0], np.float32))
        length = float(np.sqrt(vector @ vector))
        if not np.isfinite(length):
            raise EncoderError("The model gives no finite numbers on this processor; get another export of it.")
        return vector / np.float32(length) if length > 0 else vector

    def _pooled(self, hidden: Floats) -> Floats:
        """Pool the tokens' vectors into one; all count, because there is no padding."""
        if hidden.ndim == 1:
            return hidden
        match self._pooling:
            case "cls":
                pooled = hidden[0]
            case "lasttoken":
                pooled = hidden[-1]
            case "max":
                pooled = hidden.max(0)
            case _:
                pooled = hidden.mean(0)
        return np.asarray(pooled, np.float32)

    def _chosen_output(self, folder: ModelFolder) -> str:
        """Return the name of the output to use. Raises EncoderError if the model is not a complete encoder."""
        if unknown := sorted(self._inputs.keys() - INPUTS):
            raise EncoderError(f"{folder.model} asks for {', '.join(unknown)}, so it is not a sentence encoder.")
        outputs: dict[str, int] = {each.name: len(each.shape) for each in self._session.get_outputs()}
        if outputs.get(WHOLE) == 2:
            return WHOLE
        if folder.dense:
            raise EncoderError(
                f"{folder.model} lacks the model's last layer (Dense); export it with an output named {WHOLE}."
            )
        of_tokens = [name for name, rank in outputs.items() if rank == 3]
        chosen: str | None = next((name for name in (*TOKENS, *of_tokens) if name in of_tokens), None)
        if chosen is None:
            raise EncoderError(f"{folder.model} gives no vectors of tokens, so it is not a sentence encoder.")
        return chosen


def _session(folder: ModelFolder) -> Any:
    # Its wheel from PyPI creates an id for the machine and reports to its makers as soon as it is imported.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    runtime = import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    # An arena keeps what the longest text needed, 7 MB, and saves no time.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = ERRORS_ONLY
    return runtime.InferenceSession(str(folder.model), options, providers=["CPUExecutionProvider"])


def _integer(kind: str) -> type[np.signedinteger[Any]]:
    """Return the type of an input, by ONNX Runtime's name for it."""
    return np.int32 if kind == "tensor(int32)" else np.int64
