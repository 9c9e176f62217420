"""Sentence embeddings: texts as vectors whose products say how alike they mean, by the model that ships or another."""

from knowledge.encoder.protocol import Encoder, EncoderError, Floats
from knowledge.encoder.shipped import load_encoder

__all__ = ["Encoder", "EncoderError", "Floats", "load_encoder"]
