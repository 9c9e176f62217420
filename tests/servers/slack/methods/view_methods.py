"""The view methods: modals and home tabs."""

from dataclasses import replace

from tests.servers.slack.methods.calls import Call, Method, SlackError
from tests.servers.slack.records import VIEW_STACK
from tests.servers.slack.rules.limits import view_problems
from tests.servers.slack.rules.values import Json, User, View
from tests.servers.slack.world import World


def check_view(view: object, kind: str) -> Json:
    """The view itself. Raises SlackError as Slack does if it is not a good one of that type."""
    problems = view_problems(view)
    if isinstance(view, dict) and view.get("type") != kind:
        problems = [f"must be a view of type {kind} [json-pointer:/view/type]"]
    if problems or not isinstance(view, dict):
        said = {"messages": [f"[ERROR] {problem}" for problem in problems]}
        raise SlackError("invalid_arguments", response_metadata=said)
    return view


def exchange(call: Call) -> User:
    """Who did what the trigger_id came from; it works once, and not for long. Raises SlackError otherwise."""
    name = call.text("trigger_id")
    trigger = call.world.triggers.get(name)
    if (
        trigger is None
        or call.world.clock() - trigger.at > call.world.trigger_seconds
        or trigger.user.team != call.team.id
    ):
        raise SlackError("expired_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    call.world.triggers[name] = replace(trigger, used=True)
    return trigger.user


def check_hash(call: Call, view: View | None) -> None:
    """Raises SlackError hash_conflict if the app has not seen the newest version of the view."""
    if call.arguments.get("hash") and view is not None and call.arguments["hash"] != view.hash:
        raise SlackError("hash_conflict")


def open_modals(world: World, team: str) -> list[View]:
    """All modals that are open in a workspace."""
    return [view for stack in world.modals.values() for view in stack if view.team == team]


def views_open(call: Call) -> Json:
    """views.open: shows a modal to whom the trigger came from."""
    body = check_view(call.parsed("view", "invalid_arguments"), "modal")
    user = exchange(call)
    return {"view": call.world.open_view(call.method, user, body, push=False).payload()}


def views_push(call: Call) -> Json:
    """views.push: shows a modal on top of the one that the trigger came from."""
    body = check_view(call.parsed("view", "invalid_arguments"), "modal")
    user = exchange(call)
    stack = call.world.modals.get(user.id, [])
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= VIEW_STACK:
        raise SlackError("push_limit_reached")
    return {"view": call.world.open_view(call.method, user, body, push=True).payload()}


def views_update(call: Call) -> Json:
    """views.update: changes an open modal, found by its id or the app's own external_id."""
    body = check_view(call.parsed("view", "invalid_arguments"), "modal")
    wanted, external = call.arguments.get("view_id"), call.arguments.get("external_id")
    for view in open_modals(call.world, call.team.id):
        if view.id == wanted or (external and view.body.get("external_id") == external):
            check_hash(call, view)
            return {"view": call.world.replace_view(call.method, view, body).payload()}
    raise SlackError("not_found")


def views_publish(call: Call) -> Json:
    """views.publish: changes a user's home tab."""
    body = check_view(call.parsed("view", "invalid_arguments"), "home")
    user = call.user("user_id")
    check_hash(call, call.world.homes.get(user.id))
    return {"view": call.world.publish(call.method, user, body).payload()}


METHODS = (
    Method("views.open", views_open),
    Method("views.push", views_push),
    Method("views.update", views_update),
    Method("views.publish", views_publish),
)
