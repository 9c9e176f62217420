"""The methods that read a workspace: conversations, users and user groups."""

from tests.servers.slack.methods.calls import Call, Method, SlackError, page
from tests.servers.slack.rules.values import Channel, Json, Message

# docs.slack.dev/reference/methods, conversations.history
PAGE = 999


def conversations_open(call: Call) -> Json:
    """conversations.open: the direct conversation with a user."""
    if call.arguments.get("channel"):
        channel = call.channel()
    else:
        users = call.text("users").split(",")
        user = call.world.users.get(users[0])
        if len(users) != 1 or user is None or user.team != call.team.id:
            raise SlackError("user_not_found" if len(users) == 1 else "method_not_supported_for_channel_type")
        channel = call.world.im(user, call.bot)
    return {"channel": channel.payload(call.bot) if call.flag("return_im") else {"id": channel.id}}


def conversations_info(call: Call) -> Json:
    """conversations.info: what a conversation is."""
    channel = call.channel()
    call.require(f"{channel.kind}:read")
    return {"channel": channel.payload(call.bot)}


def conversations_members(call: Call) -> Json:
    """conversations.members: the ids of who is in it."""
    channel = call.channel()
    call.require(f"{channel.kind}:read")
    return page(call, sorted(channel.members), "members", PAGE)


def conversations_history(call: Call) -> Json:
    """conversations.history: messages that are not replies, newest first."""
    channel = _readable(call)
    messages = [one for one in _in_time(call, channel) if not one.is_reply]
    return page(call, [_with_replies(call, one) for one in reversed(messages)], "messages", PAGE)


def conversations_replies(call: Call) -> Json:
    """conversations.replies: a message and the replies under it, oldest first."""
    channel = _readable(call)
    parent = call.world.messages.get((channel.id, call.text("ts")))
    if parent is None:
        raise SlackError("thread_not_found")
    replies = [one for one in _in_time(call, channel) if one.is_reply and one.thread_ts == parent.ts]
    shown = [_with_replies(call, parent), *(one.payload() for one in replies)]
    return page(call, shown, "messages", PAGE)


def users_info(call: Call) -> Json:
    """users.info: who somebody is."""
    return {"user": call.user().payload()}


def usergroups_list(call: Call) -> Json:
    """usergroups.list: the groups of a workspace."""
    groups = (group for group in call.world.groups.values() if group.team == call.team.id)
    return {"usergroups": [group.payload(include_users=call.flag("include_users")) for group in groups]}


def usergroups_users_list(call: Call) -> Json:
    """usergroups.users.list: the ids of who is in a group."""
    group = call.world.groups.get(call.text("usergroup"))
    if group is None or group.team != call.team.id:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.require(f"{channel.kind}:history")
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _in_time(call: Call, channel: Channel) -> list[Message]:
    oldest, latest = float(call.text("oldest", "0")), float(call.text("latest", "inf"))
    edge = call.flag("inclusive")
    return [
        one
        for one in call.world.messages.values()
        if one.channel == channel.id
        and (oldest < float(one.ts) < latest or (edge and float(one.ts) in {oldest, latest}))
    ]


def _with_replies(call: Call, message: Message) -> Json:
    replies = call.world.thread(message)
    if not replies:
        return message.payload()
    users = list(dict.fromkeys(reply.author.id for reply in replies))
    counted = {"reply_count": len(replies), "reply_users_count": len(users), "reply_users": users}
    return message.payload() | counted | {"thread_ts": message.ts, "latest_reply": replies[-1].ts}


METHODS = (
    Method("conversations.open", conversations_open, "im:write"),
    Method("conversations.info", conversations_info),
    Method("conversations.members", conversations_members),
    Method("conversations.history", conversations_history),
    Method("conversations.replies", conversations_replies),
    Method("users.info", users_info, "users:read"),
    Method("usergroups.list", usergroups_list, "usergroups:read"),
    Method("usergroups.users.list", usergroups_users_list, "usergroups:read"),
)
