"""What the bot makes of what people say around their questions."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.app.app import App
from bot.app.registry import default_registry
from bot.asking.ask import Considered, ReplyKind
from bot.asking.years import names_other_year
from bot.chat.events import Message
from bot.chat.replies import Reply
from bot.commands.context import Library, Services
from bot.commands.turns import NOTHING, TURN_SECONDS, Turn, Turns
from bot.operating.cli import cli
from bot.talking.converse import converse, turn_after
from bot.talking.small_talk import REACTION
from knowledge.talk.groups import GroupKind
from tests.people import CHANNEL, MEMBER, OTHER, said

REGISTRY = default_registry()


def heard(library: Library, message: str, turn: Turn = NOTHING, *, addressed: bool = True) -> Considered:
    return converse(library, REGISTRY, message, turn=turn, addressed=addressed)


def first(considered: Considered) -> str:
    assert considered.kind in {ReplyKind.ANSWER, ReplyKind.CLOSEST}, considered
    return considered.matches[0].entry.id


def test_small_talk_gets_its_fixed_reply_and_stays_ignored_when_overheard(library: Library) -> None:
    for group in library.talk.groups.values():
        if group.kind in {GroupKind.TALK, GroupKind.ELSEWHERE}:
            addressed, overheard = heard(library, group.says[0]), heard(library, group.says[0], addressed=False)
            assert (addressed.kind, addressed.group) == (ReplyKind.TALK, group.name)
            assert addressed.reply is not None
            assert addressed.reply.plain or addressed.reply.reaction == REACTION
            assert overheard.kind is ReplyKind.IGNORED


@pytest.mark.parametrize("message", ["👍", "😂😂", "❤️"])
def test_a_lone_emoji_gets_one_back(library: Library, message: str) -> None:
    reply = heard(library, message).reply
    assert reply == Reply((), reaction=REACTION)


@pytest.mark.parametrize(
    ("message", "command", "arguments"),
    [
        ("quiz me", "quiz", {}),
        ("quiz me on aftercare", "quiz", {"topic": "aftercare"}),
        ("give me a fact", "fact", {}),
        ("3 facts", "fact", {"count": 3}),
        ("two facts about results please", "fact", {"topic": "results", "count": 2}),
        ("topics", "topics", {}),
        ("what do you store about me", "privacy", {}),
        ("make me a card", "fact", {"card": "both"}),
        ("make a card about the results", "fact", {"card": "both", "topic": "results"}),
        ("give me two facts about rescue", "fact", {"topic": "results", "count": 2}),
        ("awareness days", "awareness", {}),
        ("outcomes rescue", "outcomes", {"which": "rescue"}),
        ("fact results", "fact", {"topic": "results"}),
        ("/fact results", "fact", {"topic": "results"}),
        ("help fact", "help", {"command": "fact"}),
        ("Topics aftercare", "topics", {"topic": "aftercare"}),
    ],
)
def test_commands_in_plain_words(library: Library, message: str, command: str, arguments: dict[str, object]) -> None:
    considered = heard(library, message)
    assert (considered.kind, considered.command) == (ReplyKind.COMMAND, command)
    told = {name: given for name, given in considered.arguments.items() if given}
    assert {name: str(given) for name, given in told.items()} == {name: str(each) for name, each in arguments.items()}


@pytest.mark.parametrize("message", ["help me understand impunity", "outcomes of the cebu work"])
def test_a_commands_name_before_other_words_is_no_command(library: Library, message: str) -> None:
    assert heard(library, message).kind is not ReplyKind.COMMAND


@pytest.mark.parametrize(
    ("shown", "message", "entry"),
    [
        ("evidence-cebu", "and in india?", "evidence-india"),
        ("evidence-cebu", "what about guatemala", "evidence-guatemala"),
        ("aftercare-programs", "how long?", "aftercare-duration"),
        ("where-ijm-works", "why there?", "why-these-places"),
        ("where-ijm-works", "do they need permission", "government-invitation"),
        ("rescue-victims", "and the criminals?", "bring-criminals-to-justice"),
        ("outcomes", "does it work?", "evidence"),
    ],
)
def test_a_follow_up_goes_on_from_the_entry_before(library: Library, shown: str, message: str, entry: str) -> None:
    assert first(heard(library, message, Turn(shown))) == entry


def _right(library: Library, row: dict[str, Any]) -> bool:
    """Whether a follow-up leads where it should: to an entry, a choice that has it, a citation, or a fixed line."""
    shown = library.pack.entry(row["shown"])
    assert shown is not None
    considered = heard(library, row["q"], Turn(shown.id, shown.related[:2]))
    accepted, found = set(row["accept"]), [match.entry.id for match in considered.matches]
    if considered.kind in {ReplyKind.ANSWER, ReplyKind.CLOSEST}:
        return found[0] in accepted
    if considered.kind is ReplyKind.SUGGESTIONS:
        return "choice" in accepted or not accepted.isdisjoint(found)
    if considered.kind is ReplyKind.TALK:
        group = library.talk.groups.get(considered.group)
        return "talk" in accepted or (group is not None and group.kind in accepted)
    return considered.command in accepted


@pytest.mark.slow
def test_most_follow_ups_lead_where_they_should(library: Library) -> None:
    lines = (Path("tests") / "questions" / "follow-ups.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    wrong = [(row["shown"], row["q"]) for row in rows if not _right(library, row)]
    assert len(wrong) <= 0.1 * len(rows), wrong


def test_an_entrys_own_words_stay_with_the_shown_answer_if_that_says_it(library: Library) -> None:
    words = "how many convictions"
    assert first(heard(library, words)) == "results-2012"
    assert first(heard(library, words, Turn("evidence-guatemala"))) == "evidence-guatemala"
    assert first(heard(library, words, Turn("police-training"))) == "results-2012"


def test_one_of_a_list_is_named_by_its_place(library: Library) -> None:
    choice = Turn(others=("evidence-cebu", "evidence-guatemala", "evidence-india"))
    assert first(heard(library, "the third one please", choice)) == "evidence-india"
    assert first(heard(library, "the last one", choice)) == "evidence-india"
    assert first(heard(library, "tell me more about the first", Turn("outcomes"))) == "rescue-victims"


def test_what_is_asked_of_a_shown_answer_may_be_another_year_or_its_source(library: Library) -> None:
    shown = Turn("results-2012")
    assert heard(library, "what about 2015?", shown).group == "figures"
    assert heard(library, "are you sure?", shown).arguments == {"entry": "results-2012"}
    assert heard(library, "are you sure?").group == "sure"


@pytest.mark.parametrize(
    ("message", "group"), [("???", "confused"), ("?", "confused"), ("...", "reaction"), ("!!!", "reaction")]
)
def test_marks_alone_are_no_question(library: Library, message: str, group: str) -> None:
    assert (heard(library, message).kind, heard(library, message).group) == (ReplyKind.TALK, group)


def test_source_and_citation_are_of_the_entry_before(library: Library) -> None:
    turn = Turn("evidence-cebu")
    assert heard(library, "source?", turn).arguments == {"entry": "evidence-cebu"}
    assert heard(library, "cite that in mla", turn).arguments == {"entry": "evidence-cebu", "style": "mla"}


@pytest.mark.parametrize("message", ["how old is that number", "where's that from", "who counted that", "help me cite"])
def test_a_request_for_a_source_whose_words_name_no_entry_is_of_the_one_before(library: Library, message: str) -> None:
    assert heard(library, message, Turn("evidence-cebu")).arguments == {"entry": "evidence-cebu"}
    alone = heard(library, message)
    assert "entry" not in alone.arguments


@pytest.mark.parametrize(
    ("message", "words", "style"),
    [
        ("mla citation for largest rescue", "largest rescue", "mla"),
        ("cite the one about guatemala in apa", "about guatemala", "apa"),
        ("bibtex for the aftercare duration entry", "aftercare duration", "bibtex"),
        ("chicago citation for the 95 percent thing", "95 percent", "chicago"),
        ("i'd like an apa reference for the guatemala one", "guatemala", "apa"),
    ],
)
def test_a_request_for_a_citation_names_its_entry(library: Library, message: str, words: str, style: str) -> None:
    considered = heard(library, message)
    assert (considered.command, considered.arguments) == ("cite", {"entry": words, "style": style})


def test_who_needs_something_to_cite_gets_it(library: Library) -> None:
    assert first(heard(library, "is there press coverage that i may cite?")) == "news-and-stories"


def test_a_question_in_another_language_goes_before_talk_that_is_like_it(library: Library) -> None:
    assert first(heard(library, "c'est quoi IJM?")) == "what-is-ijm"
    assert heard(library, "gracias por la ayuda").group == "thanks"


def test_an_examples_own_words_are_no_argument(library: Library) -> None:
    considered = heard(library, "suggest a question")
    assert (considered.command, considered.arguments) == ("suggest", {})
    assert heard(library, "suggest who pays for it all").arguments == {"question": "who pays for it all"}


def test_related_questions_leave_what_is_talked_about(library: Library) -> None:
    turn = Turn("evidence-cebu", ("evidence",))
    for message in ("more", "why?", "another one"):
        considered = heard(library, message, turn)
        assert considered.kind is ReplyKind.SUGGESTIONS
        turn = turn_after(considered, turn)
        assert turn.entry == "evidence-cebu"


@pytest.mark.parametrize(
    "message",
    ["combien de personnes ont été sauvées", "quantos foram resgatados?", "wie viele menschen wurden gerettet"],
)
def test_another_language_is_never_told_that_the_bot_does_not_know(library: Library, message: str) -> None:
    considered = heard(library, message)
    assert considered.kind is not ReplyKind.UNKNOWN
    assert considered.group in {"", "language"}


def test_more_another_other_and_again(library: Library) -> None:
    turn = Turn("evidence-cebu", ("evidence-guatemala", "evidence"))
    assert first(heard(library, "no, the other one", turn)) == "evidence-guatemala"
    assert first(heard(library, "say that again", turn)) == "evidence-cebu"
    assert heard(library, "more", turn).kind is ReplyKind.SUGGESTIONS
    again = heard(library, "another one", Turn("evidence-cebu", command="fact", arguments=(("topic", "results"),)))
    assert (again.command, again.arguments) == ("fact", {"topic": "results"})
    assert heard(library, "another one").kind is ReplyKind.TALK


@pytest.mark.parametrize("message", ["purple monkey", "pizza?", "thanks", "lol"])
def test_what_leads_nowhere_is_no_follow_up(library: Library, message: str) -> None:
    assert heard(library, message, Turn("rescue-victims")).kind not in {ReplyKind.ANSWER, ReplyKind.CLOSEST}


def test_yes_or_no_about_a_place_stands_before_the_list(library: Library) -> None:
    considered = heard(library, "do you work in nigeria")
    assert (considered.kind, first(considered)) == (ReplyKind.ANSWER, "where-ijm-works")
    assert considered.reply is not None
    assert considered.reply.plain.startswith("As of 2012: Nigeria is not on the sheet's list.")


def test_a_question_in_another_language(library: Library) -> None:
    known, unknown = heard(library, "¿Qué es IJM?"), heard(library, "¿qué hora es en Madrid?")
    assert first(known) == "what-is-ijm"
    assert known.reply is not None
    assert known.reply.plain.startswith("La respuesta está en inglés:")
    assert (unknown.kind, unknown.group) == (ReplyKind.TALK, "language")


def test_a_number_that_stands_in_an_answer_leads_there(library: Library) -> None:
    assert first(heard(library, "79%")) == "evidence-cebu"
    assert heard(library, "4711").kind is ReplyKind.TALK
    assert heard(library, "3").kind is ReplyKind.TALK


def test_the_year_of_an_entrys_figures_is_no_other_year(library: Library) -> None:
    undated = [entry for entry in library.pack.entries if str(entry.as_of) not in entry.answer]
    assert undated
    assert not any(names_other_year(f"and in {entry.as_of}?", entry) for entry in undated)
    assert all(names_other_year("and in 2099?", entry) for entry in undated)


def test_another_year_makes_an_answer_doubtful(library: Library) -> None:
    assert heard(library, "what did IJM achieve in 2019").kind is not ReplyKind.ANSWER
    assert heard(library, "what did IJM achieve in 2012").kind is ReplyKind.ANSWER


def test_a_single_overheard_word_is_never_answered(library: Library) -> None:
    assert heard(library, "kenya").kind is ReplyKind.ANSWER
    assert heard(library, "kenya", addressed=False).kind is ReplyKind.IGNORED


async def test_a_communitys_own_entry_goes_before_talk(library: Library) -> None:
    entry = replace(library.pack.entries[0], id="our-greeting", question="Good morning!", alternatives=("gm",))
    pack = replace(library.pack, entries=(*library.pack.entries, entry))
    own = replace(library, pack=pack, search=library.search.adapted(pack.entries))
    assert first(heard(own, "good morning")) == "our-greeting"


async def test_a_talk_of_several_turns(app: App) -> None:
    cebu = await said(app, "what happened in cebu?")
    india = await said(app, "and in india?")
    cited = await said(app, "cite that in mla")
    assert cebu is not None
    assert india is not None
    assert cited is not None
    assert "India" in india.plain
    assert "MLA citation" in cited.plain
    # Somebody else's next message goes on from nothing.
    elsewhere = await said(app, "source?", user=OTHER)
    assert elsewhere is not None
    assert "citation" not in elsewhere.blocks[0].__class__.__name__.lower()


async def test_a_choice_of_related_questions_is_still_about_the_answer(app: App) -> None:
    await said(app, "what happened in cebu?")
    related = await said(app, "more")
    again = await said(app, "tell me more")
    second = await said(app, "the second one")
    assert related is not None
    assert again is not None
    assert second is not None
    assert related.plain == again.plain
    assert "Guatemala" in second.plain


async def test_danger_is_never_gone_on_from(app: App, services: Services) -> None:
    await said(app, "what happened in cebu?")
    assert services.turns.before(MEMBER, CHANNEL).entry == "evidence-cebu"
    await said(app, "i am locked in a house and they took my passport please help me")
    assert services.turns.before(MEMBER, CHANNEL) == NOTHING


async def test_talk_is_never_in_the_review(app: App, services: Services) -> None:
    for words in ("hi", "lol", "you suck", "3", "quiz me", "how do i donate", "¿qué hora es en Madrid?"):
        await app.handle(Message(MEMBER, CHANNEL, words, addressed=True))
    assert await services.store.misses(CHANNEL.community, 50) == ()


async def test_an_insult_is_answered_once(app: App) -> None:
    assert await said(app, "you stupid bot") is not None
    assert await said(app, "dumb bot") is None


def test_turns_are_forgotten_after_ten_minutes() -> None:
    now = [0.0]
    turns = Turns(lambda: now[0])
    turns.remember(MEMBER, CHANNEL, Turn("evidence-cebu"))
    now[0] = TURN_SECONDS - 1
    assert turns.before(MEMBER, CHANNEL).entry == "evidence-cebu"
    now[0] = TURN_SECONDS + 1
    assert turns.before(MEMBER, CHANNEL) == NOTHING


def test_what_a_thread_showed_is_gone_on_from_beside_it_and_forgotten_in_both() -> None:
    turns, thread, next_one = Turns(), replace(CHANNEL, thread="1"), replace(CHANNEL, thread="2")
    turns.remember(MEMBER, thread, Turn("evidence-cebu"))
    assert turns.before(MEMBER, next_one).entry == turns.before(MEMBER, CHANNEL).entry == "evidence-cebu"
    turns.remember(MEMBER, next_one, Turn("evidence-india"))
    assert turns.before(MEMBER, thread).entry == "evidence-cebu"
    assert turns.before(MEMBER, CHANNEL).entry == "evidence-india"
    assert turns.before(OTHER, CHANNEL) == NOTHING
    turns.forget(MEMBER, next_one)
    assert turns.before(MEMBER, next_one) == turns.before(MEMBER, CHANNEL) == NOTHING


def test_a_file_of_lines_is_one_persons_conversation(tmp_path: Path) -> None:
    lines = ("what happened in cebu?", "and in india?", "source?", "thanks")
    batch = tmp_path / "lines.jsonl"
    batch.write_text("\n".join(json.dumps({"q": line}) for line in lines), encoding="utf-8")
    result = CliRunner().invoke(cli, ["ask", "--batch", str(batch), "--conversation"])
    told = [json.loads(line) for line in result.output.splitlines()]
    assert [each["kind"] for each in told] == ["answer", "answer", "command", "talk"]
    assert told[1]["entries"][0]["id"] == "evidence-india"
    assert (told[2]["command"], told[2]["arguments"]) == ("cite", {"entry": "evidence-india"})
    assert told[3]["group"] == "thanks"
