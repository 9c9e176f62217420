"""When Slack asks for a pause, what is to be sent waits for it; nothing is lost, and the log hears of it once."""

import pytest

from adapters.slack.connection.web import RATE_LIMIT_RETRIES
from tests.adapters.slack.running import DANGER, SURE
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("connected")]

TOLD = "Slack asks for a pause (429)"


@pytest.fixture(autouse=True)
def _prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK adds a part of a second to what Slack says, so that not all come back at once."""
    monkeypatch.setattr("slack_sdk.http_retry.builtin_async_handlers.random.random", lambda: 0.0)


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral", "response_url", "views.publish"])
async def test_an_answer_waits_for_all_the_pauses(
    slack: SlackServer, kim: User, general: Channel, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    slack.faults.rate_limit(method, retry_after=0, times=RATE_LIMIT_RETRIES)
    match method:
        case "chat.postMessage":
            shown = (await slack.mention(kim, general, SURE).message()).shown
        case "chat.postEphemeral":
            shown = (await slack.mention(kim, general, DANGER).message()).shown
        case "response_url":
            shown = (await slack.slash(kim, general, "/ijm", SURE).message()).shown
        case _:
            shown = (await slack.open_home(kim).view()).shown
    assert shown
    assert [call.status for call in slack.calls(method)] == [*[429] * RATE_LIMIT_RETRIES, 200]
    assert caplog.text.count(TOLD) == 1
    assert "aftercare" not in caplog.text


async def test_it_waits_as_long_as_slack_says(
    slack: SlackServer, kim: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("slack_sdk.http_retry.builtin_async_handlers.asyncio.sleep", sleep)
    slack.faults.rate_limit("response_url", retry_after=17)
    await slack.slash(kim, general, "/ijm", SURE).message()
    assert 17 in waited


async def test_many_at_once_are_all_answered(slack: SlackServer, kim: User, caplog: pytest.LogCaptureFixture) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=0, times=RATE_LIMIT_RETRIES)
    asked = [slack.dm(kim, f"{SURE} {number}") for number in range(5)]
    for each in asked:
        await each.message()
    await slack.requests.wait(5, where=lambda one: (one.method, one.status) == ("chat.postMessage", 200))
    assert caplog.text.count(TOLD) == 1
