"""Phone numbers are found in any writing, and figures, years and dates are none."""

import pytest

from knowledge.pack.files import load_pack
from knowledge.pack.phones import phones, without_phones


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 911 now", ("911",)),
        ("1-888-373-7888 (TTY: 711)", ("8883737888", "711")),
        ("(888) 373 7888", ("8883737888",)),
        ("1-888-3737-888", ("8883737888",)),
        ("888.373.7888, 8883737888 and +18883737888", ("8883737888",)),
        ("888–373–7888", ("8883737888",)),
        ("88\u200b8-37\u200d3-7888", ("8883737888",)),
        ("+44 20 7946 0958", ("442079460958",)),
        ("020 7946 0958", ("02079460958",)),
        ("+49 (0)30 / 123456", ("49030123456",)),
        ("0800 111 0 111", ("08001110111",)),
        ("ring 555-0199.", ("5550199",)),
        ("1-800-FREE-NOW", ("8003733669",)),
        ("Text BEFREE to 233733", ("233733",)),
        ("٥٥٥ ١٢٣ ٤٥٦٧", ("٥٥٥١٢٣٤٥٦٧",)),
    ],
)
def test_a_phone_number_is_found_in_any_writing(text: str, found: tuple[str, ...]) -> None:
    assert phones(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "in 2012, 2,400 people and 1,000%",
        "https://a.org/1234567890 and https://a.org/555-123-4567",
        "27,000,000 people; $32 billion; 1,234,567,890",
        "from 2010 to 2012, 2010-2012, 2010 2011 2012, 2011/2012",
        "on 2018-02-07, 2/7/2018 or 07.02.2018",
        "room 12, 3-5 people, 24/7, 100 000",
        "911,000 people, +1 000 %",
    ],
)
def test_figures_years_dates_and_addresses_are_none(text: str) -> None:
    assert phones(text) == ()


def test_the_shipped_answers_hold_no_number_but_those_that_are_pinned() -> None:
    pack = load_pack()
    for entry in pack.entries:
        assert set(phones(entry.answer)) <= pack.safety.phones


def test_a_word_takes_the_place_of_each_number() -> None:
    assert (
        without_phones("call 555-123-4567 or text HELP to 23373", "[number]")
        == "call [number] or text HELP to [number]"
    )
    assert without_phones("2,400 in 2012", "[number]") == "2,400 in 2012"
