"""What somebody reads while a slow action is under way."""

from bot.chat.events import Event, Press, Submit

_IMPORT = "Trying the rows of your file, and the questions that they could change …"
_TRYING = "Trying the questions that this could change …"
_FORMS = {"import": _IMPORT, "import-fill": _IMPORT, "entry": _TRYING}
_ACTIONS = {
    "importing": "Importing …",
    "save": "Saving …",
    "overwrite": "Saving …",
    "goon": _TRYING,
    "phrase": _TRYING,
    "addto": _TRYING,
    "remove": _TRYING,
    "restore": _TRYING,
    "proposal-yes": "Saving …",
}


def progress(event: Event) -> str:
    """Say what a slow action is doing; return an empty text if that is not needed."""
    match event:
        case Submit(form=form):
            return _FORMS.get(form.partition(":")[0], "")
        case Press(action=action):
            return _ACTIONS.get(action, "")
        case _:
            return ""
