"""Sentence embeddings: texts as vectors whose products measure how similar they are in meaning."""

from knowledge.encoder.protocol import Encoder, EncoderError, Floats
from knowledge.encoder.shipped import load_encoder

__all__ = ["Encoder", "EncoderError", "Floats", "load_encoder"]
