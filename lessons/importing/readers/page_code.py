"""Convert code on a page to `<pre><code class="language-x">`, without line numbers."""

import re
from itertools import takewhile

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission, element
from lessons.importing.readers.pages.names import class_names
from lessons.markup.sanitise import CODE_LANGUAGE

NUMBERS = _("Line numbers of code.")
# Elements around code that state its language.
ANCESTORS = 3
LANGUAGE_ATTRIBUTES = (
    "data-lang",
    "data-language",
    "data-enlighter-language",
    "data-code-language",
    "data-syntax",
    "lang-name",
)
LANGUAGE_CLASS = re.compile(
    r"(?:language|lang|highlight-source|highlight-text|highlight|src|sourceCode|brush|code|syntax|prism|crayon)"
    r"[-:_](?P<name>[\w+#.-]+)",
    re.IGNORECASE,
)
LANGUAGE_IN_TEXT = re.compile(r"(?:\A|[\s;{])(?:brush|lang|language)\s*+:\s*+(?P<name>[\w+#-]+)", re.IGNORECASE)
# Classes that say "code" when the word beside them is the language: `class="sourceCode python"`, `class="hljs rust"`.
CODE_CLASSES = {"sourcecode", "hljs", "highlight", "src", "chroma", "shiki", "prettyprint", "codehilite", "code"}
NO_LANGUAGE = set(
    "none text plain plaintext txt nohighlight no-highlight default auto block blocks wrapper container code source "
    "sourcecode line lines numbers line-numbers table example output file title header body toolbar snippet listing "
    "notranslate highlight hljs prettyprint prettyprinted linenums numbersource numberlines literal-block "
    "programlisting screen literalblock chroma shiki codehilite src numbered".split()
)
TABLES = "table:has(pre, code, td.blob-code, td.hljs-ln-code, td.line-content, .line)"
GUTTER = (
    ".lineno, .linenos, .lnt, .ln, .line-number, .line-numbers, .line-numbers-rows, .linenodiv, .hljs-ln-numbers, "
    ".gutter, .lineNo, .linenumber, .linenumbers, .code-line-number, .react-syntax-highlighter-line-number, "
    ".blob-num, .rouge-gutter, .crayon-nums"
)
BUTTONS = "button, .copybtn, .copy-button, .copy-code-button, .clipboard-button, clipboard-copy, .headerlink"
LINE_ELEMENTS = {"li", "div", "p", "tr"}
# How programs for writing code style what they copy.
KEPT_SPACE = re.compile(r"white-space:\s*pre\b(?!-)")
MONOSPACE = re.compile(r"font-family:[^;]*(?:monospace|consolas|menlo|monaco|courier|mono\b)", re.IGNORECASE)
DIGITS = re.compile(r"[\d\s.:|]*+")


def separate_numbers(page: LexborHTMLParser) -> None:
    """Add a space after each line number of code, inside its element, so that it is not joined to a word."""
    for pre in page.css("pre"):
        for node in pre.css(GUTTER):
            node.insert_child(" ")


def normalise(page: LexborHTMLParser) -> list[Omission]:
    """Convert each table of code and line numbers to one `<pre>`; remove and return the line numbers of all code."""
    numbers: list[str] = []
    for node in page.css("div[style*='white-space']"):
        if KEPT_SPACE.search(style := node.attributes.get("style") or "") and MONOSPACE.search(style):
            _write_code(page, node)
    for table in page.css(TABLES):
        if table.parent is not None:
            _merge_table(table, numbers)
    for pre in page.css("pre"):
        for node in pre.css(BUTTONS):
            node.decompose()
        for node in pre.css(GUTTER):
            _remove_number(node, numbers)
    text = " ".join(numbers)
    return [Omission(text, NUMBERS)] if text else []


def _write_code(page: LexborHTMLParser, node: LexborNode) -> None:
    """Make a `<pre>` of what programs for writing code copy, lines in elements of their own."""
    pre, code = page.create_node("pre"), page.create_node("code")
    lines = [line.text(deep=True).rstrip("\r\n") for line in node.iter(include_text=True) if not line.is_comment_node]
    code.insert_child("\n".join(lines))
    pre.insert_child(code)
    node.replace_with(pre)


def _remove_number(node: LexborNode, numbers: list[str]) -> bool:
    text = node.text(deep=True, separator=" ")
    if node.parent is None or not DIGITS.fullmatch(text):
        return False
    numbers += text.split()
    node.decompose()
    return True


def _merge_table(table: LexborNode, numbers: list[str]) -> None:
    """Replace a table by its code, if it otherwise has only line numbers, and rows above the code.

    Those rows, such as a file name, become paragraphs.
    """
    every_row = [row.css("td, th") for row in table.css("tr")]
    above = list(takewhile(lambda row: len(row) == 1, every_row))
    rows = every_row[len(above) :]
    first = [row[0] for row in rows if len(row) > 1]
    if not first or not all(DIGITS.fullmatch(cell.text(deep=True, separator=" ")) for cell in first):
        return
    if not any(_is_code_cell(row[-1]) for row in rows) or any(len(row) != 2 for row in rows):
        return
    lines = [code_text(row[-1]).removesuffix("\n") for row in rows]
    for cell in first:
        numbers += (
            cell.text(deep=True, separator=" ").split() or (cell.attributes.get("data-line-number") or "").split()
        )
    html = code_element("\n".join(lines), language_of(rows[0][-1].css_first("code") or table))
    heads = [*table.css("caption"), *(row[0] for row in above)]
    texts = [" ".join(head.text(deep=True, separator=" ").split()) for head in heads]
    paragraphs = "".join(element("p", text) for text in texts if text)
    new = LexborHTMLParser(f"<!doctype html><body><div>{paragraphs}{html}</div>").css_first("div")
    if new is not None:
        table.replace_with(new)


def _is_code_cell(cell: LexborNode) -> bool:
    names = class_names(cell)
    return bool({"code", "blob-code", "hljs-ln-code", "rouge-code", "crayon-code", "line-content"} & set(names)) or (
        cell.css_first("pre") is not None
    )


def code_block(pre: LexborNode) -> Block | None:
    """Return the block of an element `pre`, None if it has no text."""
    text = code_text(pre).replace("\xa0", " ").strip("\n").rstrip()
    return Block("code", text, code_element(text, language_of(pre))) if text.strip() else None


def code_element(text: str, language: str) -> SafeString:
    attributes = {"class_": f"language-{language}"} if language else {}
    return element("pre", element("code", text, **attributes))


def code_text(node: LexborNode) -> str:
    """Return the text of an element with its line breaks, whatever the elements of the lines."""
    pieces: list[str] = []
    _add_text(node, pieces)
    return "".join(pieces)


def _add_text(node: LexborNode, pieces: list[str]) -> None:
    for child in node.iter(include_text=True):
        if child.is_text_node:
            pieces.append(child.text(deep=False))
        elif child.tag == "br":
            pieces.append("\n")
        elif child.tag in LINE_ELEMENTS:
            _start_line(pieces)
            before = len(pieces)
            _add_text(child, pieces)
            if not pieces[before:] or not pieces[-1].endswith("\n"):
                pieces.append("\n")
        else:
            _add_text(child, pieces)


def _start_line(pieces: list[str]) -> None:
    if pieces and not pieces[-1].endswith("\n"):
        pieces.append("\n")


def language_of(node: LexborNode) -> str:
    """Return the language of code, by the classes and attributes of its elements and their ancestors."""
    inner = node.css_first("code")
    around: list[LexborNode] = [inner] if inner is not None else []
    ancestor: LexborNode | None = node
    while ancestor is not None and len(around) <= ANCESTORS:
        if ancestor.tag in ("body", "article", "main", "li", "td", "blockquote", "section"):
            break
        around.append(ancestor)
        ancestor = ancestor.parent
    return next((language for one in around if (language := _declared(one))), "")


def _declared(node: LexborNode) -> str:
    values = [node.attributes.get(name) for name in LANGUAGE_ATTRIBUTES]
    names = class_names(node)
    values += [match["name"] for name in names if (match := LANGUAGE_CLASS.fullmatch(name))]
    in_text = LANGUAGE_IN_TEXT.search(node.attributes.get("class") or "") or LANGUAGE_IN_TEXT.search(
        node.attributes.get("data-params") or ""
    )
    values += [in_text["name"]] if in_text else []
    if {name.lower() for name in names} & CODE_CLASSES and len(names) <= 4:
        values += [name for name in names if not LANGUAGE_CLASS.fullmatch(name) and "-" not in name]
    return next((name for value in values if value and (name := language_name(value))), "")


def language_name(value: str) -> str:
    """Return the language named by a class, empty if it names none."""
    name = value.strip().strip("{}.").lower()
    name = name.removeprefix("source-").removeprefix("language-").removeprefix("lang-")
    if name in NO_LANGUAGE or not CODE_LANGUAGE.fullmatch(f"language-{name}") or not any(map(str.isalpha, name)):
        return ""
    return name
