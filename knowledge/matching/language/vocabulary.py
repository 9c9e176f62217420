"""The words of chat and of the field: spellings to write out, and groups of words that mean one thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.pack.files import Fault, PackError, read_yaml


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`spellings` writes chat words out ("ppl": "people"); `concepts` names groups of words and pairs of words."""

    spellings: Mapping[str, str]
    concepts: Mapping[str, tuple[str, ...]]
    common: frozenset[str] = frozenset()


def load_vocabulary(path: Path) -> Vocabulary:
    """Read a vocabulary file. Raises PackError if it is not what a Vocabulary is made of."""
    content = read_yaml(path)
    try:
        spellings = {str(word): str(meant) for word, meant in content["spellings"].items()}
        common = frozenset(str(word) for word in content["common"])
        concepts = _concepts(content)
    except (KeyError, TypeError, AttributeError) as error:
        fault = Fault(path.name, "file", f"has to hold `spellings`, `concepts` and `common` ({error!r})")
        raise PackError([fault]) from error
    return Vocabulary(spellings, concepts, common)


def load_concepts(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Read a file of nothing but `concepts`. Raises PackError if it is not what they are made of."""
    try:
        return _concepts(read_yaml(path))
    except (KeyError, TypeError, AttributeError) as error:
        raise PackError([Fault(path.name, "file", f"has to hold `concepts` ({error!r})")]) from error


def _concepts(content: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {str(name): tuple(str(word) for word in group) for name, group in content["concepts"].items()}
