"""Phone numbers are found in any writing and disguise, and figures, years and dates are none."""

from pathlib import Path

import pytest

from knowledge.pack.files import load_pack
from knowledge.plain.phones import doubtful, phones, without_phones

# What clubs and chapters write, with numbers that nobody can dial.
CLUB_TEXTS = (Path(__file__).parent / "club_texts.txt").read_text(encoding="utf-8").splitlines()
# So many of them at most may wait for a second moderator.
DOUBTED_LIMIT = 10
NUMBER = ("8005550199",)


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
        ("send HELP to 233733", ("233733",)),
        ("call 116 016, or dial 112", ("116016", "112")),
        ("1-800-get-help", ("8004384357",)),
        ("1 800 get help", ("8004384357",)),
        ("https://wa.me/18005550199", NUMBER),
        ("call 2411 9797", ("24119797",)),
        ("٨٠٠ ٥٥٥ ٠١٩٩", NUMBER),
    ],
)
def test_a_phone_number_is_found_in_any_writing(text: str, found: tuple[str, ...]) -> None:
    assert phones(text) == found


@pytest.mark.parametrize(
    "text",
    [
        # Markup in the number.
        r"800\-555\-0199", "800-**555**-0199", "*800*-555-0199", "`800-555-0199`", "800`555`0199",
        "[800](https://a.org)-555-0199", "800-[555](https://a.org)-0199", "800 [](https://a.org) 555 0199",
        "&#56;00-555-0199", "800&#45;555&#45;0199", "800\\\n555\\\n0199",
        # Other characters for the digits.
        "8️⃣0️⃣0️⃣5️⃣5️⃣5️⃣0️⃣1️⃣9️⃣9️⃣", "⁸⁰⁰-⁵⁵⁵-⁰¹⁹⁹", "₈₀₀ ₅₅₅ ₀₁₉₉", "⑧⓪⓪⑤⑤⑤⓪①⑨⑨", "❽⓿⓿-❺❺❺-⓿❶❾❾", "𝟖𝟎𝟎-𝟓𝟓𝟓-𝟎𝟏𝟗𝟗",
        "８００－５５５－０１９９", "٨٠٠-٥٥٥-٠١٩٩", "八〇〇五五五〇一九九",
        # Marks, and characters that nobody sees.
        "8̶0̶0̶-5̶5̶5̶-0̶1̶9̶9̶", "80\u00ad0-5\u206055-0199", "800ㅤ555ㅤ0199", "8\ufe0f00\u200d-555-0199",
        # Signs between the digits.
        "800−555−0199", "800⁃555⁃0199", "800﹘555﹘0199", "800‒555―0199", "800|555|0199", "800 | 555 | 0199",
        "800•555•0199", "800 • 555 • 0199", "800·555·0199", "800_555_0199", "800:555:0199", "800,555,0199",
        "800, 555, 0199", "8,0,0,5,5,5,0,1,9,9", "8 0 0 5 5 5 0 1 9 9", "8-0-0-5-5-5-0-1-9-9", "800/555/0199",
        "800~555~0199", "800=555=0199", "800\n555\n0199", "800 ☎ 555 ☎ 0199", "800👍555👍0199",
        # Neighbors.
        "Tel.800-555-0199", "Tel.8005550199", "/800-555-0199", "800-555-0199x1", "800-555-0199ext2", "(800)555-0199",
        "2026 800 555 0199", "call8005550199", "Call room 800-555-0199", "call 8,005,550,199",
        # Addresses.
        "https://call.me/800-555-0199", "https://call.me/8005550199", "[us](tel:8005550199)", "tel:8005550199",
        "<tel:800-555-0199>", "https://x.org/?phone=8005550199", "https://x.org/%38%30%30-555-0199",
    ],
)  # fmt: skip
def test_no_disguise_hides_a_phone_number(text: str) -> None:
    assert phones(text)[-1:] in {NUMBER, ("5550199",)}


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("2411 9797", "24119797"),
        ("24119797", "24119797"),
        ("24 11 97 97", "24119797"),
        ("211 234 567", "211234567"),
        ("8OO-555-O199", "8005550199"),
        ("8oo.555.o199", "8005550199"),
        ("8oo 555 oi99", "8005550199"),
        ("dial 1323", "1323"),
        ("8O0 555 Ol99", "8005550199"),
        ("800-get-help", "8004384357"),
        ("eight zero zero five five five zero one nine nine", "8005550199"),
        ("800 dash 555 dash 0199", "8005550199"),
        ("800-five five five-0199", "8005550199"),
        ("Ref. 800-555-0199", "8005550199"),
        ("ID 800-555-0199", "8005550199"),
    ],
)
def test_what_may_be_a_number_is_for_two_to_decide(text: str, digits: str) -> None:
    assert digits in doubtful(text)
    assert not phones(text)


def test_a_sure_number_is_not_doubtful_too() -> None:
    assert doubtful("Call 8005550199, 800 dash 555 dash 0199") == ()


@pytest.mark.parametrize(
    "text",
    [
        "in 2012, 2,400 people and 1,000%",
        "https://a.org/1234567890 and https://a.org/2026-09-14/1234567",
        "27,000,000 people; $32 billion; 1,234,567,890",
        "from 2010 to 2012, 2010-2012, 2010 2011 2012, 2011/2012",
        "on 2018-02-07, 2/7/2018 or 07.02.2018",
        "room 12, 3-5 people, 24/7, 100 000",
        "911,000 people, +1 000 %",
        "dial up in 2025, text 3 pages, ring 2012",
    ],
)
def test_figures_years_dates_and_addresses_are_none(text: str) -> None:
    assert phones(text) == doubtful(text) == ()


def test_of_two_hundred_club_texts_none_is_refused_and_few_are_doubted() -> None:
    assert len(set(CLUB_TEXTS)) >= 200
    assert [text for text in CLUB_TEXTS if phones(text)] == []
    doubted = [text for text in CLUB_TEXTS if doubtful(text)]
    assert len(doubted) <= DOUBTED_LIMIT, doubted


def test_all_club_texts_together_hide_no_number_and_hold_none() -> None:
    assert phones("\n\n".join(CLUB_TEXTS)) == ()
    assert phones("\n\n".join([*CLUB_TEXTS, "800-555-0199", *CLUB_TEXTS])) == NUMBER


def test_the_shipped_answers_hold_no_number_but_those_that_are_pinned() -> None:
    pack = load_pack()
    for entry in pack.entries:
        for text in (entry.answer, entry.question, *entry.alternatives, *(fact.text for fact in entry.facts)):
            assert set(phones(text)) <= pack.safety.phones, text
            assert doubtful(text) == (), text


def test_a_word_takes_the_place_of_each_number() -> None:
    assert (
        without_phones("call 555-123-4567 or text HELP to 23373", "[number]")
        == "call [number] or text HELP to [number]"
    )
    assert without_phones("2,400 in 2012", "[number]") == "2,400 in 2012"
    assert without_phones("call ⁸⁰⁰-⁵⁵⁵-⁰¹⁹⁹ é 8️⃣0️⃣0️⃣5️⃣5️⃣5️⃣0️⃣1️⃣9️⃣9️⃣!", "[n]") == "call [n] é [n]!"
