"""Build nested lists from paragraphs: numbering, the list that an item belongs to, typed markers. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from lessons.importing.readers import list_markers
from lessons.markup.roman_numerals import roman_value

T = TypeVar("T")

DEEPER = 200  # twentieths of a point by which a list is indented more than the one around it
TYPED_BULLET = re.compile(r"([-–•●○▪◦‣⁃·∙*§]|o(?=\t|\xa0| {2}))[ \t\xa0]++(?=\S)")
TYPED_NUMBER = re.compile(r"(\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])[ \t\xa0]++(?=\S)")
# Signs that also begin other paragraphs, so that a single one does not make a list.
COMMON_SIGNS = "-–*"
START_LENGTH = 40  # characters searched for a typed marker


@dataclass(frozen=True, slots=True)
class Marker:
    """The marker of an item. label: as displayed, empty for bullets. value: its number.

    html_type: the `type` of an `<ol>` that counts in the same way. is_plain: whether an `<ol>` can show it, unlike
    `1.1`. indent: of the item's text, in twentieths of a point. is_visible: whether a marker is displayed.
    """

    list_id: str
    level: int
    label: str = ""
    value: int = 1
    html_type: str = ""
    is_plain: bool = True
    indent: int = 0
    is_visible: bool = True


@dataclass(slots=True)
class ListItem(Generic[T]):
    """An item: its paragraphs, and the lists below it, in order."""

    marker: Marker
    parts: list["T | ListNode[T]"] = field(default_factory=list)


@dataclass(slots=True)
class ListNode(Generic[T]):
    """A list. depth: the level and the indent of its items."""

    depth: tuple[int, int]
    marker: Marker
    items: list[ListItem[T]] = field(default_factory=list)

    @property
    def is_numbered(self) -> bool:
        """Return whether the list is an `<ol>`."""
        return bool(self.marker.label) and self.marker.is_plain

    def attributes(self) -> dict[str, str]:
        """Return the attributes of the list's element."""
        if not self.is_numbered:
            return {}
        first = self.items[0].marker.value
        kind = {"type": self.marker.html_type} if self.marker.html_type else {}
        return kind | ({"start": str(first)} if first != 1 else {})

    def item_attributes(self) -> Iterable[dict[str, str]]:
        """Yield the attributes of each `<li>`: its number, if that does not follow the previous one."""
        expected = self.items[0].marker.value
        for item in self.items:
            value = item.marker.value
            yield {"value": str(value)} if self.is_numbered and value != expected else {}
            expected = value + 1

    def accepts(self, marker: Marker) -> bool:
        """Return whether an item belongs to this list: a bullet to bullets, a number to the numbers before it."""
        mine = self.marker
        if bool(mine.label) != bool(marker.label) or mine.html_type != marker.html_type:
            return False
        if mine.is_plain != marker.is_plain:
            return False
        is_counted = bool(marker.label) and marker.is_plain
        return mine.list_id == marker.list_id or not is_counted or marker.value == self.items[-1].marker.value + 1


def nest(entries: Iterable[tuple[Marker | None, int, T]]) -> list[ListNode[T]]:
    """Return the lists of consecutive (marker, indent, paragraph). Without a marker, an entry continues the item."""
    top: list[ListNode[T]] = []
    stack: list[ListNode[T]] = []
    for marker, indent, paragraph in entries:
        if marker is None:
            if stack:
                stack[-1].items[-1].parts.append(paragraph)
            continue
        depth = _depth(indent, marker, stack)
        while stack and stack[-1].depth > depth:
            stack.pop()
        if stack and stack[-1].depth == depth and not stack[-1].accepts(marker):
            stack.pop()
        if not stack or stack[-1].depth < depth:
            node: ListNode[T] = ListNode(depth, marker)
            (stack[-1].items[-1].parts if stack else top).append(node)
            stack.append(node)
        stack[-1].items.append(ListItem(marker, [paragraph]))
    return top


def _depth(indent: int, marker: Marker, stack: Sequence[ListNode]) -> tuple[int, int]:
    """Return (level, indent), by which lists are compared for nesting."""
    same = next((node for node in reversed(stack) if node.marker.list_id == marker.list_id), None)
    if same is not None and same.marker.level == marker.level:
        return same.depth
    if not stack:
        return (marker.level, indent)
    top = stack[-1]
    if same is None and top.marker.level == marker.level:
        close = next((node for node in reversed(stack) if abs(node.depth[1] - indent) <= DEEPER), None)
        return close.depth if close else (marker.level, indent)
    return (marker.level, top.depth[1] if marker.level == top.depth[0] else indent)


def typed_markers(starts: Sequence[str | None], list_id: str) -> list[tuple[Marker, int] | None]:
    """Return for each paragraph its typed marker and the marker's length, or None.

    starts: the beginnings of consecutive paragraphs, None for other elements. Consecutive numbers make a list; a
    single one does not.
    """
    result: list[tuple[Marker, int] | None] = [None] * len(starts)
    run: list[tuple[int, re.Match]] = []
    for n, start in enumerate([*starts, None]):
        match = (TYPED_BULLET.match(start) or TYPED_NUMBER.match(start)) if start else None
        if run and not (match and _follows(run[-1][1][1], match[1])):
            for index, marked in _marked(run, f"{list_id} {run[0][0]}"):
                result[index] = marked
            run = []
        if match:
            run.append((n, match))
    return result


def _follows(before: str, after: str) -> bool:
    is_bullet = before[-1] not in ".)"
    return before == after if is_bullet else list_markers.is_next_marker(before, after)


def _marked(run: list[tuple[int, re.Match]], list_id: str) -> Iterable[tuple[int, tuple[Marker, int]]]:
    sign = run[0][1][1]
    is_numbered = sign[-1] in ".)"
    if len(run) < 2 and (is_numbered or sign in COMMON_SIGNS):
        return
    following = run[1][1][1] if len(run) > 1 else ""
    first = first_number(sign, following) if is_numbered else None
    for n, (index, match) in enumerate(run):
        if first is None:
            marker = Marker(list_id, 0, match[1] if is_numbered else "", is_plain=not is_numbered)
        else:
            marker = Marker(list_id, 0, match[1], first[0] + n, first[1])
        yield index, (marker, match.end())


def first_number(label: str, following: str = "") -> tuple[int, str] | None:
    """Return (number, type of `<ol>`) of a label: (3, "a") of "c)". following: the label of the next item, if any."""
    body, after = label.strip("(). "), following.strip("(). ")
    if body.isascii() and body.isdecimal():
        return int(body), ""
    if not body.isascii() or not body.isalpha():
        return None
    # A single letter may be a numeral, as `v` is before `vi`.
    is_numeral = (body.lower() == "i" and after.lower() != "j") or list_markers.is_next_numeral(body, after)
    is_letter = len(body) == 1 and not is_numeral
    kind = "a" if is_letter else "i"
    value = ord(body.lower()) - ord("a") + 1 if is_letter else roman_value(body)
    return (value, kind if body.islower() else kind.upper()) if value else None
