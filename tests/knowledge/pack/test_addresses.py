"""Addresses that were mistyped are told with the address that was meant; honest lines are left alone."""

import pytest

from knowledge.pack.addresses import address_in, mended


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("htp://example.org/plan", "https://example.org/plan"),
        ("htps://example.org", "https://example.org"),
        ("https//example.org/a", "https://example.org/a"),
        ("https:/example.org/a", "https://example.org/a"),
        ("https:example.org", "https://example.org"),
        ("http;//example.org", "https://example.org"),
        ("https: //example.org", "https://example.org"),
        ("www.example.org", "https://www.example.org"),
        ("example.org/rooms", "https://example.org/rooms"),
        ("Room plan example.edu/rooms", "https://example.edu/rooms"),
        ("Room plan: www.example.com.", "https://www.example.com"),
    ],
)
def test_a_mistyped_address_is_mended(line: str, meant: str) -> None:
    assert mended(line) == meant


@pytest.mark.parametrize(
    "line",
    [
        "https://example.org",
        "Plan http://example.org/a?b=1",
        "Chapter handbook",
        "2026",
        "IJM, p. 4",
        "St. Paul",
        "v1.2",
        "e.g. this",
        "Mr. Org",
        "Annual report of IJM.org",
        "IJM.org, 2012",
    ],
)
def test_honest_lines_are_left_alone(line: str) -> None:
    assert mended(line) == ""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("[Room plan](https://example.org/a)", ("https://example.org/a", "Room plan")),
        ("Room plan <https://example.org/a>", ("https://example.org/a", "Room plan")),
        ("Room plan (https://example.org/a).", ("https://example.org/a", "Room plan")),
        ("See https://example.org/a, or ask", ("https://example.org/a", "See or ask")),
        ("https://example.org/a.", ("https://example.org/a", "")),
        ("https://example.org/a_(b) Plan (2026)", ("https://example.org/a_(b)", "Plan (2026)")),
        ("Plan (2026) https://example.org/a_(b)", ("https://example.org/a_(b)", "Plan (2026)")),
        # As an export writes it.
        ("https://example.org/a? Why (not)", ("https://example.org/a?", "Why (not)")),
        ("no address", None),
    ],
)
def test_an_address_is_read_without_the_signs_around_it(line: str, found: tuple[str, str] | None) -> None:
    assert address_in(line) == found
