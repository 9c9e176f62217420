"""Examples of what no entry answers: nearby questions, other subjects, chatter, spam."""

from dataclasses import dataclass
from pathlib import Path

from knowledge.pack.files import read_examples


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """Texts that no entry answers, each with its kind and the group of that kind it belongs to."""

    texts: tuple[str, ...]
    kinds: tuple[str, ...]
    groups: tuple[str, ...]


def load_out_of_scope(folder: Path) -> OutOfScope:
    """Read a folder of YAML files; a file is a kind, and maps groups of texts to lists of them.

    Raises PackError if a file is anything else.
    """
    texts: list[str] = []
    kinds: list[str] = []
    groups: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        for name, group in read_examples(path).items():
            texts += group
            kinds += [path.stem] * len(group)
            groups += [name] * len(group)
    return OutOfScope(tuple(texts), tuple(kinds), tuple(groups))
