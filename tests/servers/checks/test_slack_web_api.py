"""The Web API of the local Slack, called with the SDK's own client: what it takes, what it refuses, how it fails."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.example import HOME, MODAL, Clock, section
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, SlackApp, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[SlackServer]:
    # Without subscriptions, the app is told nothing of what it posts.
    async with SlackServer(SlackApp(events=frozenset()), clock=clock, trigger_seconds=3) as server:
        yield server
        assert server.unexpected == ()


@pytest.fixture
def member(slack: SlackServer) -> User:
    return slack.world.add_user(slack.team, "member", is_admin=True)


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.web_api_url)


async def refused(call: Any) -> Any:
    """The answer to a call that Slack refuses."""
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response


async def test_a_message_is_posted_changed_and_deleted(
    slack: SlackServer, client: AsyncWebClient, general: Channel
) -> None:
    posted = await client.chat_postMessage(channel="#general", text="one", blocks=[section("*one*")])
    (message,) = slack.world.said_in(general)
    assert (message.ts, message.shown) == (posted["ts"], "*one*")
    link = await client.chat_getPermalink(channel=general.id, message_ts=message.ts)
    assert link["permalink"] == f"https://campus.slack.com/archives/{general.id}/p{message.ts.replace('.', '')}"
    await client.chat_update(channel=general.id, ts=message.ts, text="two")
    (message,) = slack.world.said_in(general)
    assert (message.text, message.shown) == ("two", "*one*")
    await client.chat_delete(channel=general.id, ts=message.ts)
    assert slack.world.said_in(general) == ()
    assert [change.did for change in slack.world.changes] == [Did.POSTED, Did.UPDATED, Did.DELETED]


async def test_the_same_call_comes_as_a_form_too(slack: SlackServer, general: Channel) -> None:
    form = {
        "channel": general.id,
        "text": "hello",
        "blocks": json.dumps([section("*hello*")]),
        "token": slack.bot_token,
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.web_api_url}chat.postMessage", data=form) as answer,
    ):
        assert (await answer.json())["ok"]
    (request,) = slack.calls("chat.postMessage")
    assert (request.token, request.arguments["text"]) == (slack.bot_token, "hello")
    assert slack.world.said_in(general)[0].shown == "*hello*"


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section("x")] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("x" * 2700)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "blocks": "no json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "song"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("x") | {"color": "red"}]}, "invalid_blocks"),
        ({"text": "x", "thread_ts": "1.0"}, "thread_not_found"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing:UserWarning")
async def test_a_message_that_slack_would_not_show_is_refused(
    client: AsyncWebClient, general: Channel, parts: dict[str, Any], error: str
) -> None:
    assert (await refused(client.chat_postMessage(channel=general.id, **parts)))["error"] == error


async def test_a_refusal_says_where_the_blocks_are_wrong(client: AsyncWebClient, general: Channel) -> None:
    answer = await refused(client.chat_postMessage(channel=general.id, text="x", blocks=[section("x" * 3001)]))
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {answer['errors'][0]}"]


async def test_a_text_may_be_posted_that_is_too_long_for_an_update(client: AsyncWebClient, general: Channel) -> None:
    posted = await client.chat_postMessage(channel=general.id, text="x" * 4001)
    answer = await refused(client.chat_update(channel=general.id, ts=posted["ts"], text="x" * 4001))
    assert answer["error"] == "msg_too_long"


async def test_the_bot_writes_only_where_it_is(slack: SlackServer, client: AsyncWebClient, member: User) -> None:
    outside = slack.world.add_channel(slack.team, "outside", member, with_bot=False)
    secret = slack.world.add_channel(slack.team, "secret", member, private=True, with_bot=False)
    elsewhere = slack.world.add_channel(slack.world.add_team("Elsewhere"), "general")
    errors = [
        (await refused(client.chat_postMessage(channel=channel.id, text="x")))["error"]
        for channel in (outside, secret, elsewhere)
    ]
    assert errors == ["not_in_channel", "channel_not_found", "channel_not_found"]


async def test_only_who_is_in_the_channel_sees_an_ephemeral_message(
    slack: SlackServer, client: AsyncWebClient, member: User, general: Channel
) -> None:
    stranger = slack.world.add_user(slack.team, "stranger")
    answer = await refused(client.chat_postEphemeral(channel=general.id, user=stranger.id, text="psst"))
    assert answer["error"] == "user_not_in_channel"
    posted = await client.chat_postEphemeral(channel=general.id, user=member.id, text="psst")
    assert [message.ts for message in slack.world.whispered_to(member)] == [posted["message_ts"]]
    # An ephemeral message is not there for the Web API.
    answer = await refused(client.chat_update(channel=general.id, ts=posted["message_ts"], text="hush"))
    assert answer["error"] == "message_not_found"


async def test_a_scope_that_was_not_granted_is_named(slack: SlackServer) -> None:
    bare = slack.world.add_team("Bare", scopes=("commands", "users:read"))
    client = AsyncWebClient(slack.world.token(bare), base_url=slack.web_api_url)
    answer = await refused(client.chat_postMessage(channel="C1", text="x"))
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "chat:write",
        "commands,users:read",
    )
    assert (await client.auth_test()).headers["X-OAuth-Scopes"] == "commands,users:read"


async def test_a_token_that_is_no_good_is_refused(slack: SlackServer, client: AsyncWebClient) -> None:
    nobody = AsyncWebClient(base_url=slack.web_api_url)
    assert (await refused(nobody.auth_test()))["error"] == "not_authed"
    assert (await refused(nobody.auth_test(token="xoxb-wrong")))["error"] == "invalid_auth"
    assert (await refused(nobody.auth_test(token=slack.app.app_token)))["error"] == "not_allowed_token_type"
    assert (await client.auth_revoke())["revoked"]
    assert (await refused(client.auth_test()))["error"] == "token_revoked"


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: SlackServer, client: AsyncWebClient, member: User, clock: Clock
) -> None:
    trigger = slack.world.new_trigger(member)
    clock.now += 2.9
    opened = await client.views_open(trigger_id=trigger, view=MODAL)
    assert [view.id for view in slack.world.modals_of(member)] == [opened["view"]["id"]]
    assert (await refused(client.views_open(trigger_id=trigger, view=MODAL)))["error"] == "exchanged_trigger_id"
    late = slack.world.new_trigger(member)
    clock.now += 3.1
    assert (await refused(client.views_open(trigger_id=late, view=MODAL)))["error"] == "expired_trigger_id"
    assert (await refused(client.views_open(trigger_id="1.2.3", view=MODAL)))["error"] == "expired_trigger_id"


async def test_views_are_stacked_changed_and_checked(slack: SlackServer, client: AsyncWebClient, member: User) -> None:
    first = await client.views_open(trigger_id=slack.world.new_trigger(member), view=MODAL)
    for _ in range(2):
        await client.views_push(trigger_id=slack.world.new_trigger(member), view=MODAL)
    answer = await refused(client.views_push(trigger_id=slack.world.new_trigger(member), view=MODAL))
    assert answer["error"] == "push_limit_reached"
    titled = MODAL | {"title": {"type": "plain_text", "text": "Thanks"}}
    changed = await client.views_update(view_id=first["view"]["id"], hash=first["view"]["hash"], view=titled)
    assert slack.world.modals_of(member)[0].shown.startswith("Thanks")
    assert changed["view"]["root_view_id"] == first["view"]["id"]
    answer = await refused(client.views_update(view_id=first["view"]["id"], hash=first["view"]["hash"], view=MODAL))
    assert answer["error"] == "hash_conflict"
    titled = MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}
    answer = await refused(client.views_publish(user_id=member.id, view=HOME | {"blocks": [section("x")] * 101}))
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]"
    ]
    answer = await refused(client.views_open(trigger_id=slack.world.new_trigger(member), view=titled))
    assert "less than 25 characters" in answer["response_metadata"]["messages"][0]


async def test_a_workspace_can_be_read(
    slack: SlackServer, client: AsyncWebClient, member: User, general: Channel
) -> None:
    group = slack.world.add_group(slack.team, "moderators", member)
    assert (await client.users_info(user=member.id))["user"]["is_admin"]
    assert (await refused(client.users_info(user="U404")))["error"] == "user_not_found"
    assert (await client.usergroups_list())["usergroups"][0]["handle"] == "moderators"
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [member.id]
    assert (await client.conversations_info(channel=general.id))["channel"]["is_member"]
    opened = (await client.conversations_open(users=member.id, return_im=True))["channel"]
    assert (await client.conversations_open(users=member.id))["channel"]["id"] == opened["id"]
    assert opened["user"] == member.id
    pages = [page["members"] async for page in await client.conversations_members(channel=general.id, limit=1)]
    assert sorted(one for page in pages for one in page) == sorted([member.id, slack.bot.id])


async def test_a_thread_is_read_from_its_parent_on(client: AsyncWebClient, general: Channel) -> None:
    parent = await client.chat_postMessage(channel=general.id, text="parent")
    for text in ("one", "two"):
        await client.chat_postMessage(channel=general.id, text=text, thread_ts=parent["ts"])
    replies = await client.conversations_replies(channel=general.id, ts=parent["ts"])
    assert [message["text"] for message in replies["messages"]] == ["parent", "one", "two"]
    history = await client.conversations_history(channel=general.id)
    assert [(message["text"], message["reply_count"]) for message in history["messages"]] == [("parent", 2)]


async def test_a_file_is_uploaded_and_shared(slack: SlackServer, client: AsyncWebClient, general: Channel) -> None:
    shared = await client.files_upload_v2(
        channel=general.id, filename="facts.csv", content="a,b\n", initial_comment="All of them"
    )
    (message,) = slack.world.said_in(general)
    assert (message.text, message.files[0]["name"]) == ("All of them", "facts.csv")
    assert slack.world.files[shared["file"]["id"]]["content"] == b"a,b\n"


async def test_a_rate_limit_is_waited_for(slack: SlackServer, client: AsyncWebClient, general: Channel) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=0)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await client.chat_postMessage(channel=general.id, text="hello")
    assert [request.status for request in slack.calls("chat.postMessage")] == [429, 200]
    assert len(slack.world.said_in(general)) == 1


async def test_without_a_retry_handler_a_rate_limit_is_an_error(
    slack: SlackServer, client: AsyncWebClient, general: Channel
) -> None:
    slack.faults.rate_limit("*", retry_after=30, times=2)
    answer = await refused(client.chat_postMessage(channel=general.id, text="hello"))
    assert (answer.status_code, answer.headers["Retry-After"], answer["error"]) == (429, "30", "ratelimited")


async def test_the_next_calls_fail_as_they_are_told_to(
    slack: SlackServer, client: AsyncWebClient, general: Channel
) -> None:
    slack.faults.refuse("auth.test", "account_inactive", times=None)
    assert [(await refused(client.auth_test()))["error"] for _ in range(2)] == ["account_inactive"] * 2
    slack.faults.clear()
    assert (await client.auth_test())["user_id"] == slack.bot.id
    slack.faults.crash("auth.test", status=503)
    slack.faults.delay("auth.test", 0.01)
    client.retry_handlers = [AsyncServerErrorRetryHandler(max_retry_count=1)]
    assert (await client.auth_test())["ok"]
    assert [request.status for request in slack.calls("auth.test")] == [200, 200, 200, 503, 200]


async def test_a_message_knows_whom_it_pings(slack: SlackServer, client: AsyncWebClient, general: Channel) -> None:
    plain = {"type": "header", "text": {"type": "plain_text", "text": "<!channel>"}}
    await client.chat_postMessage(channel=general.id, text="hello", blocks=[plain, section("<@U1> &lt;!here&gt;")])
    assert slack.world.said_in(general)[0].notified == {"U1"}
    await client.chat_postMessage(channel=general.id, text="<!here> <!subteam^S1>")
    assert slack.world.said_in(general)[1].notified == {"here", "S1"}


# slack_sdk 3.47 authenticates oauth.v2.access with what aiohttp 3.14 has deprecated.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_a_code_is_exchanged_once_and_for_the_right_app(slack: SlackServer) -> None:
    library = slack.world.add_team("Library", installed=False)
    slack.world.add_user(library, "owner")
    consent = {"client_id": slack.app.client_id, "scope": "commands,chat:write", "team": library.id}
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(
            slack.authorize_url, params=consent | {"redirect_uri": "http://localhost/back"}, allow_redirects=False
        ) as page,
    ):
        code = page.headers["Location"].partition("code=")[2]
    client = AsyncWebClient(base_url=slack.web_api_url)
    good = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret, "code": code}
    good |= {"redirect_uri": "http://localhost/back"}
    for change, error in (
        ({"client_id": "1.1"}, "invalid_client_id"),
        ({"client_secret": "guess"}, "bad_client_secret"),
        ({"code": "guess"}, "invalid_code"),
        ({"redirect_uri": "http://localhost/elsewhere"}, "bad_redirect_uri"),
    ):
        assert (await refused(client.oauth_v2_access(**(good | change))))["error"] == error
    answer = await client.oauth_v2_access(**good)
    assert (answer["team"]["id"], answer["scope"]) == (library.id, "commands,chat:write")
    assert (await client.auth_test(token=answer["access_token"]))["team_id"] == library.id
    assert (await refused(client.oauth_v2_access(**good)))["error"] == "code_already_used"
