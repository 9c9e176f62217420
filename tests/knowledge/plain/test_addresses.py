"""Addresses are shown as what they lead to, and forged ones are refused."""

import pytest

from bot.chat.markup import Anchor, Plain, parse_line, plain
from knowledge.plain.addresses import hides_address, shown_address, url_fault

HOME = "https://www.ijm.org/"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (HOME, HOME),
        ("https://ijm.org/ä?q=1", "https://ijm.org/ä?q=1"),
        ("https://\u0456jm.org/help", "https://xn--jm-goc.org/help"),
        ("https://аррӏе.com", "https://xn--80ak6aa92e.com"),
        ("https://faß.de/x", "https://xn--fa-hia.de/x"),
        ("https://user@\u0456jm.org:443/", "https://user@xn--jm-goc.org:443/"),
        ("https://ijm.org/\u202egro.live", "https://ijm.org/gro.live"),
        ("https://ijm.org/\x1b[31m", "https://ijm.org/[31m"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_an_address_is_shown_with_its_host_in_ascii(url: str, shown: str) -> None:
    assert shown_address(url) == shown
    assert Anchor((Plain("x"),), url).url == shown


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://\u0456jm.org", "mixes letters of several scripts"),
        ("https://аррӏе.com", "xn--80ak6aa92e.com"),
        ("https://ijm.org/\u202egro", "cannot be seen"),
        ("https://ijm\u200b.org", "cannot be seen"),
        ("https://ijm.org\n.evil.org", "cannot be seen"),
        ("https://ijm.org@evil.org", "before an @"),
        ("javascript:alert(1)", "not an http(s) address"),
        ("ftp://ijm.org", "not an http(s) address"),
        ("https://", "not an http(s) address"),
        ("https://club", "not an http(s) address"),
        ("https://[1", "not an http(s) address"),
    ],
)
def test_an_address_that_misleads_is_refused_in_words(url: str, told: str) -> None:
    assert told in url_fault(url)


@pytest.mark.parametrize("url", [HOME, "https://münchen.de/verein", "https://xn--jm-goc.org", "http://[::1]:8000/"])
def test_an_honest_address_is_taken(url: str) -> None:
    assert url_fault(url) == ""


@pytest.mark.parametrize(
    "label",
    [
        "ijm.org", "www.ijm.org", "https://ijm.org", "our site ijm.org/help", "Give at IJM.ORG!", "ｉｊｍ.org", "ijm.org/x",
        "gro.mji\u202e", "ij\u00admx", "ijm․org", "HTTP://x",
    ],
)  # fmt: skip
def test_a_label_that_reads_like_an_address_is_shown_as_where_it_leads(label: str) -> None:
    assert hides_address(label, "https://evil.example/")
    assert plain(parse_line(f"[{label}](https://evil.example/)")) == "https://evil.example/"


@pytest.mark.parametrize("label", ["our site", "U.S. law", "e.g. this", "Dr. King", "1.5 million", "IJM", "a...b"])
def test_a_label_of_words_stays(label: str) -> None:
    assert plain(parse_line(f"[{label}](https://evil.example/)")) == f"{label} (https://evil.example/)"


def test_a_label_may_name_the_host_that_it_leads_to() -> None:
    assert not hides_address("LawHelp.org", "https://www.lawhelp.org/find")
    assert hides_address("LawHelp.org/find", "https://www.lawhelp.org/elsewhere")
