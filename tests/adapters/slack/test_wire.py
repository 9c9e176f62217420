"""The bot on Slack over both transports: everything that a member can do."""

from typing import Any

import pytest

from bot.app.app import App
from bot.commands.community_settings import Setting
from bot.commands.declarations import SHORTCUTS
from tests.adapters.slack.running import DANGER, SURE, label_of
from tests.conftest import NOW
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("bot")
async def test_a_slash_command_is_answered_to_the_asker_alone(slack: SlackServer, kim: User, general: Channel) -> None:
    asked = slack.slash(kim, general, "/ijm", "how long does “aftercare” last")
    assert (await asked.ack()).ok
    answer = await asked.message()
    assert answer.ephemeral_to == kim.id
    assert "How long do aftercare programs last?" in answer.shown
    assert "Source: International Justice Mission, Student Research Questions and Answers" in answer.shown
    assert answer.text.startswith("How long do aftercare programs last?")
    assert answer.notified == frozenset()
    assert "Delete" not in answer.shown


@pytest.mark.usefixtures("bot")
async def test_share_shows_an_answer_to_all_with_who_shared_it(slack: SlackServer, kim: User, general: Channel) -> None:
    asked = await slack.slash(kim, general, "/ijm", SURE).message()
    pressed = slack.press(kim, asked, label_of(asked, "Share here"))
    shared = await pressed.message()
    assert shared.ephemeral_to is None
    assert "Shared by kim" in shared.shown
    typed = await slack.slash(kim, general, "/ijm", f"share {SURE}").message()
    assert typed.ephemeral_to is None
    assert "Shared by kim" in typed.shown


@pytest.mark.usefixtures("bot")
async def test_a_command_with_the_word_payload_is_not_lost(slack: SlackServer, kim: User, general: Channel) -> None:
    answer = await slack.slash(kim, general, "/ijm", "what is a payload").message()
    assert answer.ephemeral_to == kim.id


@pytest.mark.usefixtures("connected")
async def test_a_command_works_where_the_bot_is_not(slack: SlackServer, kim: User) -> None:
    elsewhere = slack.world.add_channel(slack.team, "elsewhere", kim, private=True, with_bot=False)
    shared = await slack.slash(kim, elsewhere, "/ijm", "share outcomes").message()
    assert "Shared by kim" in shared.shown
    gone = slack.press(kim, shared, label_of(shared, "Delete"))
    (change,) = await gone.changes()
    assert (change.did, change.via) == (Did.DELETED, "response_url")


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("", "What I can do"),
        ("outcomes", "four"),
        ("outcomes rescue", "How does IJM rescue victims?"),
        ("cite aftercare-duration mla", "MLA citation"),
        ("topcis", "Did you mean"),
        ("outcomes banana", "Usage"),
        ("fact results", "Year: 2012"),
    ],
)
async def test_every_kind_of_line_is_answered(
    slack: SlackServer, kim: User, general: Channel, line: str, shown: str
) -> None:
    assert shown in (await slack.slash(kim, general, "/ijm", line).message()).shown


@pytest.mark.usefixtures("connected")
async def test_moderators_are_the_admins_of_the_workspace(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    refused = await slack.slash(kim, general, "/ijm-mod", "settings").message()
    assert "There is no such command" in refused.shown
    assert "Settings\n" in (await slack.slash(ada, general, "/ijm-mod", "settings").message()).shown
    await slack.slash(ada, general, "/ijm-mod", "settings passive:true").message()
    assert len(slack.calls("users.info")) == 2


@pytest.mark.usefixtures("connected")
async def test_without_word_of_who_somebody_is_they_are_a_member(
    slack: SlackServer, ada: User, general: Channel
) -> None:
    slack.faults.refuse("users.info", "user_not_found")
    assert "no such command" in (await slack.slash(ada, general, "/ijm-mod", "settings").message()).shown
    assert "Settings\n" in (await slack.slash(ada, general, "/ijm-mod", "settings").message()).shown


@pytest.mark.usefixtures("bot")
async def test_a_mention_is_answered_once_in_its_thread(slack: SlackServer, kim: User, general: Channel) -> None:
    asked = slack.mention(kim, general, SURE)
    assert (await asked.ack()).ok
    answer = await asked.message()
    assert asked.said is not None
    assert answer.thread_ts == asked.said.ts
    assert answer.ephemeral_to is None
    # The message event of the same mention came too; a later answer shows that nothing was in the future.
    followed = slack.mention(kim, general, "topics", thread_ts=asked.said.ts)
    listed = await followed.message()
    assert listed.thread_ts == asked.said.ts
    assert "What I know about" in listed.shown
    assert [message.ts for message in slack.world.thread(asked.said) if message.author.is_bot] == [answer.ts, listed.ts]


@pytest.mark.usefixtures("bot")
async def test_a_direct_message_is_answered_plainly(slack: SlackServer, kim: User) -> None:
    answer = await slack.dm(kim, SURE).message()
    assert answer.thread_ts is None
    assert "How long do aftercare programs last?" in answer.shown


@pytest.mark.usefixtures("bot")
async def test_who_may_be_in_danger_is_answered_alone(slack: SlackServer, kim: User, general: Channel) -> None:
    asked = slack.mention(kim, general, DANGER)
    card = await asked.message()
    assert card.ephemeral_to == kim.id
    assert card.thread_ts is None
    assert "911" in card.shown
    assert asked.said is not None
    again = await slack.mention(kim, general, DANGER, thread_ts=asked.said.ts).message()
    assert (again.ephemeral_to, again.thread_ts) == (kim.id, asked.said.ts)
    assert [message for message in slack.world.said_in(general) if message.author.is_bot] == []


@pytest.mark.usefixtures("connected")
async def test_who_cannot_be_answered_alone_in_the_channel_is_answered_in_a_direct_message(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    slack.faults.refuse("chat.postEphemeral", "user_not_in_channel")
    card = await slack.mention(kim, general, DANGER).message()
    assert card.channel == slack.world.im(kim, slack.bot).id
    assert "911" in card.shown


@pytest.mark.usefixtures("connected")
async def test_edits_deletions_and_bots_are_ignored(slack: SlackServer, kim: User, general: Channel) -> None:
    robot = slack.world.add_user(slack.team, "robot", is_bot=True)
    slack.join(robot, general)
    asked = slack.dm(kim, SURE)
    await asked.message()
    assert asked.said is not None
    ignored = [
        slack.edit(kim, asked.said, "How is ijm funded?"),
        slack.delete(kim, asked.said),
        slack.mention(robot, general, SURE),
        slack.say(kim, general, SURE),
    ]
    for each in ignored:
        assert (await each.ack()).ok
    last = slack.dm(kim, "topics")
    await last.message()
    assert len(slack.calls("chat.postMessage")) == 2


async def test_a_question_to_nobody_is_answered_where_a_moderator_wants_it(
    connected: App, slack: SlackServer, kim: User, general: Channel
) -> None:
    place = f"slack:{slack.team.id}/{general.id}"
    store = connected.services.store
    await store.set_place_setting(f"slack:{slack.team.id}", place, Setting.PASSIVE, True, by="x", now=NOW)
    asked = slack.say(kim, general, SURE)
    answer = await asked.message()
    assert asked.said is not None
    assert answer.thread_ts == asked.said.ts
    assert slack.calls("users.info") == ()


@pytest.mark.usefixtures("bot")
async def test_the_message_shortcut_answers_whoever_used_it(slack: SlackServer, kim: User, general: Channel) -> None:
    parent = slack.say(kim, general, "Does anybody know?").said
    assert parent is not None
    question = slack.say(kim, general, SURE, thread_ts=parent.ts).said
    assert question is not None
    answer = await slack.message_shortcut(kim, question, "answer").message()
    assert (answer.ephemeral_to, answer.thread_ts) == (kim.id, parent.ts)
    shared = await slack.press(kim, answer, label_of(answer, "Share here")).message()
    assert (shared.ephemeral_to, shared.thread_ts) == (None, parent.ts)


@pytest.mark.usefixtures("bot")
async def test_a_button_answers_whoever_presses_it(slack: SlackServer, kim: User, ada: User, general: Channel) -> None:
    answer = await slack.mention(kim, general, SURE).message()
    cited = await slack.press(ada, answer, label_of(answer, "Cite this")).message()
    assert (cited.ephemeral_to, cited.thread_ts) == (ada.id, answer.thread_ts)
    assert "APA citation" in cited.shown
    thanked = await slack.press(ada, answer, label_of(answer, "👍")).message()
    assert "Thanks" in thanked.shown


@pytest.mark.usefixtures("connected")
async def test_a_choice_in_a_menu_is_opened(slack: SlackServer, kim: User, general: Channel) -> None:
    topics = await slack.slash(kim, general, "/ijm", "topics").message()
    questions = await slack.press(kim, topics, "menu", "topic:results").message()
    assert "Evidence and results" in questions.shown


@pytest.mark.usefixtures("connected")
async def test_only_the_asker_or_a_moderator_deletes_an_answer(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    other = slack.world.add_user(slack.team, "other")
    slack.join(other, general)
    for who in (kim, ada):
        answer = await slack.mention(kim, general, SURE).message()
        refused = await slack.press(other, answer, label_of(answer, "Delete")).message()
        assert "Only the person who asked for it" in refused.shown
        (gone,) = await slack.press(who, answer, label_of(answer, "Delete")).changes()
        assert (gone.did, gone.via) == (Did.DELETED, "chat.delete")


@pytest.mark.usefixtures("connected")
async def test_an_admin_of_another_workspace_is_no_moderator_here(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    answer = await slack.mention(kim, general, SURE).message()
    elsewhere = slack.world.add_team("Elsewhere", installed=False)
    stranger = slack.world.add_user(elsewhere, "boss", is_owner=True)
    slack.join(stranger, general)
    slack.world.bots[elsewhere.id] = slack.bot
    slack.press(stranger, answer, label_of(answer, "Delete"))
    await slack.requests.wait(where=lambda request: request.method == "response_url")
    assert slack.world.current(answer) is not None


@pytest.mark.usefixtures("connected")
async def test_on_a_private_answer_thumbs_become_thanks_in_place_and_back(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    for answer in (await slack.slash(kim, general, "/ijm", SURE).message(), await slack.dm(kim, SURE).message()):
        thanked = await slack.press(kim, answer, label_of(answer, "👍")).message()
        assert (thanked.ts, thanked.channel) == (answer.ts, answer.channel)
        assert "How long do aftercare programs last?" in thanked.shown
        with pytest.raises(AssertionError):
            label_of(thanked, "👎")
        label_of(thanked, "Cite this")
        again = await slack.press(kim, thanked, label_of(thanked, "👍 Thanks! Change my vote")).message()
        assert again.ts == answer.ts
        label_of(again, "👎")
        assert again.shown.count("Cite this") <= 1


@pytest.mark.usefixtures("connected")
async def test_a_message_in_the_direct_conversation_keeps_all_but_the_buttons_that_change(
    slack: SlackServer, kim: User
) -> None:
    answer = await slack.dm(kim, SURE).message()
    thanked = await slack.press(kim, answer, label_of(answer, "👎")).message()
    assert [each["text"] for each in thanked.blocks if "text" in each] == [
        each["text"] for each in answer.blocks if "text" in each
    ]
    label_of(thanked, "Delete")


@pytest.mark.usefixtures("connected")
async def test_a_second_vote_of_one_kind_under_a_public_answer_is_not_told_again(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    answer = await slack.mention(kim, general, SURE).message()
    thanked = await slack.press(kim, answer, label_of(answer, "👍")).message()
    assert (thanked.ephemeral_to, thanked.shown.startswith("Thanks! Counted as helpful")) == (kim.id, True)
    assert (await slack.press(kim, answer, label_of(answer, "👍")).ack()).ok
    await slack.dm(kim, "topics").message()
    assert len(slack.calls("response_url")) == 1
    assert slack.world.current(answer) == answer


@pytest.mark.usefixtures("connected")
async def test_a_private_answer_goes_once_it_is_shared(slack: SlackServer, kim: User, general: Channel) -> None:
    asked = await slack.slash(kim, general, "/ijm", SURE).message()
    posted, gone = await slack.press(kim, asked, label_of(asked, "Share here")).changes(2)
    assert posted.message is not None
    assert "Shared by kim" in posted.message.shown
    assert (gone.did, gone.before) == (Did.DELETED, asked)


@pytest.mark.usefixtures("connected")
async def test_thumbs_in_the_home_tab_become_thanks_there(slack: SlackServer, kim: User) -> None:
    start = await slack.open_home(kim).view()
    answer = await slack.press(kim, start, label_of(start, "Rescue")).view()
    thanked = await slack.press(kim, answer, label_of(answer, "👍")).view()
    label_of(thanked, "👍 Thanks! Change my vote")
    assert thanked.blocks[0]["text"] == answer.blocks[0]["text"]


@pytest.mark.usefixtures("bot")
async def test_the_home_tab_is_browsed_in_place(slack: SlackServer, kim: User) -> None:
    opened = slack.open_home(kim)
    start = await opened.view()
    for part in ("IJM answers", "Find help", "Rescue", "Fact of the day", "What I can do"):
        assert part in f"{start.shown} {start.blocks}"
    topic = await slack.press(kim, start, "menu", "topic:aftercare").view()
    assert "Aftercare" in topic.shown
    answer = await _opened(slack, kim, topic)
    assert "Source" in answer.shown
    assert "Delete" not in str(answer.blocks)
    back = await slack.press(kim, answer, "home:").view()
    assert back.blocks[0]["text"] == start.blocks[0]["text"]
    assert "home:" not in str(back.blocks)


async def _opened(slack: SlackServer, kim: User, topic: Any) -> Any:
    """The first question of a topic, opened."""
    for block in topic.blocks:
        for element in block.get("elements", ()):
            if element["type"] == "static_select":
                return await slack.press(kim, topic, "menu", element["options"][0]["value"]).view()
            if str(element.get("action_id", "")).startswith("entry:"):
                return await slack.press(kim, topic, element["action_id"]).view()
    raise AssertionError(topic.shown)


@pytest.mark.usefixtures("bot")
async def test_what_the_bot_does_not_know_is_acknowledged(slack: SlackServer, kim: User, general: Channel) -> None:
    said = slack.say(kim, general, "hello").said
    assert said is not None
    others = (
        slack.shortcut(kim, "unknown"),
        slack.message_shortcut(kim, said, "unknown"),
        slack.open_home(kim, "messages"),
        slack.join(slack.world.add_user(slack.team, "new"), general),
    )
    for each in others:
        assert (await each.ack()).ok


@pytest.mark.usefixtures("connected")
async def test_a_mention_that_an_edit_adds_is_answered_and_no_other_edit(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    said = slack.say(kim, general, SURE).said
    assert said is not None
    answer = await slack.edit(kim, said, f"<@{slack.bot.id}> {SURE}").message()
    assert "How long do aftercare programs last?" in answer.shown
    assert answer.thread_ts == said.ts
    assert (await slack.edit(kim, said, f"<@{slack.bot.id}> {SURE}?").ack()).ok
    asked = slack.dm(kim, SURE)
    await asked.message()
    assert asked.said is not None
    assert (await slack.edit(kim, asked.said, "what is a parking fee").ack()).ok
    await slack.dm(kim, "topics").message()
    assert len(slack.calls("chat.postMessage")) == 3


@pytest.mark.usefixtures("connected")
async def test_a_me_message_is_answered_like_any_other(slack: SlackServer, kim: User, general: Channel) -> None:
    answer = await slack.me(kim, general, f"asks <@{slack.bot.id}> how long aftercare lasts").message()
    assert "How long do aftercare programs last?" in answer.shown
    direct = await slack.me(kim, slack.world.im(kim, slack.bot), SURE).message()
    assert "How long do aftercare programs last?" in direct.shown


@pytest.mark.usefixtures("connected")
async def test_what_is_forwarded_without_words_is_what_is_asked(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    said = slack.say(ada, general, SURE).said
    assert said is not None
    direct = slack.world.im(kim, slack.bot)
    answer = await slack.forward(kim, said, direct).message()
    assert "How long do aftercare programs last?" in answer.shown
    mentioned = await slack.forward(kim, said, general, f"<@{slack.bot.id}>").message()
    assert "How long do aftercare programs last?" in mentioned.shown
    own_words = await slack.forward(kim, said, direct, "what is bonded labor").message()
    assert "aftercare programs last" not in own_words.shown
    danger = slack.say(ada, general, DANGER).said
    assert danger is not None
    assert "911" in (await slack.forward(kim, danger, direct).message()).shown
    chosen = slack.forward(kim, said, general).said
    assert chosen is not None
    asked = await slack.message_shortcut(ada, chosen, SHORTCUTS[0].id).message()
    assert "How long do aftercare programs last?" in asked.shown
