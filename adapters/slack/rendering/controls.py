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
# More rows than these are a list to open; so few are quicker as buttons.
MENU_BUTTONS = 5

# The ids of the selects; what is chosen in one is the id of the button that it stands for.
MENUS = ("menu", "menu2", "menu3", "menu4", "menu5")
# The id of the feedback buttons; the value of the one that is pressed is the id of the button that it stands for.
FEEDBACK = "feedback"
# The actions of the core's buttons that become those, the positive one first, with what screen readers say.
_FEEDBACK = {"helpful": "This helped", "unhelpful": "This did not help"}
# What leads back to the first screen of the Home tab.
BACK = Button("Back to the start", "home")
# The actions of what is chosen between: these buttons have a row of their own.
_CHOICES = frozenset({"picked", "quizpick"})
# What takes a message away for all, which nobody can undo; Slack asks first (composition-objects.ts).
DELETE = "delete"
_CONFIRM_DELETION = {
    "title": {"type": "plain_text", "text": "Delete this?"},
    "text": {"type": "plain_text", "text": "It disappears for everybody here, and you can't bring it back."},
    "confirm": {"type": "plain_text", "text": "Delete"},
    "deny": {"type": "plain_text", "text": "Keep"},
    "style": "danger",
}

# A block in Slack's JSON. The SDK's classes take ten times as long to become that, and every answer needs it.
Json = dict[str, Any]


def controls(reply: Reply, *, newer: bool) -> list[Json]:
    """Return the menu as a select or as buttons, and the buttons. No id comes twice: Slack would refuse that.

    With `newer`, what is for feedback and deletion stands beneath the rest in a `context_actions` block.
    """
    taken, shown = kept(reply.blocks, ("slack menu", reply.menu), lambda: _menu(reply.menu))
    buttons = _unique(reply.buttons, taken)
    about = _context_actions(buttons) if newer else []
    beside = [button for button in buttons if not (about and button.action in {*_FEEDBACK, DELETE})]
    choices = [button for button in beside if button.action in _CHOICES]
    others = [button for button in beside if button.action not in _CHOICES]
    return [*shown, *(row(each) for each in (choices, others) if each), *about]


def swapped(blocks: Sequence[Json], swap: Swap) -> list[Json]:
    """Return a message's own blocks with some of its buttons in the place of others."""
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
            # No ordinary button stands in such a block.
            shown += [_actions(come)] if come else []
            come = []
            shown += [{**rest, "elements": left}] if left else []
    return shown


def _actions_of(element: Json) -> frozenset[str]:
    """Return the actions of what can be pressed in an element."""
    thumbs = (element.get("positive_button"), element.get("negative_button"))
    ids = [thumb["value"] for thumb in thumbs if thumb] or [str(element.get("action_id") or "")]
    return frozenset(each.partition(":")[0] for each in ids)


def row(buttons: Sequence[Button]) -> Json:
    """Return buttons side by side, as many as fit."""
    return _actions([_button(button) for button in buttons[:ACTIONS_LIMIT]])


def mrkdwn_text(text: str) -> Json:
    """mrkdwn in which Slack makes no links of what looks like an address, a channel or a name."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str, limit: int) -> Json:
    """Plain text, in which Slack sees no markup; never empty, which Slack would refuse."""
    return {"type": "plain_text", "text": one_line(text, limit) or ELLIPSIS, "emoji": False}


def one_line(text: str, limit: int) -> str:
    """Return a text as one line of at most `limit` characters."""
    shown = " ".join(visible(text).split())
    return shown if len(shown) <= limit else f"{shown[: limit - len(ELLIPSIS)]}{ELLIPSIS}"


def _menu(menu: Menu | None) -> tuple[frozenset[str], list[Json]]:
    """Return the ids that a menu takes, and the menu; nothing where there is none."""
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
