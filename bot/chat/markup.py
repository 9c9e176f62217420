"""Text as a tree of spans: a small subset of Markdown, parsed once. Renderers walk the tree and escape at the leaf."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import assert_never

from markdown_it.tree import SyntaxTreeNode

from knowledge.plain.addresses import hides_address, shown_address
from knowledge.plain.markdown import PARSER

_WEB = ("http://", "https://")
# How many texts' trees are kept, because answers are shown over and over.
PARSED_LIMIT = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Plain:
    """Literal characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Bold."""

    children: "Spans"


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Italic."""

    children: "Spans"


@dataclass(frozen=True, slots=True)
class Code:
    """Characters to type or copy as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link to an http(s) address, in the form in which it should be shown."""

    children: "Spans"
    url: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", shown_address(self.url))


class Referent(Enum):
    """What an id stands for."""

    PERSON = "person"
    CHANNEL = "channel"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Reference:
    """A person, channel or group by the id that an adapter minted, shown under its current name. For private replies
    only: in public, a name might notify the person.
    """

    id: str


Span = Plain | Strong | Emphasis | Code | Anchor | Reference
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Spans in one paragraph."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `ordered` ones are numbered from one."""

    items: tuple[Spans, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines to copy as they are."""

    text: str


Part = Paragraph | Bullets | Verbatim


@lru_cache(PARSED_LIMIT)
def parse(markdown: str) -> tuple[Part, ...]:
    """Return the paragraphs, lists and verbatim lines of a Markdown text.

    Anything outside the subset (headings, images, tables, HTML) stays as it was written.
    """
    tree = SyntaxTreeNode(PARSER.parse(markdown))
    return tuple(part for node in tree.children for part in _parts(node))


@lru_cache(PARSED_LIMIT)
def parse_line(markdown: str) -> Spans:
    """Return the spans of a text that has no paragraphs or lists."""
    tree = SyntaxTreeNode(PARSER.parseInline(markdown))
    return _spans(tree.children)


def visible(text: str) -> str:
    """Return a text without control characters that a terminal would obey: escape sequences, bells."""
    return _CONTROL.sub("", text)


def plain(spans: Iterable[Span]) -> str:
    """Return spans as plain text; a link's address follows its label."""
    return "".join(_plain(span) for span in spans)


def _plain(span: Span) -> str:
    match span:
        case Plain(text) | Code(text) | Reference(text):
            return text
        case Strong(children) | Emphasis(children):
            return plain(children)
        case Anchor(children, url):
            label = plain(children)
            return url if shows_address(label, url) else f"{label} ({url})"
        case _:
            assert_never(span)


def shows_address(label: str, url: str) -> bool:
    """Return whether a link is shown as its address, because its label is that address or reads like any address."""
    same = {url.rstrip("/"), url.removeprefix("https://").removeprefix("http://").rstrip("/")}
    return not label.strip() or label.rstrip("/") in same or hides_address(label, url)


def _parts(node: SyntaxTreeNode) -> Iterable[Part]:
    if node.type in {"bullet_list", "ordered_list"}:
        items = tuple(_item(item) for item in node.children)
        yield Bullets(items, ordered=node.type == "ordered_list")
    elif node.type == "fence":
        yield Verbatim(node.content.rstrip("\n"))
    else:
        yield Paragraph(_inline(node))


def _item(node: SyntaxTreeNode) -> Spans:
    spans: Spans = ()
    for child in node.children:
        spans += (Plain("\n"), *_inline(child)) if spans else _inline(child)
    return spans


def _inline(node: SyntaxTreeNode) -> Spans:
    """Return all spans below a node; a list inside a list item becomes lines of that item."""
    if node.type == "inline":
        return _spans(node.children)
    spans: Spans = ()
    for child in node.children:
        inner = _inline(child)
        spans += (Plain("\n"), *inner) if spans and node.type != "paragraph" else inner
    return spans


def _spans(nodes: Iterable[SyntaxTreeNode]) -> Spans:
    return _joined(span for node in nodes for span in _span(node))


def _joined(spans: Iterable[Span]) -> Spans:
    """Join neighboring plain spans and drop empty ones, which the parser leaves."""
    joined: list[Span] = []
    for span in spans:
        if isinstance(span, Plain) and joined and isinstance(joined[-1], Plain):
            joined[-1] = Plain(joined[-1].text + span.text)
        elif not isinstance(span, Plain) or span.text:
            joined.append(span)
    return tuple(joined)


def _span(node: SyntaxTreeNode) -> Spans:
    match node.type:
        case "strong":
            return (Strong(_spans(node.children)),)
        case "em":
            return (Emphasis(_spans(node.children)),)
        case "code_inline":
            return (Code(node.content),)
        case "link":
            url = str(node.attrs.get("href", ""))
            children = _spans(node.children)
            return (Anchor(children, url),) if url.startswith(_WEB) else children
        case "softbreak" | "hardbreak":
            return (Plain("\n" if node.type == "hardbreak" else " "),)
        case "inline":
            return _spans(node.children)
        case _:
            return (Plain(node.content),)
