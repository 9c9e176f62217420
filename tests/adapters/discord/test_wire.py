"""Commands, menus and buttons on the real discord.py, against a local Discord."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.app.app import App
from bot.commands.context import Services
from bot.commands.declarations import SHORTCUTS
from tests.adapters.discord.running import CALLBACK, COVER, DANGER, SURE, Chat, chatting, labels, menu_of, served
from tests.servers.discord.faults import held
from tests.servers.discord.interactions import CallbackType
from tests.servers.discord.posts import MessageType
from tests.servers.discord.rules.values import NotOffered
from tests.servers.discord.server import DiscordServer

pytestmark = pytest.mark.slow


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with chatting(app) as made:
        yield made
    for call in made.server.calls:
        data = (call.json.get("data") or call.json) if isinstance(call.json, dict) else {}
        if data.get("embeds") or data.get("content"):
            assert data["allowed_mentions"] == {"parse": []}, call.line


@pytest.mark.parametrize(
    ("path", "options", "shown", "private"),
    [
        ("ijm ask", {"question": SURE}, "How long do aftercare programs last?", False),
        ("ijm ask", {"question": SURE, "private": True}, "How long do aftercare programs last?", True),
        ("ijm ask", {"question": "where does the chess club meet"}, "I don't know that", False),
        ("ijm outcomes", {}, "four", False),
        ("ijm outcomes", {"which": "rescue"}, "rescue", False),
        ("ijm referral", {}, "Polaris", True),
        ("ijm topics", {}, "What I know about", False),
        ("ijm topics", {"topic": "aftercare"}, "Aftercare", False),
        ("ijm topics", {"topic": "no such topic"}, "is one of", True),
        ("ijm fact", {}, "Source:", False),
        ("ijm cite", {"entry": "evidence-cebu", "style": "mla"}, "MLA citation", False),
        ("ijm help", {}, "What I can do", True),
        ("ijm help", {"command": "ask"}, "Usage", True),
        ("ijm privacy", {}, "What I keep", True),
    ],
)
async def test_a_command_is_answered(
    chat: Chat, path: str, options: dict[str, str | bool], shown: str, private: bool
) -> None:
    post = await chat.slash(path, options)
    assert shown.lower() in post.text.lower()
    assert post.ephemeral is private
    assert post.pings == set()


async def test_every_command_for_everyone_works_in_a_direct_conversation(chat: Chat, app: App) -> None:
    for command in app.registry.open_to(0, "ijm"):
        given = {o.name: o.choices[0] if o.choices else "evidence-cebu" for o in command.options if o.required}
        post = await chat.slash(f"ijm {command.name}", given, channel=chat.world.dm)
        assert post.channel_id == chat.world.dm.id
        assert "something went wrong" not in post.text


async def test_the_moderators_head_is_not_offered_to_members_nor_in_direct_conversations(chat: Chat) -> None:
    with pytest.raises(NotOffered, match="lacks the permissions"):
        await chat.slash("ijm-mod settings")
    with pytest.raises(NotOffered, match="context"):
        await chat.slash("ijm-mod settings", user=chat.head, channel=chat.world.dm)
    assert "Settings\n" in (await chat.slash("ijm-mod settings", user=chat.head)).text


async def test_a_member_to_whom_an_admin_gave_the_moderators_head_is_still_refused(chat: Chat) -> None:
    used = await chat.server.slash(chat.world.member, chat.world.channel, "ijm-mod settings", checked=False)
    post = await used.answered()
    assert "or you can't use it" in post.text
    assert post.ephemeral


@pytest.mark.parametrize(
    ("path", "option", "typed", "first"),
    [
        ("ijm ask", "question", "how long aftercar", "aftercare-duration"),
        ("ijm cite", "entry", "cebu", "evidence-cebu"),
        ("ijm topics", "topic", "after", "aftercare"),
        ("ijm help", "command", "ref", "referral"),
    ],
)
async def test_an_option_is_completed_while_it_is_typed(
    chat: Chat, path: str, option: str, typed: str, first: str
) -> None:
    used = await chat.server.autocomplete(chat.world.member, chat.world.channel, path, option, typed)
    choices = await used.choices()
    assert choices[0][1] == first
    assert len(choices) <= 25


async def test_a_completed_question_is_answered_by_its_entry(chat: Chat) -> None:
    used = await chat.server.autocomplete(chat.world.member, chat.world.channel, "ijm ask", "question", "cebu")
    label, value = (await used.choices())[0]
    assert label in (await chat.slash("ijm ask", {"question": value})).text


async def test_a_related_question_is_opened_for_the_one_who_chose_it(chat: Chat) -> None:
    post = await chat.slash("ijm ask", {"question": SURE})
    label, value = menu_of(post)[0]
    opened = await chat.choose(post, value, chat.world.owner)
    assert label == "Aftercare programs"
    assert "Which aftercare programs does IJM have for survivors?" in opened.text
    assert opened.viewer_id == chat.world.owner.id
    assert len(post.versions) == 1


async def test_each_button_of_an_answer_does_what_it_says(chat: Chat) -> None:
    post = await chat.slash("ijm ask", {"question": "what happened in cebu?"})
    assert labels(post) == ["👍", "👎", "Cite this", "Not what I meant", "Delete"]
    cited = await chat.press(post, "Cite this")
    assert "APA citation" in cited.text
    assert "MLA citation" in (await chat.press(cited, "MLA")).text
    instead = await chat.press(post, "Not what I meant")
    assert "Did you mean" in instead.text
    assert (await chat.press(instead, labels(instead)[0])).text != instead.text
    none = await chat.press(instead, "None of these")
    assert "I don't know that" in none.text
    assert all(each.ephemeral for each in (cited, instead, none))


async def test_topics_open_by_menu_and_by_button(chat: Chat) -> None:
    topics = await chat.slash("ijm topics")
    topic = await chat.choose(topics, "topic:aftercare")
    assert "Aftercare" in topic.text
    assert "What I know about" in (await chat.press(topic, "All topics")).text
    entry = await chat.choose(topic, menu_of(topic)[0][1])
    assert "Source:" in entry.text


async def test_a_vote_is_kept_without_saying_who_gave_it(chat: Chat, services: Services) -> None:
    post = await chat.slash("ijm ask", {"question": SURE})
    for label, user in (("👍", chat.world.member), ("👎", chat.world.member), ("👍", chat.world.owner)):
        thanks = await chat.press(post, label, user)
        assert "I don't keep who voted" in thanks.text
        assert thanks.ephemeral
    again = await chat.pressed(post, "👍", chat.world.owner)
    assert (await again.responded()).type is CallbackType.DEFERRED_UPDATE
    assert len(post.versions) == 1
    votes = (await services.store.feedback(f"discord:guild/{chat.world.guild.id}"))["aftercare-duration"]
    assert (votes.helpful, votes.unhelpful) == (1, 1)


async def test_a_private_answer_is_shared_by_the_one_who_got_it(chat: Chat) -> None:
    hidden = await chat.slash("ijm ask", {"question": SURE, "private": True})
    assert "Delete" not in labels(hidden)
    shared = await (await chat.pressed(hidden, "Share here")).followed_up()
    assert not shared.ephemeral
    assert "Shared by A member" in shared.text
    assert "Share here" not in labels(shared)
    assert "Share here" not in labels(hidden)
    assert "Cite this" in labels(hidden)


async def test_thumbs_on_a_private_answer_become_thanks_and_the_rest_of_it_stays(chat: Chat) -> None:
    post = await chat.slash("ijm ask", {"question": "what happened in cebu?", "private": True})
    before = post.json["embeds"], labels(post)
    voted = await chat.press(post, "👍")
    assert voted is post
    assert labels(post) == ["👍 Thanks! Change my vote", *before[1][2:]]
    await chat.press(post, "👍 Thanks! Change my vote")
    assert (post.json["embeds"], labels(post)) == before


async def test_nobody_votes_in_a_direct_conversation_of_which_nothing_is_kept(chat: Chat) -> None:
    post = await chat.slash("ijm ask", {"question": SURE}, channel=chat.world.dm)
    assert "👍" not in labels(post)
    assert "Cite this" in labels(post)


async def test_a_card_takes_the_place_of_the_private_fact_and_its_button_goes(chat: Chat) -> None:
    fact = await chat.press(await chat.slash("ijm fact"), "Another one")
    card = await chat.press(fact, "Make a card")
    assert card is fact
    assert len(card.json["attachments"]) == 2
    assert "Make a card" not in labels(card)
    assert "Share here" in labels(card)


async def test_a_card_of_a_public_fact_is_private_and_the_button_stays_for_the_others(chat: Chat) -> None:
    fact = await chat.slash("ijm fact")
    card = await chat.press(fact, "Make a card")
    assert card.ephemeral
    assert "Make a card" in labels(fact)
    assert len(fact.versions) == 1


async def test_another_fact_is_private_and_can_be_shared(chat: Chat) -> None:
    fact = await chat.slash("ijm fact")
    another = await chat.press(fact, "Another one")
    assert another.ephemeral
    assert another.text != fact.text
    shared = await (await chat.pressed(another, "Share here")).followed_up()
    assert another.text.splitlines()[0] in shared.text
    assert not shared.ephemeral


async def test_the_asker_deletes_the_reply(chat: Chat) -> None:
    post = await chat.slash("ijm ask", {"question": SURE})
    pressed = await chat.pressed(post, "Delete")
    assert (await pressed.responded()).type is CallbackType.DEFERRED_UPDATE
    await chat.settled()
    assert post.deleted


async def test_a_moderator_deletes_the_reply_and_others_do_not(chat: Chat) -> None:
    post = await chat.slash("ijm ask", {"question": SURE})
    refused = await chat.press(post, "Delete", chat.world.moderator)
    assert "Only the person who asked" in refused.text
    assert refused.ephemeral
    assert not post.deleted
    await chat.pressed(post, "Delete", chat.head)
    await chat.settled()
    assert post.deleted


async def test_a_reply_to_a_mention_and_one_in_a_direct_conversation_are_deleted_too(chat: Chat) -> None:
    said = await chat.server.say(chat.world.member, chat.world.dm, SURE)
    for post in (await chat.mention(SURE), await chat.server.posted(chat.world.dm, after=said)):
        await chat.pressed(post, "Delete")
        await chat.settled()
        assert post.deleted


async def test_what_is_deleted_twice_is_gone_once(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    post = await chat.slash("ijm ask", {"question": SURE})
    # Two presses before the bot could answer either.
    both = asyncio.Event()
    chat.server.fail(CALLBACK, held(both), times=2)
    await chat.pressed(post, "Delete")
    await chat.pressed(post, "Delete", chat.head)
    await chat.server.gateway.delivered()
    both.set()
    await chat.settled()
    assert post.deleted
    assert "Could not handle" not in caplog.text


async def test_the_message_command_answers_a_message_privately(chat: Chat) -> None:
    said = await chat.server.say(chat.world.owner, chat.world.channel, SURE)
    post = await (await chat.server.message_command(chat.world.member, said, SHORTCUTS[0].name)).answered()
    assert "2 years" in post.text
    assert (post.ephemeral, post.json["type"]) == (True, MessageType.CONTEXT_MENU_COMMAND)
    shared = await (await chat.pressed(post, "Share here")).followed_up()
    assert not shared.ephemeral


@pytest.mark.parametrize("words", ["x " * 3_000, "😂", "https://example.org", "@everyone <@&1>", "evidence-cebu"])
async def test_the_message_command_takes_any_message(chat: Chat, words: str) -> None:
    said = await chat.server.say(chat.world.owner, chat.world.channel, words)
    post = await (await chat.server.message_command(chat.world.member, said, SHORTCUTS[0].name)).answered()
    assert post.ephemeral
    assert "something went wrong" not in post.text


async def test_the_message_command_says_what_is_missing_where_a_message_has_no_words(chat: Chat) -> None:
    said = await chat.server.say(chat.world.owner, chat.world.channel, "")
    post = await (await chat.server.message_command(chat.world.member, said, SHORTCUTS[0].name)).answered()
    assert post.ephemeral
    assert post.text


async def test_the_safety_card_is_seen_by_the_asker_alone(chat: Chat) -> None:
    card = await chat.slash("ijm ask", {"question": DANGER, "private": False})
    assert card.ephemeral
    assert "911" in card.text
    assert "passport" not in card.text
    assert COVER not in card.text
    normal = await chat.press(card, "I was asking for a paper")
    assert normal.ephemeral
    assert "ijm referral" in normal.text


async def test_buttons_work_after_a_restart(app: App, services: Services) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        async with served(app, server):
            post = await chat.slash("ijm ask", {"question": "what happened in cebu?"})
            mentioned = await chat.mention(SURE)
        async with served(App(services), server):
            assert "APA citation" in (await chat.press(post, "Cite this")).text
            assert "Did you mean" in (await chat.press(post, "Not what I meant")).text
            assert (await chat.choose(mentioned, menu_of(mentioned)[0][1])).ephemeral
            await chat.pressed(mentioned, "Delete")
            await chat.settled()
        assert mentioned.deleted
        assert not server.violations


async def test_the_app_of_a_user_answers_in_a_server_that_the_bot_is_not_in(chat: Chat) -> None:
    elsewhere = chat.world.add_guild("elsewhere", chat.world.owner)
    channel = chat.world.add_channel(elsewhere, "channel")
    post = await chat.slash("ijm ask", {"question": SURE}, chat.world.owner, channel)
    assert "2 years" in post.text
    hidden = await chat.choose(post, menu_of(post)[0][1], chat.world.owner)
    assert not (await (await chat.pressed(hidden, "Share here", chat.world.owner)).followed_up()).ephemeral
    await chat.pressed(post, "Delete", chat.world.owner)
    await chat.settled()
    assert post.deleted


async def test_nothing_that_is_typed_into_a_command_can_ping(chat: Chat) -> None:
    lure = f"@everyone {chat.world.owner.mention} {chat.world.moderators.mention}"
    for path, option in (("ijm help", "command"), ("ijm cite", "entry"), ("ijm topics", "topic")):
        post = await chat.slash(path, {option: lure})
        assert post.pings == set()
        assert chat.world.owner.mention not in post.text


async def test_help_is_paged_in_place_for_who_asked_and_a_public_list_stays_for_the_others(chat: Chat) -> None:
    used = await chat.server.slash(chat.head, chat.world.channel, "ijm-mod help")
    post = await used.answered()
    first = post.text
    assert await chat.press(post, "Next page", chat.head) is post
    assert "Page 2 of" in post.text
    await chat.press(post, "Previous page", chat.head)
    assert post.text == first
    public = await chat.slash("ijm awareness")
    turned = await chat.press(public, "Next page", chat.world.owner)
    assert turned.viewer_id == chat.world.owner.id
    assert len(public.versions) == 1
    assert await chat.press(turned, "Previous page", chat.world.owner) is turned
