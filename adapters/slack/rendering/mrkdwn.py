"""From spans to mrkdwn, Slack's own markup; text is escaped and disarmed at the leaf."""

import re
from collections.abc import Iterable
from typing import assert_never

from bot.chat.markup import Anchor, Code, Emphasis, Plain, Reference, Span, Spans, Strong, plain, shows_address, visible

ELLIPSIS = "…"
# An invisible character next to a mark disarms it: Slack looks for a space or a line's edge there.
GUARD = "\u200b"
# docs.slack.dev/messaging/formatting-message-text: these three are control characters.
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# A mark inside a word (`snake_case`) means nothing; a backtick always might.
_MARK = re.compile(r"`|(?<![^\W_])[*_~]+|[*_~]+(?![^\W_])")
# Even an escaped > begins a quote at the start of a line.
_QUOTE = re.compile(r"^([^\S\n]*)(?=&gt;)", re.MULTILINE)
# Most texts contain none of these, and no invisible character.
_HARMLESS = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f&<>*_~`]*")
_FENCE = "```"
# A pair of single asterisks around words: bold on Slack, italic in Markdown.
_SINGLE = re.compile(r"(?<![*\w\\])\*(?![\s*])([^*\n]*?[^*\s\\])\*(?![*\w])")
# The ids that `events.py` mints, and how a person, a channel or a user group is named by theirs.
_OURS = re.compile(r"slack:[A-Z0-9]+/(([UWCGS])[A-Z0-9]+)")
_REFERENCES = {"U": "@", "W": "@", "C": "#", "G": "#", "S": "!subteam^"}
_IN_ADDRESS = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "\n": "", "`": "%60", "&": "&amp;"})


def entities(text: str) -> str:
    """Return a text without control characters; marks still mean something in it."""
    return visible(text).translate(_ENTITIES)


def escape(text: str) -> str:
    """Escape a text for Slack, so that nothing in it is a mention, a link, or markup."""
    if _HARMLESS.fullmatch(text):
        return text
    guarded = _MARK.sub(lambda found: f"{GUARD}{found.group()}{GUARD}", visible(text)).translate(_ENTITIES)
    return _QUOTE.sub(rf"\1{GUARD}", guarded)


def mrkdwn(spans: Iterable[Span]) -> str:
    """Render spans as mrkdwn."""
    return "".join(_span(span) for span in spans)


def typed(markdown: str) -> str:
    """Return Markdown for people on Slack to edit: `*this*` would be bold to them, so it becomes `_this_`."""
    return _SINGLE.sub(r"_\1_", markdown)


def markdown(typed: str) -> str:
    """Return what somebody typed on Slack as Markdown: what is bold to them, `*this*`, is bold."""
    return _SINGLE.sub(r"**\1**", typed)


def bold(text: str) -> str:
    """Return a plain text in bold."""
    return _marked("*", escape(text))


def fenced(text: str) -> str:
    """Return a text to copy as it is."""
    return f"{_FENCE}\n{entities(text).replace(_FENCE, 'ˋˋˋ')}\n{_FENCE}"


def cut(text: str, limit: int) -> str:
    """Return a mrkdwn text of at most `limit` characters, never cut inside an entity, a link or a fence."""
    if len(text) <= limit:
        return text
    if text.startswith(_FENCE):
        body = text.removeprefix(f"{_FENCE}\n").removesuffix(f"\n{_FENCE}")
        frame = len(f"{_FENCE}\n\n{_FENCE}")
        return f"{_FENCE}\n{cut(body, limit - frame)}\n{_FENCE}" if limit > frame + 1 else cut(ELLIPSIS, limit)
    kept = text[: limit - len(ELLIPSIS)]
    for begins, ends in (("<", ">"), ("&", ";")):
        if kept.rfind(begins) > kept.rfind(ends):
            kept = kept[: kept.rfind(begins)]
    return f"{kept}{ELLIPSIS}"[:limit]


def _span(span: Span) -> str:
    match span:
        case Plain(text):
            return escape(text)
        case Strong(children):
            return _marked("*", mrkdwn(children))
        case Emphasis(children):
            return _marked("_", mrkdwn(children))
        case Code(text):
            shown = " ".join(entities(text).replace("`", "ˋ").split())
            return f"`{shown}`" if shown else ""
        case Anchor(children, url):
            return _link(children, url)
        case Reference(name):
            found = _OURS.fullmatch(name)
            return f"<{_REFERENCES[found[2]]}{found[1]}>" if found else escape(name)
        case _:
            assert_never(span)


def _marked(mark: str, inner: str) -> str:
    """Put marks around a text; Slack accepts them only on one line and without spaces inside."""
    shown = " ".join(inner.split())
    return f"{mark}{shown}{mark}" if shown.strip(GUARD) else ""


def _link(children: Spans, url: str) -> str:
    address = visible(url).translate(_IN_ADDRESS)
    label = " ".join(plain(children).split())
    if not label or shows_address(label, url):
        return f"<{address}>"
    return f"<{address}|{entities(label).replace('|', '¦').replace('`', 'ˋ')}>"
