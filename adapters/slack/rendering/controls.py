"""From a reply's menu and buttons to Block Kit's interactive elements."""

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.slack.rendering.mrkdwn import ELLIPSIS, escape
from bot.chat.markup import visible
from bot.chat.replies import Button, Menu, Reply, Swap, kept

# node-slack-sdk packages/types/src/block-kit: blocks.ts and block-elements.ts.
ACTIONS_LIMIT = 25
BUTTON_LABEL_LIMIT = 75
PLACEHOLDER_LIMIT = 150
# composition-objects.ts: options. The Python SDK lets a value have 150 characters, this one 75.
OPTIONS_LIMIT = 100
OPTION_LIMIT = 75
# Up to this many rows are quicker as buttons; more become a list to open.
MENU_BUTTONS = 5

# The ids of the selects; each option's value is the id of its button.
MENUS = ("menu", "menu2", "menu3", "menu4", "menu5")
# The id of the feedback buttons; the value of the pressed one is the id of its button.
FEEDBACK = "feedback"
# The actions of the buttons that become those, the positive one first, with the text for screen readers.
_FEEDBACK = {"helpful": "This helped", "unhelpful": "This did not help"}
# What leads back to the first screen of the Home tab.
BACK = Button("Back to the start", "home")
# The actions of choices: these buttons have their own row.
_CHOICES = frozenset({"picked", "quizpick"})
# Deletes a message for everyone, which nobody can undo; Slack asks first (composition-objects.ts).
DELETE = "delete"
_CONFIRM_DELETION = {
    "title": {"type": "plain_text", "text": "Delete this?"},
    "text": {"type": "plain_text", "text": "It disappears for everybody here, and you can't bring it back."},
    "confirm": {"type": "plain_text", "text": "Delete"},
    "deny": {"type": "plain_text", "text": "Keep"},
    "style": "danger",
}

# A block in Slack's JSON: the SDK's classes take ten times as long, and every answer needs blocks.
Json = dict[str, Any]


def controls(reply: Reply, *, newer: bool) -> list[Json]:
    """Return the menu as a select or as buttons, and the buttons. No id is repeated, which Slack would refuse. With
    `newer`, feedback and deletion are below the rest in a `context_actions` block.
    """
    taken, shown = kept(reply.blocks, ("slack menu", reply.menu), lambda: _menu(reply.menu))
    buttons = _unique(reply.buttons, taken)
    about = _context_actions(buttons) if newer else []
    beside = [button for button in buttons if not (about and button.action in {*_FEEDBACK, DELETE})]
    choices = [button for button in beside if button.action in _CHOICES]
    others = [button for button in beside if button.action not in _CHOICES]
    return [*shown, *(row(each) for each in (choices, others) if each), *about]


def swapped(blocks: Sequence[Json], swap: Swap) -> list[Json]:
    """Return a message's blocks with some of its buttons replaced."""
    come, shown = [_button(button) for button in swap.buttons], []
    for block in blocks:
        # Slack wants other ids when a message is changed (docs.slack.dev, context-actions-block), and makes them.
        rest = {name: value for name, value in block.items() if name != "block_id"}
        elements = block.get("elements") or []
        left = [each for each in elements if _actions_of(each).isdisjoint(swap.actions)]
        if block["type"] not in {"actions", "context_actions"} or len(left) == len(elements):
            shown.append(rest)
        elif block["type"] == "actions":
            place = next(at for at, each in enumerate(elements) if each not in left)
            left[place:place] = come
            come = []
            shown += [{**rest, "elements": left}] if left else []
        else:
            # Such a block has no ordinary buttons.
            shown += [_actions(come)] if come else []
            come = []
            shown += [{**rest, "elements": left}] if left else []
    return shown


def _actions_of(element: Json) -> frozenset[str]:
    """Return the actions of an element's buttons."""
    thumbs = (element.get("positive_button"), element.get("negative_button"))
    ids = [thumb["value"] for thumb in thumbs if thumb] or [str(element.get("action_id") or "")]
    return frozenset(each.partition(":")[0] for each in ids)


def row(buttons: Sequence[Button]) -> Json:
    """Return buttons side by side, as many as fit."""
    return _actions([_button(button) for button in buttons[:ACTIONS_LIMIT]])


def mrkdwn_text(text: str) -> Json:
    """Return mrkdwn in which Slack links no address, channel or name by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str, limit: int) -> Json:
    """Return plain text without markup; never empty, which Slack would refuse."""
    return {"type": "plain_text", "text": one_line(text, limit) or ELLIPSIS, "emoji": False}


def one_line(text: str, limit: int) -> str:
    """Return a text as one line of at most `limit` characters."""
    shown = " ".join(visible(text).split())
    return shown if len(shown) <= limit else f"{shown[: limit - len(ELLIPSIS)]}{ELLIPSIS}"


def _menu(menu: Menu | None) -> tuple[frozenset[str], list[Json]]:
    """Return a menu with the ids that it uses; nothing if there is no menu."""
    if menu is None:
        return frozenset(), []
    rows = _unique(menu.rows, frozenset())
    shown: list[Json] = []
    if len(rows) > MENU_BUTTONS:
        options = [each for each in rows if len(each.id) <= OPTION_LIMIT]
        beside = [each for each in rows if len(each.id) > OPTION_LIMIT]
        parts = [options[at : at + OPTIONS_LIMIT] for at in range(0, len(options), OPTIONS_LIMIT)][: len(MENUS)]
        shown += [_actions([_select(menu, part, MENUS[n])]) for n, part in enumerate(parts)]
        shown += [row(beside)] if beside else []
    elif rows:
        label = one_line(menu.label, PLACEHOLDER_LIMIT)
        shown += [{"type": "context", "elements": [mrkdwn_text(escape(label))]}] if label else []
        shown.append(row(rows))
    return frozenset(each.id for each in rows), shown


def _unique(buttons: Iterable[Button], taken: frozenset[str]) -> list[Button]:
    return list({button.id: button for button in buttons if button.id not in taken}.values())


def _button(button: Button) -> Json:
    shown = {"type": "button", "text": plain_text(button.label, BUTTON_LABEL_LIMIT), "action_id": button.id}
    return shown | {"confirm": _CONFIRM_DELETION} if button.action == DELETE else shown


def _context_actions(buttons: Sequence[Button]) -> list[Json]:
    """Return the block for feedback and deletion (docs.slack.dev, context-actions-block); none without both thumbs."""
    thumbs = {button.action: button for button in buttons if button.action in _FEEDBACK}
    elements = [_feedback([thumbs[action] for action in _FEEDBACK])] if len(thumbs) == len(_FEEDBACK) else []
    if not elements and thumbs:
        return []
    elements += [_trash(button) for button in buttons if button.action == DELETE]
    return [{"type": "context_actions", "elements": elements}] if elements else []


def _feedback(thumbs: Sequence[Button]) -> Json:
    positive, negative = (
        {
            "text": plain_text(thumb.label, BUTTON_LABEL_LIMIT),
            "accessibility_label": _FEEDBACK[thumb.action],
            "value": thumb.id,
        }
        for thumb in thumbs
    )
    return {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": positive,
        "negative_button": negative,
    }


def _trash(button: Button) -> Json:
    text = plain_text(button.label, BUTTON_LABEL_LIMIT)
    shown = {"type": "icon_button", "icon": "trash", "text": text, "action_id": button.id}
    return shown | {"confirm": _CONFIRM_DELETION}


def _actions(elements: list[Json]) -> Json:
    return {"type": "actions", "elements": elements}


def _select(menu: Menu, rows: Sequence[Button], action_id: str) -> Json:
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(menu.label, PLACEHOLDER_LIMIT),
        "options": [{"text": plain_text(each.label, OPTION_LIMIT), "value": each.id} for each in rows],
    }
