"""A real sentence-embedding model, tiny and made here, read from its folder; only where the semantic extra is installed."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.matching.search.encoder import EmbeddingsError, load_encoder

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "who",
    "trains",
    "the",
    "police",
    "where",
    "is",
    "it",
    "what",
    "how",
    "many",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformer with random weights, saved as sentence-transformers saves models."""
    library = pytest.importorskip("sentence_transformers", reason="needs pip install 'ijm-answers[semantic]'")
    transformers = pytest.importorskip("transformers")
    made = tmp_path_factory.mktemp("made")
    (made / "vocab.txt").write_text("\n".join(WORDS))
    transformers.BertTokenizerFast(str(made / "vocab.txt")).save_pretrained(made)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    transformers.BertModel(config).save_pretrained(made)
    saved = tmp_path_factory.mktemp("model")
    library.SentenceTransformer(str(made), device="cpu").save(str(saved))
    return saved


def test_a_model_gives_each_text_a_vector_of_length_one(folder: Path) -> None:
    encode = load_encoder(folder)
    vectors = encode(["who trains the police", "where is it", "who trains the police"])
    assert vectors.shape == (3, 16)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], vectors[2], atol=1e-5)
    assert not np.allclose(vectors[0], vectors[1], atol=1e-2)


def test_a_model_is_told_from_another_by_its_name(folder: Path) -> None:
    assert load_encoder(folder).name == load_encoder(folder).name
    assert len(load_encoder(folder).name) == 64


def test_a_broken_model_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EmbeddingsError, match="cannot be loaded"):
        load_encoder(tmp_path)
