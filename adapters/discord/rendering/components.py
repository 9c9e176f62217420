"""From the buttons and the menu of a reply to Discord's components, within its limits."""

from collections.abc import Iterable, Sequence
from typing import Any

import discord
from discord import ui

from bot.chat.markup import visible
from bot.chat.replies import Button, Menu, Reply, Swap, kept, short

# components/reference.mdx: buttons, rows and selects.
LABEL_LIMIT = 80
ROW_LIMIT = 5
ROWS_LIMIT = 5
OPTIONS_LIMIT = 25
# How many rows buttons may need beside a menu of several selects.
ROWS_FOR_BUTTONS = 3
OPTION_LABEL_LIMIT = 100
PLACEHOLDER_LIMIT = 150
# How long labels side by side may be on a phone, which shows 34 to 38 characters of a single one.
ROW_CHARACTERS = 48

_Json = dict[str, Any]

# The ids of the select menus; each option's value is the id of its button.
MENUS = ("menu", "menu2", "menu3", "menu4", "menu5")
# The buttons to choose from or to find at once: they stand out.
CHOICES = frozenset({"picked", "card", "quizpick"})

# components/reference.mdx: component types.
_ROW = discord.ComponentType.action_row.value
_BUTTON = discord.ComponentType.button.value
_SELECT = discord.ComponentType.select.value

ELLIPSIS = "…"


class Controls(ui.View):
    """Components in Discord's JSON, row by row; the SDK's own classes take many times as long. Presses come to
    `events.py`: the SDK must not keep the components in memory until then.
    """

    def __init__(self, rows: Sequence[Sequence[_Json]]) -> None:
        super().__init__(timeout=None)
        self._rows = [{"type": _ROW, "components": list(row)} for row in rows]

    def to_components(self) -> list[_Json]:
        """Return the components as JSON."""
        return self._rows

    def is_finished(self) -> bool:
        """Say yes: the SDK stores only views that are not."""
        return True


def controls(reply: Reply) -> Controls | None:
    """Return the menu as a select, and the buttons in rows; None if there is nothing to press."""
    buttons = _unique(reply.buttons)
    room = ROWS_LIMIT - min(len(_rows(buttons, ROWS_LIMIT - 1)), ROWS_FOR_BUTTONS)
    menus = kept(reply.blocks, ("menu", room, reply.menu), lambda: _selects(reply.menu, room))
    rows = _rows(buttons, ROWS_LIMIT - len(menus))
    shown = [*([menu] for menu in menus), *([_button(button) for button in row] for row in rows)]
    return Controls(shown) if shown else None


def swapped(message: discord.Message, swap: Swap) -> Controls | None:
    """Return a message's components with some buttons replaced; None if none are left."""
    come, rows = [_button(button) for button in swap.buttons], []
    for row in message.components:
        kept: list[_Json] = []
        for each in getattr(row, "children", ()):
            if str(getattr(each, "custom_id", "")).partition(":")[0] not in swap.actions:
                kept.append(each.to_dict())
            else:
                kept += come
                come = []
        rows.append(kept)
    shown = [row for row in rows if row]
    return Controls(shown) if shown else None


def _unique(buttons: Iterable[Button]) -> list[Button]:
    """Drop components with a repeated id, which Discord refuses."""
    return list({button.id: button for button in buttons}.values())


def _rows(buttons: Sequence[Button], most: int) -> list[list[Button]]:
    """Lay out buttons in at most this many rows, side by side where a phone can show their labels.

    Choices get rows of their own.
    """
    rows: list[list[Button]] = []
    for button in buttons:
        wide = sum(len(each.label) for each in rows[-1]) + len(button.label) if rows else 0
        alike = bool(rows) and (rows[-1][0].action in CHOICES) == (button.action in CHOICES)
        if alike and len(rows[-1]) < ROW_LIMIT and wide <= ROW_CHARACTERS:
            rows[-1].append(button)
        else:
            rows.append([button])
    if len(rows) <= most:
        return rows
    kept = buttons[: most * ROW_LIMIT]
    return [list(kept[at : at + ROW_LIMIT]) for at in range(0, len(kept), ROW_LIMIT)]


def _selects(menu: Menu | None, most: int) -> list[_Json]:
    """Return a menu as one or more selects; none if there is nothing to choose."""
    if menu is None or not menu.rows:
        return []
    rows = _unique(menu.rows)
    parts = [rows[at : at + OPTIONS_LIMIT] for at in range(0, len(rows), OPTIONS_LIMIT)]
    shown = parts[:most]
    left = sum(map(len, parts[len(shown) :]))
    selects: list[_Json] = []
    for place, part in enumerate(shown):
        options = [{"label": label_of(row.label, OPTION_LABEL_LIMIT), "value": row.id} for row in part]
        count = f" ({place + 1} of {len(shown)})" if len(shown) > 1 else ""
        more = f" (without {left} more)" if left and place == len(shown) - 1 else ""
        label = f"{short(menu.label, PLACEHOLDER_LIMIT - len(count + more))}{count}{more}"
        select = {"type": _SELECT, "custom_id": MENUS[place], "placeholder": label, "options": options}
        selects.append(select)
    return selects


def _button(button: Button) -> _Json:
    style = discord.ButtonStyle.primary if button.action in CHOICES else discord.ButtonStyle.secondary
    label = label_of(button.label, LABEL_LIMIT)
    return {"type": _BUTTON, "style": style.value, "label": label, "custom_id": button.id}


def label_of(text: str, limit: int) -> str:
    """Return a label that Discord accepts: visible characters, at least one."""
    return cut(" ".join(visible(text).split()), limit) or ELLIPSIS


def cut(text: str, limit: int) -> str:
    """Return a text of at most this many characters, with an ellipsis if it was longer."""
    if len(text) <= limit:
        return text
    # Not between a backslash and what it escapes.
    return f"{text[: limit - 1].rstrip(chr(92))}{ELLIPSIS}"
