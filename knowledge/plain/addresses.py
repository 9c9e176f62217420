"""Web addresses that somebody wrote: what a reader should see of them, and what is wrong with one."""

import re
import unicodedata
from urllib.parse import quote, urlsplit

import idna

from knowledge.plain.text import script_of

_WEB = ("http", "https")
# The name of a host in a label, words with dots of which the last one is of letters; or an address with its scheme.
_HOST = re.compile(r"://|(?<![\w.-])(?:[\w-]++\.)++[^\W\d_]{2,}+", re.IGNORECASE)
# Characters that a screen obeys: controls, line and paragraph separators, and what hides or turns text (Cf).
_OBEYED = {"Cc", "Cf", "Zl", "Zp"}


def shown_address(url: str) -> str:
    """Return an address to be shown: its host in ASCII (punycode), without controls and direction characters."""
    url = "".join(each for each in url if unicodedata.category(each) not in _OBEYED)
    host = _host(url)
    if not host or host.isascii():
        return url
    netloc = urlsplit(url).netloc
    user, at, place = netloc.rpartition("@")
    name, colon, port = place.partition(":")
    return url.replace(netloc, f"{user}{at}{_ascii(name)}{colon}{port}", 1)


def hides_address(label: str, url: str) -> bool:
    """Return whether a label reads like an address, names another host than its link, or reverses its text."""
    if has_obeyed(label):
        return True
    own = (_host(url) or "").removeprefix("www.")
    read = unicodedata.normalize("NFKC", label)
    return any(
        found.group().casefold().removeprefix("www.") != own or read[found.end() : found.end() + 1] in {"/", ":"}
        for found in _HOST.finditer(read)
    )


def has_obeyed(text: str) -> bool:
    """Return whether a text holds characters that control a screen, hide, or change the direction of writing."""
    return any(unicodedata.category(each) in _OBEYED for each in text)


def url_fault(url: str) -> str:
    """Return what is wrong with an address in an entry, in words; empty if nothing is."""
    if has_obeyed(url):
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
