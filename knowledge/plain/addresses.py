"""Web addresses that somebody wrote: how to show them, and what is wrong with one."""

import re
import unicodedata
from urllib.parse import quote, urlsplit

import idna

from knowledge.plain.text import script_of

_WEB = ("http", "https")
# The name of a host in a label, words with dots of which the last one is of letters; or an address with its scheme.
_HOST = re.compile(r"://|(?<![\w.-])(?:[\w-]++\.)++[^\W\d_]{2,}+", re.IGNORECASE)
# Control characters: controls, line and paragraph separators, and what hides or turns text (Cf).
_CONTROL = {"Cc", "Cf", "Zl", "Zp"}


def shown_address(url: str) -> str:
    """Return an address to show: its host in ASCII (punycode), without control and direction characters."""
    url = "".join(each for each in url if unicodedata.category(each) not in _CONTROL)
    host = _host(url)
    if not host or host.isascii():
        return url
    netloc = urlsplit(url).netloc
    user, at, place = netloc.rpartition("@")
    name, colon, port = place.partition(":")
    return url.replace(netloc, f"{user}{at}{_ascii(name)}{colon}{port}", 1)


def hides_address(label: str, url: str) -> bool:
    """Return whether a label reads like an address, names another host than its link, or reverses its text."""
    if has_control_characters(label):
        return True
    own = (_host(url) or "").removeprefix("www.")
    read = unicodedata.normalize("NFKC", label)
    return any(
        found.group().casefold().removeprefix("www.") != own or read[found.end() : found.end() + 1] in {"/", ":"}
        for found in _HOST.finditer(read)
    )


def has_control_characters(text: str) -> bool:
    """Return whether a text has characters that control a screen, hide text, or change its direction."""
    return any(unicodedata.category(each) in _CONTROL for each in text)


def url_fault(url: str) -> str:
    """Say what is wrong with an address in an entry; empty if nothing is."""
    if has_control_characters(url):
        return f"`{shown_address(url)}` holds characters that cannot be seen; type the address anew"
    host = _host(url)
    if host is None or urlsplit(url).scheme not in _WEB or not re.search(r"[.:]", host):
        return f"`{url}` is not an http(s) address"
    if urlsplit(url).username is not None:
        return f"`{url}` has something before an @, which hides where it leads; leave that out"
    if len({script for each in host if (script := script_of(each))}) > 1:
        return f"`{shown_address(url)}` mixes letters of several scripts, as a forged address does; write it like this"
    return ""


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return quote(host)
