"""The methods of the assistant surface: suggestions, a status and a title."""

from tests.servers.slack.methods.calls import Call, Method, SlackError
from tests.servers.slack.rules.values import Json

# docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts
PROMPTS = 4


def thread(call: Call) -> tuple[str, str]:
    """The channel and the thread that the arguments name. Raises SlackError if there is none."""
    channel, ts = call.channel("channel_id"), call.text("thread_ts")
    if call.world.parent(channel.id, ts) is None:
        raise SlackError("invalid_thread_ts", detail="Thread not found")
    return channel.id, ts


def set_status(call: Call) -> Json:
    """assistant.threads.setStatus: what the app does just now; it goes with the next message, or with an empty one."""
    where, status = thread(call), call.text("status")
    if status:
        call.world.statuses[where] = status
    else:
        call.world.statuses.pop(where, None)
    return {}


def set_title(call: Call) -> Json:
    """assistant.threads.setTitle: what a thread is called."""
    call.world.titles[thread(call)] = call.text("title")
    return {}


def set_suggested_prompts(call: Call) -> Json:
    """assistant.threads.setSuggestedPrompts: of an agent's thread they are dropped silently, as Slack does."""
    channel = call.channel("channel_id")
    prompts = call.parsed("prompts", "invalid_arguments")
    if (
        not prompts
        or len(prompts) > PROMPTS
        or any(not each.get("title") or not each.get("message") for each in prompts)
    ):
        raise SlackError("invalid_arguments")
    named = call.arguments.get("thread_ts")
    if named is not None:
        thread(call)
    if named is None or not call.world.app.is_agent:
        call.world.prompts[channel.id, named] = tuple(each["message"] for each in prompts)
    return {}


METHODS = (
    Method("assistant.threads.setStatus", set_status, "chat:write"),
    Method("assistant.threads.setTitle", set_title, "assistant:write"),
    Method("assistant.threads.setSuggestedPrompts", set_suggested_prompts, "assistant:write"),
)
