"""Walks over Block Kit as an app sent it: its texts, its elements, whom it pings, and what Slack fills in."""

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Json = dict[str, Any]

_PINGS = re.compile(
    r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>|<!(channel|here|everyone)[|>]"
)


def texts(blocks: Sequence[Json]) -> list[str]:
    """Every text in blocks that a person reads, in order; not the labels of options or confirmations."""
    found: list[str] = []
    for block in blocks:
        found += _texts(block)
    return found


def _texts(part: Json) -> list[str]:
    kind = part.get("type")
    if kind in {"plain_text", "mrkdwn", "text", "markdown"}:
        return [part.get("text", "")]
    if kind in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
        return ["".join(_spelled(element) for element in part.get("elements", ()))]
    if kind == "image":
        return [part.get("alt_text", "")]
    held = [part.get("text"), part.get("label"), *part.get("fields", ()), part.get("hint")]
    held += [part.get("accessory"), part.get("element"), *part.get("elements", ())]
    held += [cell for row in part.get("rows", ()) for cell in row] + [part.get("placeholder")]
    return [text for inner in held if isinstance(inner, dict) for text in _texts(inner)]


def _spelled(element: Json) -> str:
    match element.get("type"):
        case "user":
            return f"<@{element['user_id']}>"
        case "usergroup":
            return f"<!subteam^{element['usergroup_id']}>"
        case "broadcast":
            return f"<!{element['range']}>"
        case "link":
            return str(element.get("text") or element["url"])
        case "emoji":
            return f":{element['name']}:"
        case _:
            return str(element.get("text", ""))


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element, with the block that holds it."""
    for block in blocks:
        inner = [block.get("accessory"), block.get("element")]
        if block.get("type") in {"actions", "context_actions"}:
            inner += block.get("elements", ())
        for element in inner:
            if isinstance(element, dict) and element.get("type") != "image":
                yield block, element


def sent_text_size(part: Any) -> int:
    """The length of all texts in blocks together, wherever they stand."""
    if isinstance(part, dict):
        own = part.get("text")
        inner = sum(sent_text_size(value) for value in part.values())
        return inner + (len(own) if isinstance(own, str) else 0)
    if isinstance(part, list | tuple):
        return sum(sent_text_size(value) for value in part)
    return 0


def notified(text: str, blocks: Sequence[Json]) -> frozenset[str]:
    """Whom a message pings. Nothing in plain text does."""
    found = {next(filter(None, match.groups())) for match in _PINGS.finditer(text)}

    def visit(part: Any) -> None:
        if isinstance(part, list | tuple):
            for inner in part:
                visit(inner)
        if not isinstance(part, dict):
            return
        match part.get("type"):
            case "mrkdwn" | "markdown":
                found.update(next(filter(None, hit.groups())) for hit in _PINGS.finditer(part.get("text", "")))
            case "user" | "usergroup" | "broadcast" as kind:
                found.add(part.get({"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}[kind], ""))
        for inner in part.values():
            visit(inner)

    visit(list(blocks))
    return frozenset(found)


def as_stored(blocks: Sequence[Json], new_id: Callable[[], str]) -> tuple[Json, ...]:
    """Blocks as Slack gives them back: with ids for those that have none, `emoji` and `verbatim` spelled out."""
    stored = copy.deepcopy(list(blocks))
    for block in stored:
        block.setdefault("block_id", new_id())
        _spell_out(block)
    for _, element in elements(stored):
        element.setdefault("action_id", new_id())
    return tuple(stored)


def _spell_out(part: Any) -> None:
    if isinstance(part, list):
        for inner in part:
            _spell_out(inner)
    if isinstance(part, dict):
        if part.get("type") == "plain_text":
            part.setdefault("emoji", True)
        elif part.get("type") == "mrkdwn":
            part.setdefault("verbatim", False)
        for inner in part.values():
            _spell_out(inner)
