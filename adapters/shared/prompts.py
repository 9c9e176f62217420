"""A form on platforms with only text: prompts, one field after the other."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.chat.events import Place, Submit, Upload, User
from bot.chat.replies import ChoiceQuestion, Field, FileQuestion, Form, Question, ReferenceQuestion

# A line with only this ends a text of several lines, as in mail.
END_OF_TEXT = "."

# Opens the file that somebody typed; raises OSError with what is wrong.
TakeFile = Callable[[str], Awaitable[Upload]]


class Filling:
    """A form that somebody is filling in. `said` are lines to show before the `prompt` for the next line; `default` is
    the current value, and `keep` are the lines that keep it. `submit` is the submitted form, once every field is
    filled. With `whole`, a text of several lines is typed and edited in one piece. `draft` is what was typed before, by
    field.
    """

    def __init__(
        self,
        form: Form,
        user: User,
        place: Place,
        keep: frozenset[str],
        take_file: TakeFile | None = None,
        *,
        whole: bool = False,
        draft: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.user, self.place = user, place
        self.said: list[str] = []
        self.form = form
        self._keep, self._take_file, self._whole, self._draft = keep, take_file, whole, draft
        self._values: dict[str, str] = {}
        self._files: dict[str, Upload] = {}
        self._left = [_drafted(field, draft) for field in form.fields]
        self._lines: list[str] = []
        self._ask()

    @property
    def prompt(self) -> str:
        """The prompt before the next line."""
        field = self._left[0]
        if isinstance(field, FileQuestion):
            return f"{field.label} ({', '.join(field.endings)}), its path: "
        if isinstance(field, ChoiceQuestion):
            return f"{field.label} (a number): "
        if isinstance(field, ReferenceQuestion):
            return f"{field.label}: "
        return "… " if self._is_line_by_line(field) else f"{_label(field)}: "

    @property
    def default(self) -> str:
        """The value that an unchanged line keeps; a text of several lines is shown before the prompt."""
        field = self._left[0]
        return "" if isinstance(field, FileQuestion) or self._is_line_by_line(field) else field.value

    @property
    def takes_lines(self) -> bool:
        """Whether the next input may have several lines."""
        return bool(self._left) and self._whole and _is_long(self._left[0])

    def draft(self, typed: str = "") -> Mapping[str, str]:
        """Return what is filled in so far, with the text `typed` into the next field."""
        field = self._left[0] if self._left else None
        begun = "\n".join([*self._lines, *([typed] if typed else [])])
        last = {field.name: begun} if begun and field is not None and not isinstance(field, FileQuestion) else {}
        return {**self._draft, **self._values, **last}

    @property
    def submit(self) -> Submit | None:
        """The submitted form; None if a field is still missing."""
        return None if self._left else Submit(self.user, self.place, self.form.id, self._values, self._files)

    async def take(self, line: str) -> None:
        """Take the next line."""
        self.said.clear()
        field = self._left[0]
        if isinstance(field, FileQuestion):
            await self._take_path(field, line.strip())
        elif isinstance(field, ChoiceQuestion):
            self._take_choice(field, field.value if line in self._keep else line.strip())
        elif isinstance(field, ReferenceQuestion):
            self._take_reference(field, field.value if line in self._keep else line.strip())
        elif not self._is_line_by_line(field):
            self._take_value(field, field.value if line in self._keep else line)
        elif line == END_OF_TEXT:
            self._take_value(field, "\n".join(self._lines).strip())
        elif line in self._keep and not self._lines and field.value:
            self._take_value(field, field.value)
        else:
            self._lines.append(line)

    def _ask(self) -> None:
        """Show what people need to know before the next field."""
        self._lines.clear()
        field = self._left[0] if self._left else None
        if isinstance(field, ChoiceQuestion):
            self.said += [f"  {number}. {label}" for number, (_, label) in enumerate(field.options, start=1)]
        elif self.takes_lines:
            self.said.append("Enter begins a new line; Esc and then Enter ends the text.")
        elif isinstance(field, Question) and _is_long(field):
            self.said.append(f"{_label(field)}; end with a line that is just a dot")
            self.said += [f"[{line}]" for line in field.value.splitlines()]

    def _is_line_by_line(self, field: Field) -> bool:
        return _is_long(field) and not self._whole

    def _next(self) -> None:
        self._left.pop(0)
        self._ask()

    def _take_value(self, field: Question, value: str) -> None:
        if field.required and not value.strip():
            self.said.append("This field is required.")
            self._ask()
        elif len(value) > field.limit:
            self.said.append(f"At most {field.limit:,} characters; that was {len(value):,}.")
            if not self._is_line_by_line(field):
                self._left[0] = replace(field, value=value)
            self._ask()
        else:
            self._values[field.name] = value
            self._next()

    def _take_reference(self, field: ReferenceQuestion, typed: str) -> None:
        if typed:
            self._values[field.name] = typed
            self._next()
        else:
            self.said.append("This field is required.")

    def _take_choice(self, field: ChoiceQuestion, typed: str) -> None:
        """Accept the option whose number, value or label is typed."""
        named = {str(number): value for number, (value, _) in enumerate(field.options, start=1)}
        named |= {name.casefold(): value for value, label in field.options for name in (label, value)}
        if typed.casefold() in named:
            self._values[field.name] = named[typed.casefold()]
            self._next()
        else:
            self.said.append(f"Type a number from 1 to {len(field.options)}.")

    async def _take_path(self, field: FileQuestion, path: str) -> None:
        if self._take_file is None:
            self.said.append("I cannot take files here. Please do this where the bot has a form for it.")
        elif not path.lower().endswith(field.endings):
            self.said.append(f"Its name ends in {' or '.join(field.endings)}.")
        else:
            try:
                self._files[field.name] = await self._take_file(path)
            except OSError as error:
                self.said.append(f"It cannot be read: {error.strerror}.")
            else:
                self._next()


def _label(field: Question) -> str:
    return f"{field.label} ({'' if field.required else 'optional, '}at most {field.limit:,} characters)"


def _drafted(field: Field, draft: Mapping[str, str]) -> Field:
    if isinstance(field, FileQuestion) or field.name not in draft:
        return field
    return replace(field, value=draft[field.name])


def _is_long(field: Field) -> bool:
    return isinstance(field, Question) and field.lines > 1
