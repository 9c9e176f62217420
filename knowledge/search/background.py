"""Examples of what no entry answers: questions beside the subject, other subjects, chatter, spam."""

from dataclasses import dataclass
from pathlib import Path

from knowledge.files import read_examples


@dataclass(frozen=True, slots=True)
class Background:
    """Texts that no entry answers, and beside each its kind."""

    texts: tuple[str, ...]
    kinds: tuple[str, ...]


def load_background(folder: Path) -> Background:
    """Read a folder of YAML files; a file is a kind, and maps groups of texts to lists of them.

    Raises PackError if a file is anything else.
    """
    texts: list[str] = []
    kinds: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        for group in read_examples(path).values():
            texts += group
            kinds += [path.stem] * len(group)
    return Background(tuple(texts), tuple(kinds))
