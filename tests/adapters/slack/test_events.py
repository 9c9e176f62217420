"""Slack's payloads as events: what is answered, as what, and where."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.events import EDITED_SECONDS, Address, Heard, heard
from adapters.slack.members import member
from adapters.slack.rendering.forms import MARKDOWN
from adapters.slack.texts import forwarded, spoken
from bot.chat.events import Home, Invocation, Message, Place, Press, Submit, Typed, User
from bot.chat.roles import ADMINISTRATES, MODERATES
from bot.commands.declarations import SHORTCUTS

ME = "U0BOT"
COMMANDS = frozenset({"topics", "fact"})
USER = User("slack:T1/U7", "U7")
CHANNEL = Place("slack:T1/C3", "slack:T1")
NAMED: dict[str, Any] = {"id": "U7", "name": "kim", "team_id": "T1"}


def told(body: dict[str, Any]) -> Heard | None:
    return heard(body, ME, COMMANDS)


def event(**parts: Any) -> dict[str, Any]:
    inner = {"type": "message", "user": "U7", "channel": "C3", "ts": "10.5", "text": "hi"} | parts
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner}


def slash(text: str, command: str = "/ijm", channel: str = "C3") -> dict[str, Any]:
    return {
        "command": command, "text": text, "team_id": "T1", "user_id": "U7", "user_name": "kim",
        "channel_id": channel, "response_url": "https://r", "trigger_id": "t",
    }  # fmt: skip


def pressed(action: dict[str, Any], **parts: Any) -> dict[str, Any]:
    container = {"type": "message", "message_ts": "9.1", "channel_id": "C3", "is_ephemeral": False}
    body = {"type": "block_actions", "team": {"id": "T1"}, "user": NAMED, "channel": {"id": "C3"}}
    return body | {"container": container, "response_url": "https://r", "trigger_id": "t", "actions": [action]} | parts


def test_a_slash_command_is_a_line_for_the_asker_alone() -> None:
    kim = replace(USER, name="kim")
    found = told(slash("what &amp; “why” &lt;x&gt;"))
    assert found == Heard(
        Typed(kim, CHANNEL, "what & “why” <x>", "ijm", private=True),
        Address("T1", "U7", "C3", response_url="https://r", trigger="t"),
    )
    mod = told(slash("", "/ijm-mod", "D9"))
    assert mod is not None
    assert mod.event == Typed(kim, Place("slack:T1/D9", "slack:T1", direct=True), "", "ijm-mod", private=True)


def test_a_mention_is_answered_in_its_thread() -> None:
    found = told(event(type="app_mention", text=f"<@{ME}> how long?"))
    assert found is not None
    assert found.event == Message(USER, replace(CHANNEL, thread="10.5"), "how long?", addressed=True)
    assert (found.address.thread, found.address.begun) == ("10.5", None)
    inside = told(event(type="app_mention", text=f"hey <@{ME}>", thread_ts="8.0"))
    assert inside is not None
    assert (inside.address.thread, inside.address.begun) == ("8.0", "8.0")


def test_a_mention_and_its_message_are_the_same_message() -> None:
    mention, message = told(event(type="app_mention", text=f"<@{ME}> hi")), told(event(text=f"<@{ME}> hi"))
    assert mention is not None
    assert message is not None
    assert mention.event == message.event
    assert mention.keys[-1] == message.keys[-1] == "slack:message/C3/10.5"
    assert mention.keys[0] == "slack:event/Ev1"


def test_a_direct_message_is_answered_plainly() -> None:
    found = told(event(channel="D9", channel_type="im"))
    assert found is not None
    assert found.event == Message(USER, Place("slack:T1/D9", "slack:T1", direct=True), "hi", addressed=True)
    assert found.address.thread is None


def test_what_is_said_to_others_is_overheard() -> None:
    found = told(event(text="<@U2> how long?"))
    assert found is not None
    assert isinstance(found.event, Message)
    assert not found.event.addressed


@pytest.mark.parametrize(
    ("text", "line", "head"),
    [
        ("topics", "topics", "ijm"),
        ("Topics ", "Topics", "ijm"),
        ("/ijm cite x mla", "cite x mla", "ijm"),
        ("/ijm-mod settings", "settings", "ijm-mod"),
        ("/ijm", "", "ijm"),
    ],
)
def test_a_mention_can_be_a_command_because_threads_have_no_slash_commands(text: str, line: str, head: str) -> None:
    found = told(event(type="app_mention", text=f"<@{ME}> {text}"))
    assert found is not None
    assert found.event == Typed(USER, replace(CHANNEL, thread="10.5"), line, head)


@pytest.mark.parametrize("text", ["topics about courts?", "ijm topics", "/other thing", "what is a fact"])
def test_a_question_stays_a_question(text: str) -> None:
    found = told(event(type="app_mention", text=f"<@{ME}> {text}"))
    assert found is not None
    assert isinstance(found.event, Message)


@pytest.mark.parametrize(
    "parts",
    [
        {"bot_id": "B1"},
        {"user": ME},
        {"user": None},
        {"subtype": "message_changed", "hidden": True},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"edited": {"user": "U7", "ts": "11.0"}},
        {"type": "reaction_added"},
    ],
)
def test_bots_edits_deletions_and_notices_are_ignored(parts: dict[str, Any]) -> None:
    assert told(event(**parts)) is None


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
def test_a_reply_that_is_also_sent_to_the_channel_a_file_and_a_me_message_are_heard(subtype: str) -> None:
    assert told(event(subtype=subtype)) is not None


@pytest.mark.parametrize(("seconds", "heard"), [(1, True), (EDITED_SECONDS, True), (EDITED_SECONDS + 1, False)])
def test_an_edit_that_mentions_the_bot_is_heard_for_a_day(seconds: int, heard: bool) -> None:
    edited = {"user": "U7", "ts": f"{10.5 + seconds}"}
    found = told(event(type="app_mention", text=f"<@{ME}> hi", edited=edited))
    assert (found is not None) is heard
    assert told(event(text=f"<@{ME}> hi", edited=edited)) is None


@pytest.mark.parametrize(
    ("attachments", "quoted"),
    [
        ([{"is_share": True, "text": "how &amp; <https://a.example|why>?"}], "how & why?"),
        ([{"is_msg_unfurl": True, "fallback": "[May 1st] kim: how?"}], "[May 1st] kim: how?"),
        ([{"is_share": True, "files": [{}]}], ""),
        ([{"text": "a preview of a web page"}], None),
        ([], None),
    ],
)
def test_a_forward_is_what_a_message_quotes(attachments: list[dict[str, Any]], quoted: str | None) -> None:
    found = told(event(channel="D1", text="", attachments=attachments))
    assert isinstance(found.event, Message)
    assert found.event.quoted == quoted == forwarded({"attachments": attachments})
    overheard = told(event(text="", attachments=attachments))
    assert isinstance(overheard.event, Message)
    assert overheard.event.quoted is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<https://x.org|x.org> &amp; <https://y.org>", "x.org & https://y.org"),
        ("<#C1|general> <!here> <@U2> a", "#general !here  a"),
        ("a <b &lt;c&gt;", "a <b <c>"),
        (f"<@{ME}> hi <@{ME}|bot>", "hi"),
    ],
)
def test_text_is_read_as_people_see_it(text: str, words: str) -> None:
    assert spoken(text, ME) == words


def test_a_button_and_a_choice_are_presses() -> None:
    kim = replace(USER, name="kim")
    assert told(pressed({"action_id": "cite:a b", "type": "button"})) == Heard(
        Press(kim, CHANNEL, "cite", "a b"),
        Address("T1", "U7", "C3", response_url="https://r", trigger="t", message="9.1"),
    )
    chosen = told(pressed({"action_id": "menu", "selected_option": {"value": "topic:about"}}))
    assert chosen is not None
    assert chosen.event == Press(kim, CHANNEL, "topic", "about")


def test_a_press_on_an_ephemeral_message_in_a_thread_is_answered_in_the_thread() -> None:
    container = {"message_ts": "9.1", "channel_id": "C3", "is_ephemeral": True, "thread_ts": "8.0"}
    found = told(pressed({"action_id": "share:x"}, container=container))
    assert found is not None
    assert (found.address.ephemeral, found.address.begun, found.event.place.thread) == (True, "8.0", "8.0")


def test_a_press_on_the_home_tab_is_answered_there() -> None:
    parts: dict[str, Any] = {"view": {"type": "home"}, "container": {"type": "view"}, "channel": None}
    place = Place("slack:T1/U7", "slack:T1", direct=True, posts=False)
    found = told(pressed({"action_id": "topic:about"}, **parts, response_url=None))
    assert found is not None
    assert found.address.home
    assert found.event.place == place
    back = told(pressed({"action_id": "home:"}, **parts))
    assert back is not None
    assert isinstance(back.event, Home)


@pytest.mark.parametrize("action", [{}, {"action_id": "nonsense"}, {"action_id": "menu", "selected_option": None}])
def test_what_no_button_of_the_bot_says_is_ignored(action: dict[str, Any]) -> None:
    assert told(pressed(action)) is None


def test_the_home_tab_is_a_home_and_the_messages_tab_is_not() -> None:
    found = told(event(type="app_home_opened", tab="home"))
    assert found is not None
    assert found.event == Home(USER, Place("slack:T1/U7", "slack:T1", direct=True, posts=False))
    assert found.keys == ("slack:event/Ev1",)
    messages = told(event(type="app_home_opened", channel="D1", tab="messages"))
    assert (messages.event, messages.address.home) == (Home(USER, Place("slack:T1/D1", "slack:T1", direct=True)), False)


def test_the_message_shortcut_asks_what_the_message_says() -> None:
    body = {
        "type": "message_action", "callback_id": SHORTCUTS[0].id, "team": {"id": "T1"}, "user": NAMED, "channel": {"id": "C3"},
        "message": {"text": "how &amp; why?" + "x" * 3000, "ts": "9.1", "thread_ts": "8.0"}, "response_url": "https://r",
    }  # fmt: skip
    found = told(body)
    assert found is not None
    assert isinstance(found.event, Invocation)
    assert str(found.event.arguments["question"]).startswith("how & why?x")
    assert len(str(found.event.arguments["question"])) == 2000
    assert found.event.arguments["private"] is True
    assert found.address.begun == "8.0"
    assert told(body | {"callback_id": "other"}) is None


def test_a_form_comes_back_with_its_values_and_its_place() -> None:
    kept = Address("T1", "U7", "C3", begun="8.0", response_url="https://r").metadata
    state = {"values": {"what": {"what": {"value": "a"}}, "why": {"why": {"value": None}}}}
    view = {"callback_id": "wish", "private_metadata": kept, "state": state}
    found = told({"type": "view_submission", "team": {"id": "T1"}, "user": NAMED, "view": view})
    assert found is not None
    place = replace(CHANNEL, thread="8.0")
    assert found.event == Submit(replace(USER, name="kim"), place, "wish", {"what": "a", "why": ""})
    assert (found.address.channel, found.address.response_url) == ("C3", "https://r")


@pytest.mark.parametrize("body", [{}, {"type": "view_closed"}, {"type": "shortcut"}, {"type": "block_suggestion"}])
def test_other_payloads_are_ignored(body: dict[str, Any]) -> None:
    assert told(body) is None


@pytest.mark.parametrize(
    ("parts", "groups"),
    [
        ({}, set()),
        ({"is_admin": True}, {MODERATES}),
        ({"is_admin": True, "is_owner": True}, {ADMINISTRATES}),
        ({"is_primary_owner": True}, {ADMINISTRATES}),
        ({"is_admin": True, "team_id": "T2"}, set()),
        ({"is_owner": True, "team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}, {ADMINISTRATES}),
        ({"is_owner": True, "is_stranger": True}, set()),
        ({"is_admin": True, "deleted": True}, set()),
        ({"is_admin": True, "is_bot": True}, set()),
    ],
)
def test_only_owners_and_admins_of_the_workspace_have_groups(parts: dict[str, Any], groups: set[str]) -> None:
    user = {"id": "U7", "team_id": "T1", "name": "kim", "profile": {"display_name": "", "real_name": "Kim"}} | parts
    assert member(user, "T1").groups == groups
    assert member(user, "T1").name == "Kim"


# The ids of workspaces and organisations, as docs.slack.dev/reference/objects has them.
_TEAMS = st.from_regex(r"T[A-Z0-9]{2,8}", fullmatch=True)
_ORGANISATIONS = st.none() | st.from_regex(r"E[A-Z0-9]{2,8}", fullmatch=True)


@given(
    installed=_TEAMS,
    elsewhere=_TEAMS,
    organisation=_ORGANISATIONS,
    named=st.sampled_from(["authorizations", "context_team_id"]),
    kind=st.sampled_from(["message", "app_mention", "app_home_opened"]),
)
def test_an_events_community_is_that_of_its_installation(
    installed: str, elsewhere: str, organisation: str | None, named: str, kind: str
) -> None:
    """Shared channels, guests and Enterprise Grid: where the writer is from does not matter."""
    authorization = {"enterprise_id": organisation, "team_id": installed if named == "authorizations" else None}
    body = event(type=kind, tab="home", user_team=elsewhere, source_team=elsewhere, team=elsewhere) | {
        "team_id": elsewhere,
        "context_team_id": installed,
        "enterprise_id": organisation,
        "context_enterprise_id": organisation,
        "is_ext_shared_channel": True,
        "authorizations": [
            authorization | {"user_id": ME, "is_bot": True, "is_enterprise_install": bool(organisation)}
        ],
    }
    found = told(body)
    assert found is not None
    assert found.event.place.community == f"slack:{installed}"
    assert found.event.user.id == f"slack:{installed}/U7"
    assert found.address.team == installed


@given(installed=_TEAMS, elsewhere=_TEAMS, home=st.booleans())
def test_a_press_and_a_form_are_of_the_workspace_that_installed_the_bot(
    installed: str, elsewhere: str, home: bool
) -> None:
    person = NAMED | {"team_id": elsewhere}
    parts: dict[str, Any] = {"team": {"id": elsewhere}, "user": person}
    if home:
        parts |= {"view": {"type": "home", "app_installed_team_id": installed}, "container": {"type": "view"}}
    else:
        parts |= {"message": {"team": installed, "bot_id": "B1"}}
    found = told(pressed({"action_id": "cite:e"}, **parts))
    assert found is not None
    assert found.event.place.community == f"slack:{installed}"
    view = {"callback_id": "new:1", "app_installed_team_id": installed, "private_metadata": '{"channel": "C3"}'}
    sent = told({"type": "view_submission", "team": {"id": elsewhere}, "user": person, "view": view})
    assert sent is not None
    assert sent.event.place.community == f"slack:{installed}"


def test_a_message_command_is_of_the_workspace_that_it_is_used_in_whoever_wrote_the_message() -> None:
    found = told(
        {
            "type": "message_action",
            "callback_id": SHORTCUTS[0].id,
            "team": {"id": "T1"},
            "user": NAMED,
            "channel": {"id": "C3"},
            "message": {"text": "hi", "team": "T2"},
        }
    )
    assert found is not None
    assert found.event.place.community == "slack:T1"


def test_only_an_input_of_markdown_reads_bold_the_slack_way() -> None:
    state = {name: {action: {"type": "plain_text_input", "value": "*x*"}} for name, action in
             (("answer", MARKDOWN), ("what", "what"))}  # fmt: skip
    view = {"callback_id": "new:1", "private_metadata": "{}", "state": {"values": state}}
    found = told({"type": "view_submission", "team": {"id": "T1"}, "user": NAMED, "view": view})
    assert found is not None
    assert isinstance(found.event, Submit)
    assert found.event.values == {"answer": "**x**", "what": "*x*"}
