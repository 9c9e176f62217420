"""The sentence encoder that ships: what it makes of texts, and that it is the file that was released."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from knowledge.encoder import Encoder, EncoderError, Floats, load_encoder, shipped
from knowledge.encoder.onnx_encoder import OnnxEncoder

pytestmark = pytest.mark.slow

TEXTS = (
    "How many people has IJM rescued?",
    "What is the number of people that IJM freed?",
    "where can i buy a pizza",
    "",
    "What does IJM do? " * 200,
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_texts_that_mean_the_same_are_close_and_others_are_not(encoder: Encoder) -> None:
    rescued, freed, pizza, *_ = encoder.encode(TEXTS)
    assert rescued @ freed > 0.7
    assert rescued @ pizza < 0.3


def test_every_text_gets_a_row_of_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert encoder.encode(()).shape == (0, 384)


def test_a_text_has_the_same_vector_alone_and_among_others_and_in_another_encoder(encoder: Encoder) -> None:
    together = load_encoder().encode(TEXTS)
    alone = np.concatenate([load_encoder().encode([text]) for text in TEXTS])
    assert together.tobytes() == alone.tobytes() == encoder.encode(TEXTS).tobytes()


def test_only_the_beginning_of_a_long_text_is_read(encoder: Encoder) -> None:
    long = "rescue " * 300
    assert encoder.encode([long]).tobytes() == encoder.encode([long + "pizza"]).tobytes()


@pytest.mark.parametrize(
    "text", ["\ud800", "what is \udfff ijm", "\x00", "\u200b" * 50, "🦄🦄", "x" * 50_000, " " * 50_000]
)
def test_what_is_hardly_text_is_encoded_too(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_a_text_is_encoded_once_in_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh, encoded = load_encoder(), list[int]()
    encode = OnnxEncoder._encoded

    def counted(self: OnnxEncoder, tokens: Any) -> Floats:
        encoded.append(len(tokens.ids))
        return encode(self, tokens)

    monkeypatch.setattr(OnnxEncoder, "_encoded", counted)
    fresh.encode(["what is ijm", "what is ijm", "who started it"])
    fresh.encode(["who started it"])
    assert len(encoded) == 2


def test_the_digest_is_the_same_at_each_start(encoder: Encoder) -> None:
    assert load_encoder().digest == encoder.digest
    assert len(encoder.digest) == 64


@pytest.mark.parametrize("name", shipped.DIGESTS)
@pytest.mark.parametrize("damage", ["missing", "cut short", "one bit", "a pointer"])
def test_a_damaged_file_is_told_in_one_sentence(
    name: str, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(shipped.SHIPPED, tmp_path / "model")
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    match damage:
        case "missing":
            (folder / name).unlink()
        case "cut short":
            (folder / name).write_bytes(content[:1000])
        case "one bit":
            (folder / name).write_bytes(content)
        case "a pointer":  # what a clone without Git LFS leaves of a large file
            (folder / name).write_text("version https://git-lfs.github.com/spec/v1\n")
    monkeypatch.setattr(shipped, "SHIPPED", folder)
    with pytest.raises(EncoderError, match=rf"{name} is missing or damaged; install the bot again\.$"):
        load_encoder()


def test_without_its_libraries_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("onnxruntime", "tokenizers"):
        with monkeypatch.context() as context:
            context.setitem(sys.modules, library, None)
            with pytest.raises(EncoderError, match=f"{library} is missing"):
                load_encoder()


def test_nothing_is_imported_before_a_model_is_loaded() -> None:
    program = "import sys, bot.__main__; print(sorted({'onnxruntime', 'tokenizers'} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_client_for_model_hubs_is_never_imported() -> None:
    clients = "{'huggingface_hub', 'hf_xet', 'httpx2', 'httpcore2', 'fsspec', 'filelock', 'tqdm', 'truststore'}"
    program = f"import sys; from knowledge.encoder import load_encoder as load; load().encode(['x']); print({clients} & sys.modules.keys())"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_a_wheel_has_the_model_and_its_license(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(root)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as files:
        names = set(files.namelist())
    folder = shipped.SHIPPED
    assert {path.relative_to(root).as_posix() for path in folder.rglob("*") if path.is_file()} <= names
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")


def test_the_runtime_keeps_no_id_of_the_machine_and_reports_nothing(tmp_path: Path) -> None:
    begun = "from knowledge.encoder import load_encoder; load_encoder().encode(['what is ijm'])"
    variables = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    folders = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), str(tmp_path))
    subprocess.run([sys.executable, "-c", begun], env=variables | folders, cwd=Path(__file__).parents[3], check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
