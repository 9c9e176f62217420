"""The local Slack's assistant surface, shared channels, forwards and edits."""

from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.rules.values import BOT_SCOPES, Channel, SlackApp, User
from tests.servers.slack.server import SlackServer

PROMPT = {"title": "t", "message": "m"}


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(slack.world.install(slack.team, (*BOT_SCOPES, "assistant:write")), base_url=slack.web_api_url)


async def test_a_status_goes_with_the_next_message_of_the_thread(
    slack: SlackServer, client: AsyncWebClient, member: User
) -> None:
    root, _ = slack.open_assistant(member)
    where = {"channel_id": root.channel, "thread_ts": root.ts}
    await client.assistant_threads_setStatus(status="is at it", channel_id=root.channel, thread_ts=root.ts)
    await client.assistant_threads_setTitle(title="Title", channel_id=root.channel, thread_ts=root.ts)
    assert slack.world.statuses == {(root.channel, root.ts): "is at it"}
    assert slack.world.titles == {(root.channel, root.ts): "Title"}
    await client.chat_postMessage(channel=root.channel, thread_ts=root.ts, text="done")
    assert slack.world.statuses == {}
    with pytest.raises(SlackApiError, match="invalid_thread_ts"):
        await client.assistant_threads_setStatus(status="x", **(where | {"thread_ts": "1.1"}))


@pytest.mark.parametrize("is_agent", [True, False])
async def test_an_agents_suggestions_name_no_thread(is_agent: bool) -> None:
    async with SlackServer(replace(SlackApp(), is_agent=is_agent)) as slack:
        token = slack.world.install(slack.team, (*BOT_SCOPES, "assistant:write"))
        client = AsyncWebClient(token, base_url=slack.web_api_url)
        root, _ = slack.open_assistant(slack.world.add_user(slack.team, "kim"))
        await client.assistant_threads_setSuggestedPrompts(channel_id=root.channel, thread_ts=root.ts, prompts=[PROMPT])
        assert bool(slack.world.prompts) is not is_agent
        await client.assistant_threads_setSuggestedPrompts(channel_id=root.channel, prompts=[PROMPT])
        assert slack.world.prompts[root.channel, None] == ("m",)
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            await client.assistant_threads_setSuggestedPrompts(channel_id=root.channel, prompts=[PROMPT] * 5)


async def test_without_the_scope_there_is_no_assistant(slack: SlackServer, member: User) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.web_api_url)
    root, begun = slack.open_assistant(member)
    assert "assistant:write" in str(begun.attempts.since()[0].failure)
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.assistant_threads_setTitle(title="x", channel_id=root.channel, thread_ts=root.ts)


async def test_an_event_of_a_shared_channel_names_both_workspaces(slack: SlackServer, general: Channel) -> None:
    elsewhere = slack.world.add_team("Elsewhere")
    guest = slack.world.add_user(elsewhere, "guest")
    slack.join(guest, general)
    told = slack.mention(guest, general, "hello").payload
    assert (told["team_id"], told["context_team_id"]) == (elsewhere.id, slack.team.id)
    assert told["authorizations"][0]["team_id"] == slack.team.id
    assert told["is_ext_shared_channel"] is True
    assert told["event"]["user_team"] == elsewhere.id


async def test_an_edit_that_mentions_the_app_is_told_as_a_mention(
    slack: SlackServer, member: User, general: Channel
) -> None:
    said = slack.say(member, general, "hello").said
    assert said is not None
    told = slack.edit(member, said, f"<@{slack.bot.id}> hello").event
    assert (told["type"], told["ts"]) == ("app_mention", said.ts)
    assert told["edited"]["user"] == member.id
    assert slack.edit(member, said, "hello again").event["subtype"] == "message_changed"
    assert slack.me(member, general, "waves").event["subtype"] == "me_message"
    (shared,) = slack.forward(member, said, general).event["attachments"]
    assert (shared["is_share"], shared["text"]) == (True, "hello again")
