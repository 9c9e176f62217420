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

# Several parts of the bot ask for the same text in a row: this many texts are remembered for this long.
RECENT_TEXTS, RECENT_SECONDS = 1_024, 60
# Of a longer text only this many characters are looked at: more than the tokens that are read have in any language.
TEXT_LIMIT = 8_000
# What exports call the vectors of a whole text, and those of its tokens.
WHOLE, TOKENS = "sentence_embedding", ("last_hidden_state", "token_embeddings")
INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
# ONNX Runtime's numbers: it tells errors and nothing milder.
ERRORS_ONLY = 3


class OnnxEncoder:
    """An encoder of the model in a folder.

    Each text is encoded by itself: 8-bit models choose the scale of their numbers by all that they are given at once,
    so a text's vector would depend on its neighbors. It also bounds the memory, and no time is lost on padding.
    Raises EncoderError if the model cannot be loaded or does not do what an encoder does.
    """

    def __init__(self, folder: ModelFolder) -> None:
        self._pooling = folder.pooling
        self._recent: TTLCache[tuple[int, ...], Floats] = TTLCache(RECENT_TEXTS, RECENT_SECONDS)
        self._recent_lock = Lock()
        try:
            # They are imported only where a model is loaded: commands that match nothing start without them, and so
            # does the bot on a machine that they are not made for.
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
        # A broken file fails in as many ways as there are libraries that read it, each with exceptions of its own.
        except Exception as error:
            raise EncoderError(
                f"{folder.model.parent} holds a model that cannot be loaded ({type(error).__name__}); "
                "get its model.onnx and tokenizer.json again."
            ) from error

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode texts of any length, in any thread, into a row for each of them."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[:] = self._remembered(self._tokens(text))
        return vectors

    def _tokens(self, text: str) -> Any:
        # A lone half of a surrogate pair is no text to the tokenizer.
        return self._tokenizer.encode(text[:TEXT_LIMIT].encode("utf-8", "replace").decode())

    def _remembered(self, tokens: Any) -> Floats:
        # Texts that differ in nothing that the model sees, as in case, are one.
        key = tuple(tokens.ids)
        with self._recent_lock:
            vector = self._recent.get(key)
        if vector is None:
            vector = self._encoded(tokens)
            with self._recent_lock:
                self._recent[key] = vector
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
        """Make one vector of the tokens' vectors; all count, because there is no padding."""
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
        """Return the name of the output to take. Raises EncoderError if the model is no encoder, or not a whole one."""
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
    # Its wheel from PyPI makes an id for the machine and reports to its makers, from the moment of its import.
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
