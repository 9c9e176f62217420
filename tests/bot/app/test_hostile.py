"""Two thousand random and hostile inputs: the core raises nothing, mentions nobody, and always keeps its limits."""

import json
import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.app.app import App
from bot.chat.events import Complete, Event, Invocation, Message, Press, Submit, Typed
from bot.chat.replies import BUTTON_ID_LIMIT, Copyable, Reply
from knowledge.pack.files import pack_folder
from tests.fuzzing import LONGER, STEP, TIMES
from tests.people import CHANNEL, MEMBER

LURES = ("@everyone", "@here", "@channel", "<@", "<!", "<#")
HOSTILE = [
    "@everyone free nitro", "<!channel> <@U1> <@&2>", "```\nrm -rf\n```", "[x](javascript:alert(1))", "||a||~~b~~__c__",
    "'; DROP TABLE entries; --", "{{7*7}} ${jndi:ldap://x} %s%n", "\u202eevil\u202c", "\u200b\u200d\ufeff", "\x00\x1b[31m",
    "a" * 12_000, "why " * 4_000, "🚨🔥" * 3_000, "<" * 10_000, "`" * 10_001, "(" * 10_000, "﷽" * 2_000, "Z̴̛͘a̷l̵g̸o̶" * 500,
    "ask style:apa", "cite style:“", 'ask "', "cite \\", "help /ijm-mod add", "fact \n\n", "run:run:run", "normal:normal",
    "http://" + "a" * 5_000, "1,2,3, 4, 5" * 900, "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
]  # fmt: skip
WORDS = [
    "what",
    "ijm",
    "rescue",
    "cebu",
    "2012",
    "79%",
    "police",
    "@everyone",
    "<@1>",
    "?",
    "é",
    "ಠ",
    "\n",
    "private:true",
]
NAMES = ["ask", "outcomes", "referral", "topics", "fact", "cite", "help", "privacy", "quiz", "nothing", ""]
OPTIONS = ["question", "private", "which", "topic", "entry", "style", "revision", "command", "nothing"]
ACTIONS = [
    "entry", "instead", "normal", "none", "card", "topic", "topics", "fact", "cite", "share", "sharefact", "factcard", "sharecard", "helpful",
    "unhelpful", "delete", "run", "edition", "quizpick", "quiznext", "quizmore", "quizagain", "quizalone", "sharequiz",
    "quizscore", "sharescore", "nothing", "revote", "help-page", "mod-help", "topic-page", "awareness-page", "passive",
    "welcome-try", "welcome-setup",
]  # fmt: skip

texts = st.one_of(
    st.text(max_size=200),
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    st.builds(lambda name, rest: f"{name} {rest}", st.sampled_from(NAMES), st.text(max_size=60)),
)
values = st.one_of(texts, st.integers(), st.booleans())
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Message, st.just(MEMBER), st.just(CHANNEL), texts, st.booleans()),
    st.builds(Typed, st.just(MEMBER), st.just(CHANNEL), texts, st.sampled_from(["ijm", "ijm-mod", "x"])),
    st.builds(
        Invocation, st.just(MEMBER), st.just(CHANNEL), st.sampled_from(NAMES),
        st.dictionaries(st.sampled_from(OPTIONS), values, max_size=3),
    ),
    st.builds(Press, st.just(MEMBER), st.just(CHANNEL), st.sampled_from(ACTIONS), texts),
    st.builds(Submit, st.just(MEMBER), st.just(CHANNEL), texts, st.dictionaries(texts, texts, max_size=2)),
)  # fmt: skip


def says_nothing_dangerous(reply: Reply) -> None:
    """What the bot words itself mentions nobody; a block to be copied is the person's own text, given back."""
    own = Reply(tuple(block for block in reply.blocks if not isinstance(block, Copyable)), reply.choices)
    assert not any(lure in own.plain for lure in LURES)
    assert own.plain.strip() or reply.reaction or reply.form
    assert all(len(button.id) <= BUTTON_ID_LIMIT for button in reply.choices)


@pytest.mark.fuzz
@pytest.mark.slow
@settings(
    max_examples=500 * TIMES,
    deadline=None,
    derandomize=not LONGER,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(event=events)
async def test_any_event_is_answered_without_an_error_and_without_a_mention(
    app: App, caplog: pytest.LogCaptureFixture, event: Event
) -> None:
    with caplog.at_level(logging.WARNING):
        reply = await app.handle(event)
    assert not caplog.records
    if reply is None:
        assert isinstance(event, Message | Typed | Invocation | Press)
    elif isinstance(reply, Reply):
        says_nothing_dangerous(reply)


@pytest.mark.fuzz
@settings(max_examples=300 * TIMES, deadline=None, derandomize=not LONGER, suppress_health_check=list(HealthCheck))
@given(text=texts, name=st.sampled_from(NAMES), option=st.sampled_from(OPTIONS))
async def test_any_half_typed_option_is_completed_within_the_limits(
    app: App, text: str, name: str, option: str
) -> None:
    choices = await app.complete(Complete(MEMBER, CHANNEL, name, option, text))
    assert len(choices) <= 25
    assert all(1 <= len(label) <= 100 for label, _ in choices)


@pytest.mark.fuzz
@pytest.mark.slow
async def test_no_practice_message_raises_or_mentions(app: App) -> None:
    folders = (Path(__file__).parent.parent.parent / "questions", pack_folder() / "practice_questions")
    for path in (path for folder in folders for path in folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::STEP]:
            reply = await app.handle(Message(MEMBER, CHANNEL, json.loads(line)["q"], addressed=True))
            if isinstance(reply, Reply):
                says_nothing_dangerous(reply)
