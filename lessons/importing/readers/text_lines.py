"""Return the text of HTML in lines: one per paragraph, cell or list item, with its number as displayed."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.markup.blocks import BLOCK_TAGS, TAG, tag_name, unescape_text
from lessons.markup.roman_numerals import roman_numeral
from lessons.markup.sanitise import REMOVED_BLOCKS

LINE_TAGS = BLOCK_TAGS | REMOVED_BLOCKS | {"br", "h1", "h5", "h6"}
LISTS = {"ul", "ol", "dl"}
INDENT = "  "
RAISED = str.maketrans("0123456789+-\u2212()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
LOWERED = str.maketrans("0123456789+-\u2212()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
# A reading above characters (ruby). With parentheses in `<rp>` around it, it can be read in plain text too.
READING = re.compile(r"(?P<parenthesis></rp>\s*+)?+<rt>(?:[^<]|<(?!/?(?:rt|rp|ruby|p|li)\b))*+(?:</rt>)?+")


def text_lines(html: str) -> list[str]:
    """Return the text of HTML, one line per block, with white space collapsed; code keeps its lines and spaces.

    Readings above characters are not part of it: words with them in between could not be found or counted.
    """
    lines: list[str] = []
    line: list[str] = []
    code_depth = 0

    def end_line() -> None:
        text = "".join(line)
        text = text.rstrip() if code_depth else " ".join(text.split())
        if text.strip():
            lines.append(text)
        line.clear()

    for n, piece in enumerate(TAG.split(without_readings(html))):
        if n % 2 == 0:
            first, *more = unescape_text(piece).split("\n") if code_depth else [unescape_text(piece)]
            line.append(first)
            for text in more:
                end_line()
                line.append(text)
            continue
        name = tag_name(piece)
        if name.lstrip("/") in LINE_TAGS:
            end_line()
        if name.lstrip("/") == "pre":
            code_depth += -1 if name[0] == "/" and code_depth else name[0] != "/"
    end_line()
    return lines


def without_readings(html: str) -> str:
    """Return `html` without readings above characters, unless they are in parentheses."""
    return READING.sub(lambda match: match[0] if match["parenthesis"] else "", html) if "<rt>" in html else html


def list_lines(html: str) -> list[str]:
    """Return the text of a list, sanitised: a line per item with its number, inner lists indented by two spaces.

    A list of definitions has a line per definition, with its term and a colon before it.
    """
    node = LexborHTMLParser(f"<body>{html}").css_first("ul, ol, dl")
    return _lines_of_list(node, "") if node else []


def _lines_of_list(node: LexborNode, indent: str) -> list[str]:
    if node.tag == "dl":
        return _lines_of_definitions(node, indent)
    lines: list[str] = []
    markers = _Numbering(node)
    for child in node.iter(include_text=True):
        if not child.is_text_node and child.tag in LISTS:
            lines += _lines_of_list(child, indent + INDENT)
        elif child.tag == "li":
            lines += _with_marker(_lines_of_item(child, indent), indent, markers.next(child))
        else:
            lines += [indent + line for line in text_lines(child.html or "")]
    return lines


def _lines_of_item(item: LexborNode, indent: str) -> list[str]:
    """Return the lines of a list item's content; those of an inner list are indented further."""
    lines: list[str] = []
    inline: list[str] = []

    def end_lines() -> None:
        lines.extend(indent + line for line in text_lines("".join(inline)))
        inline.clear()

    for child in item.iter(include_text=True):
        if child.tag in LISTS:
            end_lines()
            lines += _lines_of_list(child, indent + INDENT)
        elif child.tag != "-text" and child.css_first("ul, ol, dl"):
            end_lines()
            lines += _lines_of_item(child, indent)
        else:
            inline.append(child.html or "")
    end_lines()
    return lines


def _with_marker(lines: list[str], indent: str, marker: str) -> list[str]:
    if not marker:
        return lines
    if not lines or lines[0].startswith(indent + INDENT):
        return [indent + marker, *lines]
    return [f"{indent}{marker} {lines[0][len(indent) :]}", *lines[1:]]


def _lines_of_definitions(node: LexborNode, indent: str) -> list[str]:
    lines: list[str] = []
    terms: list[str] = []
    for child in node.iter(include_text=True):
        if child.tag == "dt":
            terms += [line[len(indent) :] for line in _lines_of_item(child, indent)]
            continue
        lead = _lead(terms) if child.tag == "dd" else ""
        inner = _lines_of_item(child, indent) if child.tag == "dd" else text_lines(child.html or "")
        terms = [] if lead else terms
        lines += _with_marker(inner, indent, lead)
    return lines + [indent + term for term in terms]


def _lead(terms: list[str]) -> str:
    text = ", ".join(terms)
    return text if not text or text.endswith((":", "：", "–", "—", "-", "?", "!")) else f"{text}:"


class _Numbering:
    """The numbers of the items of a list as a browser shows them."""

    def __init__(self, node: LexborNode):
        attributes = node.attributes
        self._is_numbered = node.tag == "ol"
        self._style = attributes.get("type") or "1"
        self._step = -1 if "reversed" in attributes else 1
        start = _integer(attributes.get("start"))
        if start is None:
            start = 1 if self._step == 1 else sum(child.tag == "li" for child in node.iter())
        self._next = start

    def next(self, item: LexborNode) -> str:
        """Return the marker of the next item, empty in a list without numbers."""
        if not self._is_numbered:
            return ""
        value = _integer(item.attributes.get("value"))
        number = self._next if value is None else value
        self._next = number + self._step
        return format_number(number, self._style) + "."


def _integer(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 11 else None


def format_number(number: int, style: str) -> str:
    """Return a number in the style of `<ol type>`: 1, a, A, i or I; in digits if the style cannot express it."""
    if style in ("a", "A") and number > 0:
        letters = ""
        while number:
            number, digit = divmod(number - 1, 26)
            letters = chr(ord(style) + digit) + letters
        return letters
    if style in ("i", "I") and (numeral := roman_numeral(number)):
        return numeral.upper() if style == "I" else numeral
    return str(number)


def raise_digits(text: str, tag: str) -> str:
    """Return the text of a `sup` or `sub` for a line without HTML: numbers with raised or lowered digits.

    Other text stays, as in "2nd".
    """
    is_number = any(c.isdigit() for c in text) and all(ord(c) in RAISED for c in text)
    return text.translate(RAISED if tag == "sup" else LOWERED) if is_number else text
