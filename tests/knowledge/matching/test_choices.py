"""Words that several entries share: the likeliest of them as the closest, unless the community has its own answer."""

from dataclasses import replace

import pytest

from bot.commands.context import Services
from knowledge.matching import Closest, Found, Reason, Unknown
from knowledge.pack.files import load_pack
from knowledge.pack.model import Choice, Entry

PACK = load_pack()


@pytest.mark.parametrize("choice", PACK.choices, ids=lambda choice: choice.words[0])
def test_shared_words_get_their_entries_likeliest_first(services: Services, choice: Choice) -> None:
    for words in choice.words:
        for typed in (words, f"  {words.upper()}?! "):
            verdict = services.search.ask(typed)
            assert isinstance(verdict, Closest), typed
            assert verdict.reason is Reason.SHARED_WORDS
            assert tuple(match.entry.id for match in verdict.matches) == choice.entries


def test_a_longer_question_goes_by_its_own_words(services: Services) -> None:
    verdict = services.search.ask("how long does aftercare for bonded labor last")
    assert isinstance(verdict, Found)
    assert verdict.entry.id == "aftercare-duration"


def test_a_community_that_removed_entries_is_offered_the_rest(services: Services) -> None:
    kept = [entry for entry in PACK.entries if entry.id != "evidence-india"]
    verdict = services.search.adapted(kept).ask("bonded labor")
    assert isinstance(verdict, Closest)
    assert [match.entry.id for match in verdict.matches] == ["scale-of-injustice", "aftercare-duration"]


def test_an_own_entry_and_a_silenced_wording_go_first(services: Services) -> None:
    own = replace(PACK.entries[0], id="our-rescue", question="Rescue", alternatives=("rescue team",), answer="Ours.")
    entries: list[Entry] = [*PACK.entries, own]
    verdict = services.search.adapted(entries).ask("rescue")
    assert isinstance(verdict, Found)
    assert verdict.entry is own
    assert isinstance(services.search.adapted(PACK.entries, ["rescue"]).ask("Rescue"), Unknown)
