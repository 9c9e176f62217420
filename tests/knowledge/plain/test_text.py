"""Chat text made plain, whatever platforms and keyboards put around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.plain.text import TEXT_LIMIT, clean, has_emoji, phrase_key, spoken


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("What’s IJM??", ("whats", "ijm")),
        ("<@123> <@!45> <@&6> <#7> <!here> <@U024BE7LH> who are you", ("who", "are", "you")),
        ("<:party:123456> <a:spin:99> </ijm ask:12> <t:1600000000:R> hi", ("hi",)),
        ("@everyone @here @channel what is it", ("what", "is", "it")),
        ("see https://a.org/x?y=1 and www.b.com or me@c.org now", ("see", "and", "or", "now")),
        ("<https://a.org|the site> [label](https://b.org)", ("the", "site", "label")),
        ("```python\nprint(1)\n``` why", ("why",)),
        ("run `rm -rf /` now", ("run", "now")),
        ("``` never closed", ()),
        ("2, 400 or 2,400 people, 79% of $32 billion", ("2400", "or", "2400", "people", "79", "%", "of", "$", "32", "billion")),
        ("soooo coooool aaaaaaa", ("soo", "cool", "aa")),
        ("w\u200bh\u200bo\u200b \u200bare they", ("who", "are", "they")),
        ("\u202eevil\u202c text", ("evil", "text")),
        ("ＩＪＭ ﬁne", ("ijm", "fine")),
        ("stop it b4 it starts", ("stop", "it", "b4", "it", "starts")),
        (":woman-raising-hand: :+1::skin-tone-3: :flag-us: :100: who:wave: is :wave:ijm :-1::8ball:", ("who", "is", "ijm")),
        ("note: at 10:30:15, std::sort or a:b:c", ("note", "at", "10", "30", "15", "std", "sort", "or", "a", "b", "c")),
        ("😂😂 👩‍👧‍👦 🇬🇹", ()),
        ("\x00\x1b[31m red", ("31", "m", "red")),
        ("", ()),
    ],
)  # fmt: skip
def test_a_chat_message_is_read_as_its_words(typed: str, words: tuple[str, ...]) -> None:
    assert spoken(typed) == words


def test_phrasings_that_differ_in_keyboard_habits_are_the_same() -> None:
    assert phrase_key("What’s  IJM?") == phrase_key("whats ijm") == phrase_key("WHAT'S IJM!!!")


def test_a_long_text_is_read_at_both_ends() -> None:
    text = clean("begin " + "middle " * 5_000 + "end")
    assert len(text) <= TEXT_LIMIT
    assert text.startswith("begin")
    assert text.endswith("end")


@given(st.text(max_size=500))
def test_any_text_is_read_and_reading_it_again_changes_nothing(typed: str) -> None:
    once = clean(typed)
    assert len(once) <= TEXT_LIMIT
    assert "\n" not in once
    spoken(typed)


@pytest.mark.parametrize("text", ["😂", "👍🏽", ":joy:", "ok :+1::skin-tone-5:", "<:party:123>"])
def test_an_emoji_is_known_as_a_sign_and_by_its_name(text: str) -> None:
    assert has_emoji(text)


@pytest.mark.parametrize("text", ["", "ok", "at 10:30:15", "what: is it?"])
def test_what_is_no_emoji(text: str) -> None:
    assert not has_emoji(text)
