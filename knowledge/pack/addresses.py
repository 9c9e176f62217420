"""Mistyped addresses, and what people meant."""

import re

# Broken schemes of addresses: `htp://`, `https//`, `http:/`, `https:`.
_SCHEME = re.compile(r"(?:ht{1,2}ps?|hhtps?|htpps?|https?s)\s?[:;]{0,2}\s?/{0,3}(?=[\w-]{1,60}\.)", re.IGNORECASE)
# A host on its own: letters and dots with a common domain at the end, with or without a path.
_HOST = re.compile(r"(?:www\.)?(?:[a-z0-9-]{1,60}\.){1,5}(?:com|edu|gov|info|net|org|uk)(?:/\S*)?", re.IGNORECASE)

# An address in a line; `[words](address)` is how Markdown writes one.
_FOUND = re.compile(r"https?://\S+", re.IGNORECASE)
_MARKDOWN = re.compile(r"\[([^\[\]]*+)\]\((https?://[^\s()]+)\)", re.IGNORECASE)
# Punctuation after an address at the end of a line, and brackets around one.
_BEHIND = ".,;:!?"
_BRACKETS = {"(": ")", "<": ">", "[": "]"}


def address_in(line: str) -> tuple[str, str] | None:
    """Return the first address in a line, and the other words without brackets; None if there is none. An address that
    is followed by words is taken as it is, because exports write it so.
    """
    line = line.strip()
    written = _MARKDOWN.fullmatch(line)
    if written is not None:
        return written[2], written[1].strip()
    found = _FOUND.search(line)
    if found is None:
        return None
    url, before, after = found.group(), line[: found.start()].rstrip(), line[found.end() :].lstrip()
    if before or not after:
        url = url.rstrip(_BEHIND)
        closing = _BRACKETS.get(before[-1:], "")
        if closing and closing in url:
            url, before = url[: url.rindex(closing)], before[:-1].rstrip()
    return url, " ".join(f"{before} {after}".split())


def mended(line: str) -> str:
    """Return the address that a word of a line was probably meant to be; empty if no word looks like one."""
    scheme = _SCHEME.search(line)
    if scheme is not None:
        rest = line[scheme.end() :].split(maxsplit=1)[0]
        found = f"https://{rest}"
        return "" if line[scheme.start() :].startswith((f"https://{rest}", f"http://{rest}")) else found
    words = [word.strip(".,;()<>") for word in line.split()]
    hosts = (word for word in words if _HOST.fullmatch(word))
    # "Annual report of IJM.org" names a document.
    host = next((each for each in hosts if len(words) == 1 or "/" in each or each.lower().startswith("www.")), "")
    return f"https://{host}" if host else ""
