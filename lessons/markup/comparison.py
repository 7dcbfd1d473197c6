"""Pure: what differs between two texts: words, and headings, lists, links, images, tables, code and formulas, too.

Leaves (`structure`) with the same words are the same leaf, whatever became of them; others are compared word by word.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.markup.lesson_markdown import CHECK
from lessons.markup.sequence_diff import Edit, edits, similar_pairs, similarity
from lessons.markup.structure import BREAK, CELL, FORMULA, IMAGE, LINE, RULE, WORD, Container, Leaf, Token, leaves
from lessons.markup.text_diff import TOKEN

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"
# Two leaves with at least this share of tokens in common are versions of the same one.
MIN_SIMILARITY = 0.3
# So many leaves on each side are paired by their similarity; of more, only those at either end of a change.
MAX_PAIRED = 24
# More rows with changes than this are counted, not shown.
MAX_ROWS = 1000
# Tokens of an unchanged passage that are shown before and after a change.
CONTEXT = 25
MAX_REMARKS = 30
# A moved leaf has at least so many tokens: shorter ones are equal by chance.
MIN_MOVED = 4


class Segment(NamedTuple):
    """A part of a leaf; change: SAME, ADDED or REMOVED. space: what follows it."""

    change: str
    html: SafeString
    space: str = ""

    @property
    def marked(self) -> SafeString:
        """Return the part with its space: removed words in <del>, added ones in <ins>, labelled for screen readers."""
        if self.change == SAME:
            return format_html("{}{}", self.html, self.space)
        tag, label = ("del", _("removed:")) if self.change == REMOVED else ("ins", _("added:"))
        html = '<{0}><span class="visually-hidden">{1} </span>{2}</{0}>{3}'
        return format_html(html, tag, label, self.html, self.space)


class Row(NamedTuple):
    """A leaf that changed, or one before or after it. label: what it is. remarks: how it changed besides its words."""

    change: str
    label: str
    segments: list[Segment]
    remarks: list[str]


class Skipped(NamedTuple):
    """So many leaves between two rows are the same."""

    leaf_count: int

    @property
    def text(self) -> str:
        text = ngettext(
            "%d paragraph, item or row is the same.", "%d paragraphs, items or rows are the same.", self.leaf_count
        )
        return text % self.leaf_count


class Comparison(NamedTuple):
    rows: list[Row | Skipped]
    omitted: int

    @property
    def is_same(self) -> bool:
        return not any(isinstance(row, Row) for row in self.rows)


class _Pair(NamedTuple):
    """A leaf as it was and as it is; one of them is None where the other was added or removed."""

    old: Leaf | None
    new: Leaf | None


def compare(old: str, new: str) -> Comparison:
    """Compare two sanitised texts."""
    before, after = leaves(old), leaves(new)
    comparer = _Comparer()
    rows: list[Row | Skipped] = []
    unchanged: list[Leaf] = []
    pairs = list(_pairs(before, after))
    comparer.find_moved(pairs)
    shown = omitted = 0
    for pair in pairs:
        if shown == MAX_ROWS:
            omitted += pair.old is None or pair.new is None or pair.old.key != pair.new.key
        elif row := comparer.row(pair):
            rows += _context(unchanged, is_first=not shown)
            unchanged, shown = [], shown + 1
            rows.append(row)
        else:
            assert pair.new is not None  # a leaf that was removed has a row
            unchanged.append(pair.new)
    rows += _context(unchanged, is_first=not shown, is_last=True)
    return Comparison(rows, omitted)


def compare_words(old: str, new: str) -> list[Segment]:
    """Compare two plain texts, such as titles, word by word."""
    return _segments(_line_tokens(old), _line_tokens(new))


def _line_tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    for line in text.splitlines():
        if tokens:
            tokens.append(Token(BREAK, ""))
        tokens += [Token(WORD, word.rstrip(), has_space=word[-1].isspace()) for word in TOKEN.findall(line.lstrip())]
    return tokens


def _context(unchanged: list[Leaf], *, is_first: bool, is_last: bool = False) -> Iterator[Row | Skipped]:
    """Yield what is shown of the unchanged leaves between two changes: the first and the last, and their number."""
    if is_first and is_last:
        yield from [Skipped(len(unchanged))] if unchanged else []
        return
    start = [] if is_first else unchanged[:1]
    end = [] if is_last else unchanged[len(start) :][-1:]
    yield from (_same(leaf) for leaf in start)
    if count := len(unchanged) - len(start) - len(end):
        yield Skipped(count)
    yield from (_same(leaf) for leaf in end)


def _same(leaf: Leaf) -> Row:
    tokens = leaf.tokens
    if len(tokens) > 2 * CONTEXT:
        tokens = [*tokens[:CONTEXT], Token(WORD, "…", has_space=True), *tokens[-CONTEXT:]]
    return Row(SAME, _label(leaf), [Segment(SAME, _html(tokens))], [])


def _pairs(old: list[Leaf], new: list[Leaf]) -> Iterator[_Pair]:
    """Yield the leaves of both texts in order, each with the one that it was or became."""
    done = new_done = 0
    for edit in edits([leaf.key for leaf in old], [leaf.key for leaf in new]):
        yield from map(_Pair, old[done : edit.old_start], new[new_done : edit.new_start])
        yield from _paired(old[edit.old_start : edit.old_end], new[edit.new_start : edit.new_end])
        done, new_done = edit.old_end, edit.new_end
    yield from map(_Pair, old[done:], new[new_done:])


def _paired(old: list[Leaf], new: list[Leaf]) -> Iterator[_Pair]:
    """Yield the leaves of a change, in order, those that are similar as pairs."""
    before, after = ([Counter(leaf.key) for leaf in side] for side in (old, new))
    start = end = 0
    if max(len(old), len(new)) > MAX_PAIRED:
        shorter = min(len(old), len(new))
        while start < shorter and similarity(before[start], after[start]) >= MIN_SIMILARITY:
            start += 1
        while end < shorter - start and similarity(before[-1 - end], after[-1 - end]) >= MIN_SIMILARITY:
            end += 1
    yield from map(_Pair, old[:start], new[:start])
    middle = old[start : len(old) - end], new[start : len(new) - end]
    counts = before[start : len(old) - end], after[start : len(new) - end]
    pairs = similar_pairs(*counts, MIN_SIMILARITY) if max(map(len, middle)) <= MAX_PAIRED else []
    done = new_done = 0
    for i, j in [*pairs, (len(middle[0]), len(middle[1]))]:
        yield from (_Pair(leaf, None) for leaf in middle[0][done:i])
        yield from (_Pair(None, leaf) for leaf in middle[1][new_done:j])
        yield from map(_Pair, middle[0][i : i + 1], middle[1][j : j + 1])
        done, new_done = i + 1, j + 1
    yield from map(_Pair, old[len(old) - end :], new[len(new) - end :])


class _Comparer:
    """Makes rows of pairs. What became of a list or table is described once, at its first leaf."""

    def __init__(self):
        self.described: set[tuple[int, int]] = set()
        self.moved: set[tuple] = set()

    def find_moved(self, pairs: Iterable[_Pair]) -> None:
        alone = [pair for pair in pairs if pair.old is None or pair.new is None]
        removed = {pair.old.key for pair in alone if pair.old}
        added = {pair.new.key for pair in alone if pair.new}
        self.moved = {key for key in removed & added if len(key) >= MIN_MOVED}

    def row(self, pair: _Pair) -> Row | None:
        """Return the row of a pair; None if nothing in it changed."""
        old, new = pair
        if old is None or new is None:
            leaf, change = (new, ADDED) if new else (old, REMOVED)
            assert leaf is not None
            remarks = (
                [_("It was moved here.") if new else _("It was moved elsewhere.")] if leaf.key in self.moved else []
            )
            return Row(change, _label(leaf), [Segment(change, _html(leaf.tokens))], remarks)
        remarks = [*self._container_remarks(old, new), *_leaf_remarks(old, new)][:MAX_REMARKS]
        if not remarks and old.key == new.key:
            return None
        return Row(CHANGED, _label(new), _segments(old.tokens, new.tokens), remarks)

    def _container_remarks(self, old: Leaf, new: Leaf) -> Iterator[str]:
        for before, after in zip(old.containers, new.containers, strict=False):
            names = _container_name(before), _container_name(after)
            if names[0] != names[1] and (before.number, after.number) not in self.described:
                self.described.add((before.number, after.number))
                yield _("The block around it was: %(old)s. Now: %(new)s.") % {"old": names[0], "new": names[1]}
        depth = min(len(old.containers), len(new.containers))
        for container in old.containers[depth:]:
            yield _("No longer in: %s.") % _container_name(container)
        for container in new.containers[depth:]:
            yield _("Now in: %s.") % _container_name(container)


def _leaf_remarks(old: Leaf, new: Leaf) -> Iterator[str]:
    """Yield what changed besides the words: what the leaf is, and how words in it are marked."""
    if old.kind != new.kind:
        yield _("Was: %(old)s. Now: %(new)s.") % {"old": _kind_name(old), "new": _kind_name(new)}
    if old.detail != new.detail and "pre" in (old.kind, new.kind):
        names = {"old": old.detail or _("none"), "new": new.detail or _("none")}
        yield _("Language of the code: %(old)s, now %(new)s.") % names
    for change, both in groupby(_marked_pairs(old, new), key=lambda pair: (pair[0].kind, *_mark_change(*pair))):
        kind, lost, gained = change
        if lost or gained:
            words = " ".join(token.text for _token, token in both)
            yield from _mark_remarks(kind, words, list(lost), list(gained))


def _marked_pairs(old: Leaf, new: Leaf) -> Iterator[tuple[Token, Token]]:
    """Yield the tokens that both leaves have, and images that replaced one another."""
    done = new_done = 0
    for edit in [*_token_edits(old.tokens, new.tokens), Edit(len(old.tokens), 0, len(new.tokens), 0)]:
        yield from zip(old.tokens[done : edit.old_start], new.tokens[new_done : edit.new_start], strict=False)
        changed = old.tokens[edit.old_start : edit.old_end], new.tokens[edit.new_start : edit.new_end]
        if len(changed[0]) == len(changed[1]):
            yield from (pair for pair in zip(*changed, strict=True) if pair[0].kind == pair[1].kind)
        done, new_done = edit.old_end, edit.new_end


def _mark_change(old: Token, new: Token) -> tuple[tuple, tuple]:
    return tuple(m for m in old.marks if m not in new.marks), tuple(m for m in new.marks if m not in old.marks)


def _mark_remarks(kind: str, words: str, lost: list[tuple[str, str]], gained: list[tuple[str, str]]) -> Iterator[str]:
    """Yield how tokens are marked now and were before. An image and a cell always have one mark."""
    words = words if len(words) <= 80 else f"{words[:79]}…"
    names = {"words": words}
    if kind == IMAGE:
        values = {"old": lost[0][1], "new": gained[0][1]}
        yield _("Alternative text of the image: “%(old)s”, now “%(new)s”.") % values
        return
    if kind == CELL:
        yield _("A cell changed: %(old)s, now %(new)s.") % {"old": _cell_name(*lost[0]), "new": _cell_name(*gained[0])}
        return
    for name, value in lost:
        replaced = next((mark for mark in gained if mark[0] == name), None)
        if replaced:
            gained.remove(replaced)
            values = names | {"old": value or "–", "new": replaced[1] or "–", "mark": capfirst(mark_name(name))}
            yield _("%(mark)s of “%(words)s”: was %(old)s, now %(new)s.") % values
        else:
            yield _("No longer %(mark)s: “%(words)s”.") % (names | {"mark": _with_value(name, value)})
    for name, value in gained:
        yield _("Now %(mark)s: “%(words)s”.") % (names | {"mark": _with_value(name, value)})


def _with_value(name: str, value: str) -> str:
    return f"{mark_name(name)} ({value})" if value else mark_name(name)


def mark_name(name: str) -> str:
    names = {
        "bold": _("bold"),
        "italic": _("italic"),
        "underlined": _("underlined"),
        "struck": _("struck through"),
        "subscript": _("subscript"),
        "superscript": _("superscript"),
        "code": _("code"),
        "key": _("key"),
        "quotation": _("quotation"),
        "cite": _("title of a work"),
        "abbreviation": _("abbreviation"),
        "link": _("link"),
    }
    return names.get(name, name)


def _cell_name(name: str, span: str) -> str:
    kind = _("heading") if name == "th" else _("cell")
    return kind if span == "1×1" else f"{kind} {span}"


def _kind_name(leaf: Leaf) -> str:
    """Return what a leaf is, besides what it is in."""
    names = {
        "p": _("Paragraph"),
        "h2": _("Heading, level 2"),
        "h3": _("Heading, level 3"),
        "h4": _("Heading, level 4"),
        "li": _("List item"),
        "dt": _("Term"),
        "dd": _("Definition"),
        "pre": _("Code"),
        "tr": _("Table row"),
        "caption": _("Table caption"),
        "summary": _("Summary"),
        "figcaption": _("Caption"),
    }
    if leaf.tokens and all(token.kind == IMAGE for token in leaf.tokens):
        return _("Image")
    if leaf.tokens and leaf.tokens[0].kind == RULE:
        return _("Horizontal line")
    return names[leaf.kind]


def _label(leaf: Leaf) -> str:
    """Return what a leaf is: `Heading, level 2`, `List item (numbered list)`."""
    if any(container.name == "section" for container in leaf.containers):
        return _("Footnote")
    if any(container.detail == CHECK for container in leaf.containers):
        return _("Check, answer") if leaf.kind == "li" else _("Check")
    inner = leaf.containers[-1] if leaf.containers else None
    if inner is None or inner.name in ("table", "figure", "dl"):
        return _kind_name(leaf)
    return f"{_kind_name(leaf)} ({_container_name(inner).lower()})"


def _container_name(container: Container) -> str:
    names = {
        "ul": _("Bulleted list"),
        "ol": _("Numbered list"),
        "dl": _("Definition list"),
        "blockquote": _("Quotation"),
        "table": _("Table"),
        "aside": _("Callout"),
        "details": _("Collapsible section"),
        "section": _("Footnotes"),
        "figure": _("Figure"),
    }
    detail = container.detail if container.name in ("ol", "aside") else ""
    return f"{names[container.name]}, {detail}" if detail else names[container.name]


def _token_edits(old: list[Token], new: list[Token]) -> list[Edit]:
    return edits([token.key for token in old], [token.key for token in new])


def _segments(old: list[Token], new: list[Token]) -> list[Segment]:
    """Return the parts of a leaf that stayed, were removed and were added, in order."""
    segments: list[Segment] = []
    done = 0
    for edit in _token_edits(old, new):
        segments += _segment(SAME, new[done : edit.new_start])
        segments += _segment(REMOVED, old[edit.old_start : edit.old_end])
        segments += _segment(ADDED, new[edit.new_start : edit.new_end])
        done = edit.new_end
    return segments + _segment(SAME, new[done:])


def _segment(change: str, tokens: list[Token]) -> list[Segment]:
    """Return the segment, if it has tokens; a space divides what was removed from what was added after it."""
    has_space = bool(tokens) and (tokens[-1].has_space or change == REMOVED)
    return [Segment(change, _html(tokens), " " if has_space else "")] if tokens else []


def _html(tokens: list[Token]) -> SafeString:
    parts = []
    for is_word, run in groupby(tokens, key=lambda token: token.kind == WORD):
        if is_word:
            parts.append(
                conditional_escape("".join(f"{token.text} " if token.has_space else token.text for token in run))
            )
        else:
            parts += map(_token_html, run)
    return SafeString("".join(parts).rstrip())


def _token_html(token: Token) -> SafeString:
    space = " " if token.has_space else ""
    if token.kind == LINE:
        return format_html("<code>{}</code><br>", token.text)
    if token.kind == IMAGE:
        alt = dict(token.marks).get("alt", "")
        shown = alt or _("no alternative text")
        return format_html('<span class="image"><img src="{}" alt=""> {}</span>{}', token.text, shown, space)
    if token.kind == FORMULA:
        return format_html("<code>${}$</code>{}", token.text, space)
    return mark_safe({CELL: ' <span class="cell-edge">|</span> ', BREAK: "<br>", RULE: "―"}[token.kind])
