"""The assistant surface: suggestions, a status, a title; and nothing of it for a token without the scope."""

from collections.abc import AsyncIterator

import pytest

from adapters.slack.commands import ASSISTANT_METHODS, Surface, scopes
from bot.app.app import App
from tests.adapters.slack.running import DANGER, SURE, label_of, over_socket_mode
from tests.servers.slack.rules.values import Message, SlackApp, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

TITLE = "How long do aftercare programs last?"


@pytest.fixture(params=[Surface.AGENT, Surface.ASSISTANT])
async def slack(request: pytest.FixtureRequest, app: App) -> AsyncIterator[SlackServer]:
    """A Slack in which the bot was installed with that surface."""
    made = SlackApp(is_agent=request.param is Surface.AGENT)
    async with SlackServer(made, retry_delays=(0.0, 0.0)) as server:
        server.world.refuse_tokens(server.team, "token_revoked")
        token = server.world.install(server.team, scopes(surface=request.param))
        async with over_socket_mode(app, server, bot_token=token):
            yield server
        assert server.unexpected == ()


async def asked(slack: SlackServer, kim: User, words: str) -> tuple[Message, Message]:
    """The message that a new thread hangs under, and the answer to a question in it."""
    if slack.app.is_agent:
        asking = slack.dm(kim, words)
        assert asking.said is not None
        return asking.said, await asking.message()
    root, _ = slack.open_assistant(kim)
    return root, await slack.dm(kim, words, thread_ts=root.ts).message()


async def test_questions_are_suggested_to_who_opens_it(app: App, slack: SlackServer, kim: User) -> None:
    channel = slack.world.im(kim, slack.bot)
    if slack.app.is_agent:
        thread = None
        await slack.open_home(kim, "messages").message()
    else:
        root, begun = slack.open_assistant(kim)
        thread = root.ts
        assert (await begun.ack()).ok
    await slack.requests.wait(where=lambda request: request.method == "assistant.threads.setSuggestedPrompts")
    assert len(slack.world.prompts[channel.id, thread]) == 4
    first = app.services.pack.in_topic(app.services.pack.topics[0].id)[0]
    assert first.question in slack.world.prompts[channel.id, thread]
    answer = await slack.dm(kim, first.question, thread_ts=thread).message()
    assert first.question in answer.shown


async def test_a_question_is_answered_in_its_thread_with_a_status_before_and_a_title_after(
    slack: SlackServer, kim: User
) -> None:
    root, answer = await asked(slack, kim, SURE)
    assert answer.thread_ts == root.ts
    assert TITLE in answer.shown
    await slack.requests.wait(where=lambda request: request.method == "assistant.threads.setTitle")
    assert slack.world.titles == {(root.channel, root.ts): TITLE}
    (status,) = slack.calls("assistant.threads.setStatus")
    assert status.arguments["status"] == "is looking it up…"
    methods = [each.method for each in slack.requests.since()]
    assert methods.index("assistant.threads.setStatus") < methods.index("chat.postMessage")
    assert slack.world.statuses == {}
    cited = await slack.press(kim, answer, label_of(answer, "Cite this")).message()
    assert cited.thread_ts == root.ts
    followed = await slack.dm(kim, "source?", thread_ts=root.ts).message()
    assert followed.thread_ts == root.ts
    assert len(slack.world.titles) == 1


async def test_a_thread_about_somebody_in_danger_has_no_title(slack: SlackServer, kim: User) -> None:
    root, card = await asked(slack, kim, DANGER)
    assert "911" in card.shown
    assert card.thread_ts == root.ts
    await asked(slack, kim, SURE)
    await slack.requests.wait(where=lambda request: request.method == "assistant.threads.setTitle")
    assert (root.channel, root.ts) not in slack.world.titles


async def test_what_gets_a_reaction_leaves_no_status(slack: SlackServer, kim: User) -> None:
    root, _ = await asked(slack, kim, SURE)
    slack.dm(kim, "🙂", thread_ts=root.ts)
    await slack.requests.wait(where=lambda request: request.method == "reactions.add")
    assert slack.world.statuses == {}


@pytest.mark.parametrize("method", ASSISTANT_METHODS)
async def test_what_slack_refuses_of_it_is_not_missed(slack: SlackServer, kim: User, method: str) -> None:
    slack.faults.refuse(method, "access_denied", times=None)
    slack.open_home(kim, "messages")
    _, answer = await asked(slack, kim, SURE)
    assert TITLE in answer.shown


class TestWithoutTheScope:
    """An app as it was installed before."""

    @pytest.fixture
    async def slack(self, app: App) -> AsyncIterator[SlackServer]:
        async with SlackServer() as server:
            server.world.refuse_tokens(server.team, "token_revoked")
            token = server.world.install(server.team, scopes())
            async with over_socket_mode(app, server, bot_token=token):
                yield server

    async def test_nothing_of_it_is_called(self, slack: SlackServer, kim: User) -> None:
        await slack.open_home(kim, "messages").message()
        assert (await slack.dm(kim, SURE).message()).thread_ts is None
        assert all(not slack.calls(method) for method in ASSISTANT_METHODS)
