"""Other people's models: the layouts of model hubs, and a sentence for each folder that holds no usable one."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from knowledge.encoder import EncoderError, load_encoder

MODELS = Path(__file__).parent / "models"
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "what", "is", "ijm", "who", "quién", "es", "किसे", "बचाया")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a tokenizer, and no model yet."""
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    # Hubs' files ask for padding and a length of their own.
    tokenizer.enable_padding(length=16)
    tokenizer.enable_truncation(8)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def put(folder: Path, model: str, place: str = "model.onnx") -> None:
    (folder / place).parent.mkdir(exist_ok=True)
    shutil.copy(MODELS / f"{model}.onnx", folder / place)


def write(folder: Path, name: str, content: Any) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))


def table() -> Any:
    """The tiny models' vectors of tokens."""
    return np.random.default_rng(0).standard_normal((40, 6)).astype(np.float32)


def row(*tokens: int) -> Any:
    return table()[list(tokens)]


def unit(vector: Any) -> Any:
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize("place", ["model.onnx", "onnx/model.onnx"])
@pytest.mark.parametrize("model", ["tokens", "two-inputs"])
def test_a_model_of_tokens_gives_their_mean(folder: Path, model: str, place: str) -> None:
    put(folder, model, place)
    encoder = load_encoder(folder)
    assert encoder.dimensions == 6
    assert np.allclose(encoder.encode(["what is ijm"])[0], unit(row(2, 4, 5, 6, 3).mean(0)), atol=1e-6)


def test_a_model_that_pools_by_itself_is_taken_at_its_word(folder: Path) -> None:
    put(folder, "whole")
    write(folder, "modules.json", [{"type": "sentence_transformers.models.Dense"}])
    assert np.allclose(load_encoder(folder).encode(["who is"])[0], unit(row(2, 7, 5, 3).sum(0)), atol=1e-6)


@pytest.mark.parametrize(
    ("config", "pooled"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, lambda rows: rows[0]),
        ({"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": False}, lambda rows: rows.mean(0)),
        ({"pooling_mode_mean_sqrt_len_tokens": True}, lambda rows: rows.mean(0)),
        ({"pooling_mode_max_tokens": True}, lambda rows: rows.max(0)),
        ({"pooling_mode_lasttoken": True, "include_prompt": True}, lambda rows: rows[-1]),
        ({"pooling_mode": "cls", "include_prompt": True}, lambda rows: rows[0]),
    ],
)  # fmt: skip
def test_vectors_are_pooled_as_the_model_asks(folder: Path, config: object, pooled: Any) -> None:
    put(folder, "tokens")
    write(folder, "1_Pooling/config.json", config)
    assert np.allclose(load_encoder(folder).encode(["ijm"])[0], unit(pooled(row(2, 6, 3))), atol=1e-6)


def test_other_languages_are_read_as_the_tokenizer_reads_them(folder: Path) -> None:
    put(folder, "tokens")
    spanish, hindi = load_encoder(folder).encode(["quién es", "किसे बचाया"])
    assert np.allclose(spanish, unit(row(2, 8, 9, 3).mean(0)), atol=1e-6)
    assert np.allclose(hindi, unit(row(2, 10, 11, 3).mean(0)), atol=1e-6)


def test_as_many_tokens_are_read_as_the_model_was_made_for(folder: Path) -> None:
    put(folder, "tokens")
    write(folder, "sentence_bert_config.json", {"max_seq_length": 4})
    encoder = load_encoder(folder)
    assert np.allclose(encoder.encode(["what is ijm who"])[0], unit(row(2, 4, 5, 3).mean(0)), atol=1e-6)


def test_each_difference_between_folders_makes_another_digest(folder: Path) -> None:
    put(folder, "tokens")
    digests = [load_encoder(folder).digest]
    write(folder, "1_Pooling/config.json", {"pooling_mode_cls_token": True})
    digests.append(load_encoder(folder).digest)
    write(folder, "sentence_bert_config.json", {"max_seq_length": 64})
    digests.append(load_encoder(folder).digest)
    put(folder, "two-inputs")
    digests.append(load_encoder(folder).digest)
    (folder / "model.onnx_data").write_bytes(b"weights of a large model")
    digests.append(load_encoder(folder).digest)
    write(folder, "tokenizer.json", (folder / "tokenizer.json").read_text().replace("quién", "quien"))
    digests.append(load_encoder(folder).digest)
    assert len(set(digests)) == len(digests)


def test_a_folder_for_the_former_extra_is_told_what_to_do(folder: Path) -> None:
    write(folder, "modules.json", [])
    write(folder, "config.json", {})
    write(folder, "model.safetensors", "")
    with pytest.raises(
        EncoderError, match="holds a model for PyTorch, which is no longer used; put its ONNX export there"
    ):
        load_encoder(folder)


def put_nothing(folder: Path) -> None:
    """Leave the folder as it is."""


def put_garbage(folder: Path) -> None:
    write(folder, "model.onnx", "this is no model")


def put_pictures(folder: Path) -> None:
    put(folder, "pictures")


def put_classes(folder: Path) -> None:
    put(folder, "classes")


def put_no_tokenizer(folder: Path) -> None:
    put(folder, "tokens")
    (folder / "tokenizer.json").unlink()


def put_bad_tokenizer(folder: Path) -> None:
    put(folder, "tokens")
    write(folder, "tokenizer.json", "{}")


def put_unknown_pooling(folder: Path) -> None:
    put(folder, "tokens")
    write(folder, "1_Pooling/config.json", {"pooling_mode_weightedmean_tokens": True})


def put_two_poolings(folder: Path) -> None:
    put(folder, "tokens")
    write(folder, "1_Pooling/config.json", {"pooling_mode_cls_token": True, "pooling_mode_max_tokens": True})


def put_list_for_pooling(folder: Path) -> None:
    put(folder, "tokens")
    write(folder, "1_Pooling/config.json", [])


def put_bad_pooling(folder: Path) -> None:
    put(folder, "tokens")
    write(folder, "1_Pooling/config.json", "[" * 100_000)


def put_dense(folder: Path) -> None:
    put(folder, "tokens")
    write(folder, "modules.json", [{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}])


def put_more_words_than_the_model_has(folder: Path) -> None:
    put(folder, "tokens")
    tokenizer = Tokenizer(models.WordLevel({"ready": 400, "[UNK]": 401}, unk_token="[UNK]"))
    tokenizer.save(str(folder / "tokenizer.json"))


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (put_nothing, "has no model.onnx"),
        (put_garbage, "holds a model that cannot be loaded"),
        (put_pictures, "asks for pixel_values, so it is not a sentence encoder"),
        (put_classes, "gives no vectors of tokens, so it is not a sentence encoder"),
        (put_no_tokenizer, "has no tokenizer.json"),
        (put_bad_tokenizer, "holds a model that cannot be loaded"),
        (put_unknown_pooling, "asks for a pooling other than cls, lasttoken, max, mean"),
        (put_two_poolings, "asks for a pooling other than"),
        (put_list_for_pooling, "asks for a pooling other than"),
        (put_bad_pooling, "cannot be read"),
        (put_dense, "lacks the model's last layer"),
        (put_more_words_than_the_model_has, "holds a model that cannot be loaded"),
    ],
)  # fmt: skip
def test_a_folder_that_holds_no_usable_model_is_told_why(folder: Path, prepare: Any, says: str) -> None:
    prepare(folder)
    with pytest.raises(EncoderError, match=rf"^IJM_EMBEDDINGS: .*{says}.*\.$"):
        load_encoder(folder)


def test_a_path_that_is_no_folder_is_told_as_well(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"^IJM_EMBEDDINGS: .*nowhere is not a folder"):
        load_encoder(tmp_path / "nowhere")
