"""Long lists, a page at a time: each page has buttons that turn it in place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.chat.events import Place
from bot.chat.markup import Plain
from bot.chat.replies import Button, Note

_Item = TypeVar("_Item")
# More digits than any page number has.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """A page of a list: what is on it, its number from 1, and how many pages there are."""

    items: tuple[_Item, ...]
    number: int
    count: int

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return the small print that says which page this is; none if there is only one."""
        return (Note((Plain(f"Page {self.number} of {self.count}"),)),) if self.count > 1 else ()

    def buttons(self, action: str, of: str = "") -> tuple[Button, ...]:
        """Return the buttons that turn the page, by an action whose value is what the list is `of`, and a number."""
        turns = (("Previous page", self.number - 1), ("Next page", self.number + 1))
        return tuple(Button(label, action, f"{of} {n}".strip()) for label, n in turns if 1 <= n <= self.count)


def page_of(items: Sequence[_Item], number: int, size: int, place: Place) -> Page[_Item]:
    """Return the page with that number, or the nearest. A terminal gets everything on one page."""
    if not place.posts:
        return Page(tuple(items), 1, 1)
    count = max(1, -(-len(items) // size))
    number = min(max(number, 1), count)
    return Page(tuple(items[(number - 1) * size : number * size]), number, count)


def turned_to(value: str) -> tuple[str, int]:
    """Read what a page's button carries: what the list is of, and the page's number, 1 if there is none."""
    of, _, number = value.rpartition(" ")
    return of, int(number) if number.isdecimal() and len(number) <= _DIGITS else 1
