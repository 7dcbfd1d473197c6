"""Pure: a lesson's HTML as Markdown that the parser of lessons reads as the same text.

    tree     the HTML in a normal form, which says what "the same text" means
    inline   text, emphasis, links, formulas
    blocks   paragraphs, lists, tables, code, callouts, notes
    raw      what stays HTML

What is written is read again: whatever would not be the same is written more carefully, and at last as HTML.
"""

from collections.abc import Mapping
from difflib import SequenceMatcher

from lessons.markup.html_to_markdown.blocks import BlockWriter
from lessons.markup.html_to_markdown.tree import Node, parse
from lessons.markup.lesson_markdown import render_lesson
from lessons.markup.sanitise import CHECK_ATTRIBUTE, InvalidText
from lessons.memo import memoized

MAX_ATTEMPTS = 8
# Pairs of blocks that are compared to find which of them were not read as they should be.
MAX_COMPARED = 250_000


class NotMarkdown(ValueError):
    """HTML that could not be written so that it is read as the same; hardly any is."""


def is_same_text(html: str, other: str) -> bool:
    """Return whether two texts differ in nothing but what the normal form leaves out."""
    return html == other or blocks_of(html) == blocks_of(other)


@memoized
def blocks_of(html: str) -> list[str]:
    """Return each block of sanitised HTML in the normal form, in a notation to compare."""
    return list(map(_notation, parse(html).nodes))


def _notation(node: Node, *, is_code: bool = False) -> str:
    if node.tag == "math":
        return node.html
    is_code = is_code or node.tag == "pre"
    attributes = sorted((name, _spaced(value)) for name, value in node.attributes.items())
    children = [
        _notation(child, is_code=is_code) if isinstance(child, Node) else repr(child if is_code else _spaced(child))
        for child in node.children
    ]
    return f"<{node.tag} {attributes}>{''.join(children)}</>"


def _spaced(text: str) -> str:
    return text.replace("\n", " ")


def to_markdown(
    html: str,
    addresses: Mapping[str, str] | None = None,
    images: Mapping[str, str] | None = None,
    checks: Mapping[str, str] | None = None,
) -> str:
    """Return sanitised HTML as Markdown.

    addresses: how the addresses of links and images are written, by what they are in the HTML. images: those of
    them that are files, with the addresses that the HTML has for them. checks: the content of the block of each check,
    by its uid. Raise NotMarkdown.
    """
    addresses, checks = addresses or {}, checks or {}
    body = parse(html)
    reader = _Reader(images or {}, checks)
    expected = [_notation(reader.expected(node, addresses)) for node in body.nodes]
    for has_footnotes in (
        (True, False) if body.nodes and body.nodes[-1].attributes.get("class") == "footnotes" else (False,)
    ):
        markdown = _verified(body, expected, BlockWriter(addresses, checks, has_footnotes), reader)
        if markdown is not None:
            return markdown
    raise NotMarkdown


def as_html(html: str, addresses: Mapping[str, str], checks: Mapping[str, str] | None = None) -> str:
    """Return the text with each of its blocks as HTML but its checks, whether it can be read again or not."""
    body = parse(html)
    return BlockWriter(addresses, checks or {}, plain_html=frozenset(range(len(body.nodes)))).write(body)


class _Reader:
    """Reads what was written. Checks with the same content are the same to it."""

    def __init__(self, images: Mapping[str, str], checks: Mapping[str, str]):
        self._images, self._checks = images, checks
        self._uid_of = {content: uid for uid, content in checks.items()}
        self._kept = set(images.values())

    def expected(self, node: Node, addresses: Mapping[str, str]) -> Node:
        """Return the element as it will be read: with the new addresses of its links, and the images as they were."""
        children = [c if isinstance(c, str) else self.expected(c, addresses) for c in node.children]
        attributes = {name: self._value(name, value, addresses) for name, value in node.attributes.items()}
        return Node(node.tag, attributes, children, node.html)

    def _value(self, name: str, value: str, addresses: Mapping[str, str]) -> str:
        if name == CHECK_ATTRIBUTE:
            return self._uid_of.get(self._checks.get(value, ""), value)
        return addresses.get(value, value) if name == "href" and value not in self._kept else value

    def read(self, markdown: str) -> list[str]:
        """Return the blocks of what the parser reads; none for Markdown that it would take too long to read."""
        try:
            return blocks_of(render_lesson(markdown, self._images.get, self._uid_of.get))
        except InvalidText:
            return []


def _verified(body: Node, expected: list[str], writer: BlockWriter, reader: _Reader) -> str | None:
    """Return what is written once it is read as expected, None if it never is."""
    for _attempt in range(MAX_ATTEMPTS):
        markdown = writer.write(body)
        read = reader.read(markdown)
        if read == expected:
            return markdown
        wrong = _unmatched(expected, read)
        careful = frozenset(wrong - writer.cautious)
        if careful:
            writer.cautious |= careful
        elif wrong - writer.plain_html:
            writer.plain_html |= frozenset(wrong)
        else:
            break
    everything = frozenset(range(len(expected)))
    writer.plain_html = everything
    markdown = writer.write(body)
    return markdown if reader.read(markdown) == expected else None


def _unmatched(expected: list[str], read: list[str]) -> set[int]:
    """Return the numbers of the blocks that were not read as expected; the nearest ones if blocks were added."""
    if len(expected) == len(read):
        return {n for n, (one, other) in enumerate(zip(expected, read, strict=True)) if one != other}
    shortest = min(len(expected), len(read))
    start = next((n for n in range(shortest) if expected[n] != read[n]), shortest)
    end = next((n for n in range(shortest - start) if expected[-1 - n] != read[-1 - n]), shortest - start)
    middle = range(start, len(expected) - end)
    if len(middle) * (len(read) - start - end) > MAX_COMPARED:
        return set(middle)
    matcher = SequenceMatcher(
        None, expected[start : len(expected) - end], read[start : len(read) - end], autojunk=False
    )
    matched = {start + n for block in matcher.get_matching_blocks() for n in range(block.a, block.a + block.size)}
    return set(middle) - matched or {n for n in (start - 1, start) if 0 <= n < len(expected)}
