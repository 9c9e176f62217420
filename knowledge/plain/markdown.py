"""The Markdown of entries: a small subset of CommonMark, with one parser for all uses."""

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("zero").enable(
    ["emphasis", "backticks", "link", "escape", "entity", "list", "fence", "newline", "autolink"]
)


def rendered(markdown: str) -> str:
    """Return what a reader sees of a Markdown text, with the addresses of its links after each block."""
    return "\n".join(_seen(token) for token in PARSER.parse(markdown))


def links(markdown: str) -> tuple[tuple[str, str], ...]:
    """List the links of a Markdown text, each as its label and its address, with any scheme."""
    found: list[tuple[str, str]] = []
    for token in PARSER.parse(markdown):
        label, url = "", None
        for child in token.children or ():
            if child.type == "link_open":
                label, url = "", str(child.attrs.get("href", ""))
            elif child.type == "link_close" and url is not None:
                found.append((label, url))
                url = None
            elif url is not None:
                label += _seen(child)
    return tuple(found)


def _seen(token: Token) -> str:
    if token.children is None:
        breaks = token.type in {"softbreak", "hardbreak"}
        return " " if breaks else token.content
    urls = (f" <{child.attrs.get('href', '')}>" for child in token.children if child.type == "link_open")
    return "".join([*map(_seen, token.children), *urls])
