"""A folder with a sentence-embedding model, in the layout of model hubs' ONNX exports."""

import json
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from knowledge.encoder.protocol import EncoderError

# Where exports put the model: beside the tokenizer, or in a folder of its own.
MODELS = ("model.onnx", "onnx/model.onnx")
TOKENIZER = "tokenizer.json"
# The files in which sentence-transformers says how to use a model.
POOLING, LENGTHS, MODULES = "1_Pooling/config.json", "sentence_bert_config.json", "modules.json"
# Files that only sentence-transformers writes.
PYTORCH = ("modules.json", "config.json", "model.safetensors", "pytorch_model.bin")
# How a text's vector is made from those of its tokens, in the words of sentence-transformers. The mean over the square
# root of the length points where the mean does.
POOLINGS = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "lasttoken",
}
# Tokens of a text that are read: as many as the model was made for, else as the shipped one, and never more than this,
# since the time grows with their square.
TOKENS, TOKENS_LIMIT = 256, 512


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """Where a model's files are, and how to use them. `dense`: a layer follows that no export contains."""

    model: Path
    tokenizer: Path
    pooling: str
    tokens: int
    dense: bool = False

    def digest(self) -> str:
        """Hash everything that determines a text's vector."""
        whole = sha256(f"{self.pooling} {self.tokens}".encode())
        # A large model keeps its weights in files beside it, with names that begin as its own.
        for path in (self.tokenizer, *sorted(self.model.parent.glob(f"{self.model.name}*"))):
            with path.open("rb") as file:
                whole.update(file_digest(file, "sha256").digest())
        return whole.hexdigest()


def open_folder(folder: Path) -> ModelFolder:
    """Find the files of a model. Raises EncoderError if some are missing or need something that the bot cannot do."""
    if not folder.is_dir():
        raise EncoderError(f"{folder} is not a folder; name one with model.onnx and tokenizer.json.")
    model = next((path for name in MODELS if (path := folder / name).is_file()), None)
    if model is None:
        if any((folder / name).is_file() for name in PYTORCH):
            raise EncoderError(
                f"{folder} holds a model for PyTorch, which is no longer used; put its ONNX export there, as "
                f"{MODELS[0]} or {MODELS[1]} (most models' pages offer it; else: optimum-cli export onnx)."
            )
        raise EncoderError(f"{folder} has no {MODELS[0]} (or {MODELS[1]}); put a model's ONNX export there.")
    tokenizer = folder / TOKENIZER
    if not tokenizer.is_file():
        raise EncoderError(f"{folder} has no {TOKENIZER}; it is among the files of the same model.")
    lengths = _read(folder / LENGTHS)
    tokens = lengths.get("max_seq_length") if isinstance(lengths, dict) else None
    return ModelFolder(
        model,
        tokenizer,
        _pooling(folder / POOLING),
        min(tokens if isinstance(tokens, int) and tokens > 0 else TOKENS, TOKENS_LIMIT),
        any("Dense" in str(module) for module in _read(folder / MODULES) or ()),
    )


def _pooling(path: Path) -> str:
    config = _read(path)
    if config is None:
        return "mean"
    named = config.get("pooling_mode") if isinstance(config, dict) else None
    kinds = {named} if named else {POOLINGS.get(key) for key in _modes(config)}
    known = [kind for kind in POOLINGS.values() if kinds == {kind}]
    if not known:
        raise EncoderError(f"{path} asks for a pooling other than {', '.join(sorted(set(POOLINGS.values())))}.")
    return known[0]


def _modes(config: Any) -> list[str]:
    items = config.items() if isinstance(config, dict) else ()
    return [key for key, on in items if key.startswith("pooling_mode_") and on is True]


def _read(path: Path) -> Any:
    """Return a JSON file's content; None if there is no file. Raises EncoderError if it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderError(f"{path} cannot be read ({type(error).__name__}); get that file again.") from error
