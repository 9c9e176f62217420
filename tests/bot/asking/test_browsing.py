"""Browsing: the four outcomes, the agencies, the topics, and what is typed wrong."""

import pytest

from bot.app.app import App
from bot.chat.replies import Heading
from tests.people import invoked, pressed, typed


async def test_outcomes_lists_the_four_and_opens_each(app: App) -> None:
    reply = await invoked(app, "outcomes")
    assert reply.menu is not None
    assert [row.action for row in reply.menu.rows] == ["entry"] * 4
    for word in ("Rescue", "justice", "Restore", "transformation"):
        assert word in reply.plain
    opened = await pressed(app, reply, reply.choices[0].label)
    assert opened.blocks[0] == Heading("How does IJM rescue victims?")


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("outcomes rescue", "How does IJM rescue victims?"),
        ("outcomes rescue victims", "How does IJM rescue victims?"),
        ("outcomes 2", "How does IJM bring criminals to justice?"),
        ("outcomes criminals", "How does IJM bring criminals to justice?"),
        ("outcomes restoration", "How does IJM help survivors rebuild their lives?"),
        ("outcomes which:restore-survivors", "How does IJM help survivors rebuild their lives?"),
        ("OUTCOMES Transform", "What does IJM mean by justice system transformation?"),
        ("outcomes transfrom", "What does IJM mean by justice system transformation?"),
        ("outcomes justice system", "What does IJM mean by justice system transformation?"),
    ],
)
async def test_an_outcome_is_opened_by_any_of_its_names(app: App, line: str, heading: str) -> None:
    assert (await typed(app, line)).blocks[0] == Heading(heading)


async def test_a_bad_argument_gets_the_usage(app: App) -> None:
    reply = await typed(app, "outcomes banana")
    assert "“which” is one of: rescue, justice, restore, transform." in reply.plain
    assert "Usage: /ijm outcomes [which:rescue|justice|restore|transform]" in reply.plain
    assert reply.private


async def test_a_missing_argument_gets_the_usage(app: App) -> None:
    reply = await typed(app, "ask")
    assert "“question” is missing" in reply.plain
    assert "Usage: /ijm ask <question>" in reply.plain


async def test_referral_names_the_agencies_and_is_private(app: App) -> None:
    reply = await typed(app, "referral")
    for agency in ("Polaris", "LawHelp.org", "Legal Services Corporation", "FindLegalHelp.org", "911"):
        assert agency in reply.plain
    assert reply.private


async def test_topics_lead_to_questions_and_questions_to_answers(app: App) -> None:
    topics = await typed(app, "topics")
    assert topics.menu is not None
    assert len(topics.menu.rows) == len(app.services.pack.topics)
    questions = await pressed(app, topics, "Aftercare")
    assert questions.blocks[0] == Heading("Aftercare")
    answer = await pressed(app, questions, "What restoration means")
    assert "re-victimization" in answer.plain
    assert (await pressed(app, questions, "All topics")).blocks == topics.blocks


@pytest.mark.parametrize("name", ["results", "Evidence and results", "EVID", "evidence and"])
async def test_a_topic_is_named_by_id_title_or_beginning(app: App, name: str) -> None:
    assert (await typed(app, f"topics {name}")).blocks[0] == Heading("Evidence and results")


async def test_an_unknown_topic_gets_the_list(app: App) -> None:
    assert "“topic” is one of: about, outcomes" in (await typed(app, "topics pizza")).plain


@pytest.mark.parametrize(
    ("line", "meant"), [("outcoms", "outcomes"), ("refferal", "referral"), ("topcis aftercare", "topics aftercare")]
)
async def test_a_mistyped_command_gets_the_nearest_one(app: App, line: str, meant: str) -> None:
    reply = await typed(app, line)
    assert f"Did you mean /ijm {meant}?" in reply.plain
    run = await pressed(app, reply, f"/ijm {meant}")
    assert run.blocks == (await typed(app, meant)).blocks


async def test_every_entry_can_be_reached_by_browsing(app: App) -> None:
    reached: set[str] = set()
    for row in (await typed(app, "topics")).choices:
        if row.action == "topic":
            questions = await typed(app, f"topics {row.value}")
            reached |= {each.value for each in questions.choices if each.action == "entry"}
    assert reached == {entry.id for entry in app.services.pack.entries}
