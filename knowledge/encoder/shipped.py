"""The encoder that ships, and the choice between it and an operator's own."""

from hashlib import file_digest
from pathlib import Path

from knowledge.encoder.model_folder import open_folder
from knowledge.encoder.onnx_encoder import OnnxEncoder
from knowledge.encoder.protocol import Encoder, EncoderError

# all-MiniLM-L6-v2 by sentence-transformers, with 8-bit weights, as tools/encoder.py makes it.
SHIPPED = Path(__file__).parent / "all-MiniLM-L6-v2"
DIGESTS = {
    "model.onnx": "fdd4a0c61bb88a62a5edd8dc6ab41ee461289c2769c5a7dc293791d420c0c658",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def load_encoder(folder: Path | None = None) -> Encoder:
    """Load the model in a folder, or the one that ships.

    Raises EncoderError if it cannot be used. The shipped model's content is compared with its released digest.
    """
    if folder is not None:
        try:
            return OnnxEncoder(open_folder(folder))
        except EncoderError as error:
            raise EncoderError(f"IJM_EMBEDDINGS: {error}") from error
    for name, digest in DIGESTS.items():
        if _digest(SHIPPED / name) != digest:
            raise EncoderError(f"{SHIPPED / name} is missing or damaged; install the bot again.")
    return OnnxEncoder(open_folder(SHIPPED))


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
