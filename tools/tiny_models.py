"""Make the tiny ONNX models that tests take for other people's: each token's vector is a row of a table.

pip install onnx
python -m tools.tiny_models tests/knowledge/encoder/models
"""

import sys
from pathlib import Path

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

WORDS, WIDTH = 40, 6


def model(inputs: tuple[str, ...], output: str, *, kind: int = TensorProto.INT64, whole: bool = False) -> ModelProto:
    """Make a model that looks its first input up in the table; a `whole` one gives the sum over a text."""
    table = np.random.default_rng(0).standard_normal((WORDS, WIDTH)).astype(np.float32)
    nodes = [helper.make_node("Gather", ["table", inputs[0]], ["rows"])]
    nodes.append(
        helper.make_node("ReduceSum", ["rows", "axis"], [output], keepdims=0)
        if whole
        else helper.make_node("Identity", ["rows"], [output])
    )
    shape = ["batch", WIDTH] if whole else ["batch", "sequence", WIDTH]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, kind, ["batch", "sequence"]) for name in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1], np.int64), "axis")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def main() -> None:
    """Write them."""
    names = ("input_ids", "attention_mask", "token_type_ids")
    models = {
        "tokens": model(names, "last_hidden_state"),
        "two-inputs": model(names[:2], "token_embeddings", kind=TensorProto.INT32),
        "whole": model(names, "sentence_embedding", whole=True),
        "pictures": model(("pixel_values",), "last_hidden_state"),
        "classes": model(names, "logits", whole=True),
    }
    for name, made in models.items():
        (Path(sys.argv[1]) / f"{name}.onnx").write_bytes(made.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
