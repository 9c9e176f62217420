"""The groups of things people say to a bot, as `talk.yaml` lists them: examples, and a fixed reply or a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from knowledge.pack.files import Fault, PackError, read_yaml, validation_messages
from knowledge.plain.text import phrase_key

FILE = "talk.yaml"


class GroupKind(StrEnum):
    """What kind of saying a group holds."""

    TALK = "talk"  # small talk
    ELSEWHERE = "elsewhere"  # about IJM, but not in the sheet
    FOLLOW = "follow"  # goes on from the answer before
    COMMAND = "command"  # a command in plain words


@dataclass(frozen=True, slots=True)
class Group:
    """Things that people say in one sense.

    `reply` is Markdown, empty where the platform's reaction is all; `screen` names a screen that is shown in its
    place. `command` is the name behind /ijm, and `arguments` are what the words always mean.
    """

    name: str
    kind: GroupKind
    says: tuple[str, ...]
    reply: str = ""
    screen: str = ""
    command: str = ""
    arguments: Mapping[str, str] | None = None


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    kind: str
    says: list[str]
    reply: str | None = None
    screen: str | None = None
    command: str | None = None
    arguments: dict[str, str] | None = None


def read_groups(folder: Path) -> dict[str, Group]:
    """Read a pack's groups by name. Raises PackError with every fault."""
    path = folder / FILE
    try:
        read = TypeAdapter(dict[str, _Read]).validate_python(read_yaml(path))
    except ValidationError as error:
        raise PackError([Fault(FILE, place, message) for place, message in validation_messages(error)]) from error
    faults = [fault for name, group in read.items() for fault in _faults(name, group)]
    owners: dict[str, str] = {}
    for name, group in read.items():
        for said in group.says:
            first = owners.setdefault(phrase_key(said) or said, name)
            if first != name:
                faults.append(Fault(FILE, name, f"“{said}” is also said in {first}; keep it in one group"))
    if faults:
        raise PackError(faults)
    return {name: _group(name, group) for name, group in read.items()}


def _faults(name: str, group: _Read) -> list[Fault]:
    if group.kind not in set(GroupKind):
        return [Fault(FILE, f"{name}.kind", f"is one of {', '.join(GroupKind)}")]
    faults = []
    if not group.says:
        faults.append(Fault(FILE, f"{name}.says", "needs at least one example"))
    shown = [part for part in (group.reply, group.screen) if part is not None]
    if len(shown) != (group.kind != GroupKind.COMMAND):
        faults.append(Fault(FILE, f"{name}.reply", "a group has a reply or a screen, and a command has neither"))
    if group.kind != GroupKind.COMMAND and (group.command or group.arguments):
        faults.append(Fault(FILE, f"{name}.command", "belongs to commands only"))
    return faults


def _group(name: str, read: _Read) -> Group:
    kind = GroupKind(read.kind)
    command = (read.command or name) if kind is GroupKind.COMMAND else ""
    return Group(name, kind, tuple(read.says), (read.reply or "").strip(), read.screen or "", command, read.arguments)
