"""Examples of what no entry answers: questions beside the subject, other subjects, chatter, spam."""

from dataclasses import dataclass
from pathlib import Path

from knowledge.files import Fault, PackError, read_yaml


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
        for group in examples(path).values():
            texts += group
            kinds += [path.stem] * len(group)
    return Background(tuple(texts), tuple(kinds))


def examples(path: Path) -> dict[str, tuple[str, ...]]:
    """The texts of one file by group. Raises PackError if it does not map groups to lists of texts."""
    content = read_yaml(path)
    try:
        return {str(group): tuple(str(text) for text in texts) for group, texts in content.items()}
    except (TypeError, AttributeError) as error:
        raise PackError([Fault(path.name, "file", f"maps groups to lists of texts ({error})")]) from error
