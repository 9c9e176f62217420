"""Score a text by its words and pieces of words, with weights that scikit-learn learned, from a .npz file."""

from knowledge.linear.arrays import load_arrays, save_arrays
from knowledge.linear.tfidf import PieceView, Tfidf, TfidfView, WordView
from knowledge.linear.weights import LinearModel

__all__ = ["LinearModel", "PieceView", "Tfidf", "TfidfView", "WordView", "load_arrays", "save_arrays"]
