"""Typed lines: quotes, smart quotes, named options, and the last word that is a choice."""

import pytest

from bot.asking.browse import outcomes, referral
from bot.chat.events import Value
from bot.commands.declarations import BadArgument, Command
from bot.commands.typed import arguments, split
from bot.facts.citing import cite
from bot.talking.ask import ask


@pytest.mark.parametrize(
    ("command", "rest", "meant"),
    [
        (ask, "what is bonded labour", {"question": "what is bonded labour"}),
        (ask, '"what is bonded labour"', {"question": "what is bonded labour"}),
        (ask, "“what is bonded labour”", {"question": "what is bonded labour"}),
        (ask, 'what\'s "restored" mean', {"question": 'what\'s "restored" mean'}),
        (ask, "private:true what is it", {"question": "what is it", "private": "true"}),
        (ask, "what is it private:yes", {"question": "what is it", "private": "yes"}),
        (ask, "question:“how long” PRIVATE: true", {"question": "how long", "private": "true"}),
        (ask, "ratio 3:1 at 10:30", {"question": "ratio 3:1 at 10:30"}),
        (ask, "", {}),
        (cite, "aftercare-duration", {"entry": "aftercare-duration"}),
        (cite, "aftercare-duration MLA", {"entry": "aftercare-duration", "style": "MLA"}),
        (cite, "how long does aftercare last bibtex", {"entry": "how long does aftercare last", "style": "bibtex"}),
        (cite, "style:apa “how long”", {"entry": "how long", "style": "apa"}),
        (cite, "mla", {"entry": "mla"}),
        (outcomes, "rescue", {"which": "rescue"}),
        (outcomes, "which:rescue", {"which": "rescue"}),
        (outcomes, "bring criminals to justice", {"which": "bring criminals to justice"}),
    ],
)
def test_a_typed_line_gives_its_arguments(command: Command, rest: str, meant: dict[str, Value]) -> None:
    assert arguments(command, rest) == meant


def test_an_option_given_twice_is_refused() -> None:
    with pytest.raises(BadArgument, match="twice"):
        arguments(cite, "x style:apa style:mla")


def test_words_that_no_option_takes_are_refused() -> None:
    with pytest.raises(BadArgument, match="nothing more"):
        arguments(referral, "now please")


def test_the_first_word_is_the_command_in_any_case() -> None:
    assert split("  OUTCOMES   rescue ") == ("outcomes", "rescue")
    assert split("") == ("", "")
