"""Whether a message asks if IJM works in a country, and what the list says."""

import pytest

from knowledge.pack.files import load_pack
from knowledge.talk.places import WHERE, asked_about, sentence


@pytest.fixture(scope="module")
def entry():  # type: ignore[no-untyped-def]
    found = load_pack().entry(WHERE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("is ijm in kenya", "Kenya is on the sheet's list."),
        ("Do you guys work in Peru?", "Peru is on the sheet's list."),
        ("do you work in nigeria", "Nigeria is not on the sheet's list."),
        ("does ijm work in america", "The United States is not on the sheet's list."),
        ("does IJM operate in the US?", "The United States is not on the sheet's list."),
        ("why not ukraine", "Ukraine is not on the sheet's list."),
        ("are they in the philippines", "The Philippines is on the sheet's list."),
        ("any offices in burma?", "Myanmar is not on the sheet's list."),
        ("korea", "South Korea is not on the sheet's list."),
        ("is ijm in india", "India is not named on the sheet's list, but South Asia is."),
        ("does ijm have staff in rwanda", "Rwanda is on the sheet's list."),
        ("is rwanda on the list", "Rwanda is on the sheet's list."),
        ("have you ever worked in haiti", "Haiti is not on the sheet's list."),
        ("is india one of the countries", "India is not named on the sheet's list, but South Asia is."),
        ("so not brazil?", "Brazil is not on the sheet's list."),
        ("is IJM in the DRC", "The Democratic Republic of the Congo is not on the sheet's list."),
    ],
)
def test_yes_or_no_about_a_country(entry, question: str, said: str | None) -> None:  # type: ignore[no-untyped-def]
    told = [sentence(country, entry) for country in asked_about(question)]
    assert told == ([said] if said else [])


def test_two_countries_get_a_sentence_each(entry) -> None:  # type: ignore[no-untyped-def]
    told = [sentence(country, entry) for country in asked_about("are you in thailand or laos")]
    assert told == ["Thailand is on the sheet's list.", "Laos is not on the sheet's list."]


@pytest.mark.parametrize(
    "question",
    [
        "how did ijm train officials in india",
        "what happened in guatemala",
        "are the staff in kenya local",
        "why does ijm help us",
        "where does ijm work",
        "did the brick factory rescue happen in india",
        "",
    ],
)
def test_other_questions_are_not_about_the_list(question: str) -> None:
    assert asked_about(question) == ()
