"""Keyset pagination: a page begins after a row that its URL names, never at an OFFSET."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Q

from lessons.db.compiled_queries import int_param, str_param
from lessons.db.ids import parse_number

Row = TypeVar("Row")
Position = tuple[Any, ...]
SEPARATOR = "."


class Keyset:
    """An order of rows by `columns`, named as in `order_by`; none of them is null, and together they are unique.

    A position is the values of these columns in a row. In a URL it is a cursor: numbers separated by full stops or,
    with `is_text`, the text of the only column.
    """

    def __init__(self, *columns: str, is_text: bool = False):
        if is_text and len(columns) != 1:
            raise TypeError("Only a keyset of one column can be text.")
        self.order_by, self.is_text = columns, is_text
        self.columns = [column.removeprefix("-") for column in columns]

    def parse_cursor(self, text: object) -> Position | None:
        """Return the position that a URL names; None if it is invalid. Never raises."""
        if self.is_text:
            return (text,) if isinstance(text, str) and text and "\x00" not in text else None
        parts = text.split(SEPARATOR, len(self.columns)) if isinstance(text, str) else []
        numbers = tuple(number for number in map(parse_number, parts) if number is not None)
        return numbers if len(parts) == len(numbers) == len(self.columns) else None

    def format_cursor(self, position: Iterable[Any]) -> str:
        return SEPARATOR.join(map(str, position))

    def after(self, position: Sequence[Any]) -> Q:
        """Return the condition for the rows after the position.

        It also bounds the first column alone, because databases use an index for that, but not for the alternatives.
        """
        beyond = Q()
        for column, ordered, value in reversed(list(zip(self.columns, self.order_by, position, strict=True))):
            past = "lt" if ordered.startswith("-") else "gt"
            further = Q(**{f"{column}__{past}": value})
            if beyond:
                beyond = Q(**{f"{column}__{past}e": value}) & (further | Q(**{column: value}) & beyond)
            else:
                beyond = further
        return beyond

    def backward(self) -> "Keyset":
        """Return the reverse order: what is `after` a position in it comes before that position in this one."""
        reversed_names = (name[1:] if name.startswith("-") else f"-{name}" for name in self.order_by)
        return Keyset(*reversed_names, is_text=self.is_text)

    def placeholders(self) -> Position:
        """Return the position of a compiled query, whose values are those of `params`."""
        param = str_param if self.is_text else int_param
        return tuple(param(f"cursor_{n}") for n in range(len(self.columns)))

    def params(self, position: Sequence[Any] | None) -> dict[str, Any]:
        """Return the values for a query compiled with `placeholders`; empty without a position."""
        return {f"cursor_{n}": value for n, value in enumerate(position or ())}


class Page(NamedTuple, Generic[Row]):
    """Rows in order, and the cursors of the next and previous page; a cursor is empty if there is no such page."""

    rows: list[Row]
    next_cursor: str
    previous_cursor: str


def make_page(
    rows: Sequence[Row],
    size: int,
    cursor: Callable[[Row], object],
    *,
    is_backward: bool = False,
    has_before: bool = False,
) -> Page[Row]:
    """Return a page of `rows`, which were fetched up to one more than `size`: the extra one shows that there are more.

    `cursor` returns the cursor of a row. With `is_backward`, the rows were fetched in reverse order from a position.
    `has_before` says that there are rows before the first.
    """
    is_more, shown = len(rows) > size, list(rows[:size])
    if is_backward:
        shown.reverse()
    has_previous, has_next = (is_more, True) if is_backward else (has_before, is_more)
    return Page(
        shown,
        str(cursor(shown[-1])) if shown and has_next else "",
        str(cursor(shown[0])) if shown and has_previous else "",
    )
