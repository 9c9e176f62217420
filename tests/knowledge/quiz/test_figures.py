"""Figures that can be asked for, and the wrong ones that are offered beside them."""

from decimal import Decimal
from random import Random

import pytest

from knowledge.quiz.figures import Amount, Figure, amounts, askable


def in_text(text: str, year: int = 2024) -> list[str]:
    return [text[figure.start : figure.end] for figure in askable(text, year)]


def only(text: str) -> Figure:
    (figure,) = askable(text, 2024)
    return figure


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("In 2024, 2,400 people came.", ["2,400"]),
        ("As of 2012, over 20 communities.", ["20"]),
        ("A 79% decrease after 4 years, as of 2012.", ["79%", "4"]),
        ("It cost $3.5 million in 2024.", ["$3.5 million"]),
        ("About 12 percent of 340 students, 2024.", ["12 percent", "340"]),
        ("As of 2024, 95%.", ["95%"]),
        ("In May 2024, 40 markets and 12 decisions.", ["40", "12"]),
    ],
)
def test_a_figure_is_found_with_all_that_belongs_to_it(text: str, figures: list[str]) -> None:
    assert in_text(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        "In 2024, much was done.",
        "From 2012 to 2015 and in the 1990s, much was done.",
        "Between 2012–2015, much was done.",
        "On 11 January and on July 30, 2024, people meet.",
        "They meet at 7 p.m. or at 7:30.",
        "The 21st century, the 3rd office and 18-year-old students.",
        "Call 1-888-373-7888 or 911, says the page of 2024.",
        "Section 1591 of Title 18, 18 U.S.C. § 1591, of 2024.",
        "See https://example.org/2/34 of 2024.",
        "In the past decade (10 years), much was done.",
        "About 1 in 3 convictions, or 1 out of every 3, in 2024.",
        "As of 2024, there are 4 outcomes: rescue, justice, restoration, change.",
        "The 40 came, and all 40 stayed, in 2024.",
        "In 2024, 1 office opened and 0 closed.",
        "In 2024, 99999999999999999999 grains of sand.",
        "Vitamin B12 and the T-4 form of 2024.",
    ],
)
def test_a_year_a_date_a_name_and_what_can_be_read_off_are_never_asked(text: str) -> None:
    assert in_text(text) == []


def test_the_year_that_dates_a_figure_is_never_asked_whatever_it_looks_like() -> None:
    assert in_text("Since 1899, 340 people came.", year=1899) == ["340"]


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("made $32 billion", "$", " billion"),
        ("a share of 79%", "", "%"),
        ("by 1,000% since", "", "%"),
        ("about 12 percent of", "", " percent"),
        ("more than 2,400 people", "", ""),
        ("cost €3.5 million there", "€", " million"),
        ("exactly 987,654,321 steps", "", ""),
    ],
)
def test_other_figures_have_the_same_form_and_size(text: str, begins: str, ends: str) -> None:
    figure = only(text)
    right = text[figure.start : figure.end]
    for seed in range(50):
        others = figure.others(frozenset(), Random(seed), 3)
        assert len({right, *others}) == 4
        for other in others:
            assert other.startswith(begins)
            assert other.endswith(ends)
            value = Decimal(other.removeprefix(begins).removesuffix(ends).replace(",", ""))
            assert Decimal("0.2") <= value / Decimal(figure.steps).scaleb(-figure.decimals) <= 6
            assert ("." in other) == ("." in right)


def test_a_share_of_a_whole_stays_below_all_of_it() -> None:
    for text in ("as of 2012, 95% of staff", "a 79% decrease", "by 100% or so"):
        for seed in range(30):
            for other in only(text).others(frozenset(), Random(seed), 3):
                assert 0 < int(other.removesuffix("%")) < 100


def test_no_other_figure_is_one_that_is_taken() -> None:
    figure = only("limited to 4 years")
    taken = frozenset(Amount("", Decimal(value), percent=False) for value in (2, 3, 5, 6))
    offered = {other for seed in range(50) for other in figure.others(taken, Random(seed), 3)}
    assert offered
    assert not offered & {"1", "2", "3", "4", "5", "6"}


def test_where_too_few_are_left_there_are_none() -> None:
    everything = frozenset(Amount("", Decimal(value), percent=False) for value in range(100))
    assert only("limited to 4 years").others(everything, Random(1), 3) == ()


def test_the_right_figure_is_now_the_least_and_now_the_greatest() -> None:
    figure = only("more than 2,400 people")
    places = {
        sum(int(other.replace(",", "")) < 2_400 for other in figure.others(frozenset(), Random(seed), 3))
        for seed in range(100)
    }
    assert places == {0, 1, 2, 3}


def test_one_amount_is_the_same_however_it_is_written() -> None:
    assert amounts("2 million") == amounts("2,000,000") == amounts("2000 thousand")
    assert amounts("two years") == amounts("2 years")
    assert amounts("$2") != amounts("2")
    assert amounts("2%") != amounts("2")
