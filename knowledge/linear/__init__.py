"""Weigh a text by its words and pieces of words, with numbers that scikit-learn learned and a .npz file carries."""

from knowledge.linear.arrays import load_arrays, save_arrays
from knowledge.linear.tfidf import Pieces, Tfidf, TfidfView, Words
from knowledge.linear.weights import LinearModel

__all__ = ["LinearModel", "Pieces", "Tfidf", "TfidfView", "Words", "load_arrays", "save_arrays"]
