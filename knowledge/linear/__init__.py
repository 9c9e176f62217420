"""Weigh a text by its words and pieces of words, with numbers that scikit-learn learned and a .npz file carries."""

from knowledge.linear.arrays import load_arrays, save_arrays
from knowledge.linear.tfidf import PieceView, Tfidf, TfidfView, WordView
from knowledge.linear.weights import LinearModel

__all__ = ["LinearModel", "PieceView", "Tfidf", "TfidfView", "WordView", "load_arrays", "save_arrays"]
