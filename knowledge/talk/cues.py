"""Words that tell what a message is, as `cues.yaml` lists them."""

from functools import cache
from pathlib import Path

from knowledge.pack.files import read_yaml


@cache
def cues(name: str) -> frozenset[str]:
    """Return the words of a list; a hyphen stands for a space."""
    listed = read_yaml(Path(__file__).with_suffix(".yaml"))[name]
    return frozenset(word.replace("-", " ") for word in listed.split())
