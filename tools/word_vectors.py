"""Makes knowledge/word_vectors.npy: what each English word adds to the meaning of a text, learnt from a sentence model.

    python -m tools.word_vectors /path/to/all-MiniLM-L6-v2 /usr/share/wordnet chat.txt

It needs the extra `semantic`, WordNet's data files (in Debian the package `wordnet-base`), and a file with a line for
each thing that people said in chats; docs/matching.md names those that were taken. The model encodes the definitions
and examples of WordNet and the lines, which takes about half an hour and is kept in the folder KEPT, if that is set.
Then a vector for each word and for each frequent pair of words is learnt, so that the sum over a sentence points where
the model's vector points. The seed is fixed; another version of PyTorch may round differently.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from knowledge.matching.word_vectors import FILE, ROW, SIZE, parts

# Sentences with more words say more than one thing.
LONGEST = 20
# A word that the model does not have as a whole is learnt if so many sentences have it.
FREQUENT = 8
# So many pairs of neighbours, the most frequent ones, get a vector of their own beside those of their words.
PAIRS = 20_000
EPOCHS, BATCH, PACE, SEED = 5, 512, 3e-3, 0
# How much it counts that two sentences are as alike as the model says, beside each one's own direction.
ALIKE = 10.0
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")


def main() -> None:
    """Learn the vectors and write the file."""
    torch.manual_seed(SEED)
    model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
    ranked = sorted(model.tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    words = [word for word, _ in ranked if word.isascii() and word.isalpha()]
    said = Path(sys.argv[3]).read_text(encoding="utf-8").lower().splitlines()
    texts_of_both = chain(_sentences(Path(sys.argv[2])), said)
    sentences = [text for text in dict.fromkeys(texts_of_both) if 1 < len(text.split()) <= LONGEST]
    vectors = _encoded(model, [*sentences, *words])
    spoken = [_spoken(sentence) for sentence in sentences]
    counts = Counter(chain.from_iterable(spoken))
    places = {word: place for place, word in enumerate(words)}
    for word, count in counts.most_common():
        if count >= FREQUENT:
            places.setdefault(word, len(places))
    pairs = Counter(pair for text in spoken for pair in pairwise(text) if places.keys() >= set(pair))
    places |= {" ".join(pair): len(places) + rank for rank, (pair, _) in enumerate(pairs.most_common(PAIRS))}
    texts = [[places[each] for each in parts(text) if each in places] for text in spoken]
    texts += [[place] for place in range(len(words))]
    main_axes = np.linalg.svd(vectors[: len(sentences) : 3], full_matrices=False)[2][:SIZE].T
    wanted = vectors @ main_axes
    first = np.zeros((len(places), SIZE), np.float32)
    # The model's words stand by frequency: the more frequent, the less one tells.
    expected = 1 / np.arange(1, len(words) + 1) / np.log(len(words))
    first[: len(words)] = wanted[len(sentences) :] * (1e-3 / (1e-3 + expected))[:, None]
    _write(list(places), _learnt(first, texts, wanted))


def _sentences(folder: Path) -> Iterator[str]:
    """WordNet's definitions and examples."""
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{part}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  ") or "|" not in line:
                continue
            gloss = line.split("|", 1)[1]
            for text in (re.sub(r'"[^"]*"', "", gloss), *re.findall(r'"([^"]+)"', gloss)):
                yield " ".join(text.split()).strip(" ;").lower()


def _spoken(sentence: str) -> list[str]:
    """The words of a sentence, as `knowledge.text` takes them from a message."""
    return [word.replace("'", "") for word in _WORD.findall(sentence)]


def _encoded(model: Any, texts: Sequence[str]) -> Any:
    kept = Path(os.environ["KEPT"]) / "sentences.npy" if "KEPT" in os.environ else None
    if kept is not None and kept.exists():
        return np.load(kept)
    vectors = model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=True)
    if kept is not None:
        np.save(kept, vectors)
    return vectors


def _learnt(first: Any, texts: Sequence[Sequence[int]], wanted: Any) -> Any:
    """The vectors of words and pairs, by Adam on batches of sentences."""
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(first), freeze=False, mode="sum")
    aims = torch.nn.functional.normalize(torch.tensor(wanted, dtype=torch.float32), dim=1)
    steps = torch.optim.Adam(bag.parameters(), lr=PACE)
    random = np.random.default_rng(SEED)
    rows = np.array([row for row, text in enumerate(texts) if text])
    every = len(rows) // BATCH
    for epoch in range(EPOCHS):
        order = random.permutation(rows)
        for number in range(every):
            steps.param_groups[0]["lr"] = PACE * (1 - (epoch * every + number) / (EPOCHS * every))
            batch = order[number * BATCH : (number + 1) * BATCH]
            ends = np.cumsum([0, *(len(texts[row]) for row in batch[:-1])])
            said = torch.tensor(list(chain.from_iterable(texts[row] for row in batch)))
            found = torch.nn.functional.normalize(bag(said, torch.tensor(ends)), dim=1)
            aim = aims[batch]
            loss = 1 - (found * aim).sum(1).mean() + ALIKE * ((found @ found.T - aim @ aim.T) ** 2).mean()
            steps.zero_grad()
            loss.backward()
            steps.step()
        print(f"epoch {epoch + 1}: {loss.item():.3f}", flush=True)
    return bag.weight.detach().numpy()


def _write(words: Sequence[str], vectors: Any) -> None:
    """The words and pairs in their order, each with its vector as bytes and what a byte is worth."""
    table = np.zeros(len(words), ROW)
    table["words"] = words
    table["worth"] = np.maximum(np.abs(vectors).max(axis=1), 1e-6) / 127
    table["vector"] = np.round(vectors / table["worth"][:, None])
    # What is longer than the field has lost its end.
    whole = [len(word) <= ROW["words"].itemsize for word in words]
    np.save(FILE, np.sort(table[whole], order="words"))


if __name__ == "__main__":
    main()
