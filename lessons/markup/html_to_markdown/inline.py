"""Text and inline elements as Markdown. What is not sure to be read as it was meant is written as HTML."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from lessons.markup.formulas import formula
from lessons.markup.html_to_markdown.raw import end_tag, html_line, start_tag
from lessons.markup.html_to_markdown.tree import Node, reference_in
from lessons.markup.tex_delimiters import delimited, formula_at

EMPHASIS = {"strong": "**", "em": "*", "s": "~~"}
SCRIPTS = {"sub": "~", "sup": "^"}
SCRIPT = re.compile(r"[^\W_]{1,12}|[+\-−]?\d{1,6}[+\-−]?|[+\-−]")
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# What is escaped wherever it stands: these signs hardly occur in prose.
ALWAYS = re.compile(r"[\\`*]|(?<![^\W_])_|_(?![^\W_])|<(?=[a-zA-Z/!?])|&(?=#|[a-zA-Z][a-zA-Z0-9]*;)")
COMMAND = re.compile(r"\\(?=[(\[]|begin\{)|\\\\?(?=[(\[])")
BRACKETS = re.compile(r"[\[\]]")
ESCAPED_BRACKET = re.compile(r"\\\[")
LINKING = re.compile(r"\][(\[:{]|\[\^|!\[|\[\[|\A\]|\[\Z|\]\Z|\[[ xX]\]")
ADDRESS = re.compile(r"(?<=[a-zA-Z]):(?=//)|(?<=www)\.(?=\w)|(?<=[\w.+-])@(?=\w)|(?<=mailto):", re.IGNORECASE)
ATTRIBUTES = re.compile(r"\{(?=:?[ \t]*[#.\w-])")
LINE_START = re.compile(
    r"(?P<number>\d{1,9})(?P<dot>[.)])(?=\s|\Z)|[-+](?=\s|\Z)|(?P<row>[-=]+)(?=\s*\Z)|#{1,6}(?=\s|\Z)|[>|]"
    r"|[:~](?=[ \t]|\Z)|:::|~~~"
)
LETTER_START = re.compile(r"(\(?(?:[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5}))([.)])(?=[ \t])")
# A bar that no backslash precedes.
BAR = re.compile(r"(?<!\\)\|")


@dataclass(slots=True)
class InlineWriter:
    """Writes what is in one block.

    single_line: the block has one line only. in_cell: it is a cell of a table. cautious: every sign that may mean
    something is escaped, and formatting is HTML. has_footnotes: marks of notes are written as Markdown has them.
    addresses: how links and images are written, by their addresses.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    has_footnotes: bool = False
    single_line: bool = False
    in_cell: bool = False
    cautious: bool = False

    def write(self, children: list[Node | str]) -> str:
        """Return the Markdown of a block's text."""
        text = self._write(children, "\n", "\n")
        lines = [self._line(line) for line in text.split("\n")]
        if len(lines) > 1:
            lines = [LETTER_START.sub(r"\1\\\2", line) if LETTER_START.match(line) else line for line in lines]
        return "\n".join(lines)

    def _write(self, children: list[Node | str], before: str, after: str) -> str:
        """Return the Markdown of inline content between two characters."""
        written = ""
        for n, child in enumerate(children):
            previous = written[-1:] or before
            following = _first_character(children[n + 1]) if n + 1 < len(children) else after
            if isinstance(child, str):
                written += self._text(child)
            else:
                written += self._element(child, previous, following or after)
        return written

    def _line(self, line: str) -> str:
        """Return a line that does not begin or end with anything that Markdown would take for something else."""
        body = line.removesuffix("\\") if line.endswith("\\") else line
        if body != body.strip():
            start = body[: len(body) - len(body.lstrip())]
            end = body[len(body.rstrip()) :] if body.strip() else ""
            line = "".join(map(_reference, start)) + line[len(start) : len(line) - len(end) if end else None]
            line += "".join(map(_reference, end))
        match = LINE_START.match(line)
        if match is None or self.in_cell:
            return line
        if match["dot"]:
            return f"{match['number']}\\{line[match.start('dot') :]}"
        return "\\" + line

    def _text(self, text: str) -> str:
        text = text.replace("\n", " ") if self.single_line else text
        return PUNCTUATION.sub(_reference_of, text) if self.cautious else self._escaped(text)

    def _escaped(self, text: str) -> str:
        text = COMMAND.sub(lambda found: "\0" * len(found[0]), text) if "\\" in text else text
        text = ALWAYS.sub(r"\\\g<0>", text)
        if "\0" in text:
            text = text.replace("\0", "&#92;")
        if ("[" in text or "]" in text) and LINKING.search(text):
            text = BRACKETS.sub(r"\\\g<0>", text)
            text = ESCAPED_BRACKET.sub(_unless_formula, text)
        if "{" in text:
            text = ATTRIBUTES.sub(r"\\{", text)
        for sign in "~^$":
            if text.count(sign) > 1 or (sign == "$" and sign in text and "\\" in text):
                text = text.replace(sign, f"\\{sign}")
        if "|" in text and (self.in_cell or "\n" in text):
            text = text.replace("|", "\\|")
        return ADDRESS.sub(r"\\\g<0>", text)

    def _element(self, node: Node, before: str, after: str) -> str:
        written = self._markdown_or_html(node, before, after)
        return BAR.sub("&#124;", written) if self.in_cell and "|" in written else written

    def _markdown_or_html(self, node: Node, before: str, after: str) -> str:
        if node.tag == "math":
            return self._formula(node, before, after)
        if node.tag == "br" and node.is_plain:
            return "<br>" if self.single_line or self.cautious or "\n" in (before, after) else "\\\n"
        if not self.cautious and (markdown := self._markdown(node, before, after)):
            return markdown
        if node.tag == "img":
            attributes = {**node.attributes, "src": self._address(node.attributes.get("src", ""))}
            return html_line(Node("img", attributes))
        if node.tag == "a" and "href" in node.attributes:
            node = Node("a", {**node.attributes, "href": self._address(node.attributes["href"])}, node.children)
        if node.tag in ("code", "kbd") or node.is_block:
            return f"{start_tag(node)}{self._write_literally(node.children)}{end_tag(node)}"
        return f"{start_tag(node)}{self._write(node.children, '>', '<')}{end_tag(node)}"

    def _write_literally(self, children: list[Node | str]) -> str:
        cautious = InlineWriter(self.addresses, self.has_footnotes, self.single_line, self.in_cell, cautious=True)
        return cautious._write(children, ">", "<")

    def _markdown(self, node: Node, before: str, after: str) -> str:
        """Return the element in Markdown, empty if it can only be said in HTML."""
        if node.tag in EMPHASIS and node.is_plain:
            return self._emphasis(node, before, after)
        if node.tag in SCRIPTS and node.is_plain and len(node.children) == 1 and SCRIPT.fullmatch(node.text()):
            return f"{SCRIPTS[node.tag]}{node.text()}{SCRIPTS[node.tag]}"
        if node.tag == "code" and node.is_plain and all(isinstance(child, str) for child in node.children):
            return self._code(node.text())
        if self.has_footnotes and (link := reference_in(node)):
            return f"[^{link.text()}]"
        if node.tag == "a":
            return self._link(node)
        return self._image(node) if node.tag == "img" else ""

    def _emphasis(self, node: Node, before: str, after: str) -> str:
        mark = EMPHASIS[node.tag]
        inner = self._write(node.children, mark[0], mark[0])
        if mark == "~~" and "~" in inner:
            return ""
        if not inner or inner[0].isspace() or inner[-1].isspace() or inner[0] in "*~" or inner[-1] in "*~":
            return ""
        opens = not _is_punctuation(inner[0]) or before.isspace() or _is_punctuation(before)
        closes = not _is_punctuation(inner[-1]) or after.isspace() or _is_punctuation(after)
        is_apart = before not in "*~\\" and after not in "*~"
        return f"{mark}{inner}{mark}" if opens and closes and is_apart else ""

    def _code(self, text: str) -> str:
        text = text.replace("\n", " ")
        if not text.strip() or (self.in_cell and "|" in text):
            return ""
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * (longest + 1 if longest else 1)
        padding = " " if text[0] in "` " or text[-1] in "` " else ""
        return f"{fence}{padding}{text}{padding}{fence}"

    def _link(self, node: Node) -> str:
        href, title = node.attributes.get("href", ""), node.attributes.get("title")
        address = self._address(href)
        if set(node.attributes) - {"href", "title"} or not href:
            return ""
        text = node.text()
        if text == href == address and title is None and re.fullmatch(r"https?://[^\s<>\\&]+", href):
            return f"<{href}>" if len(node.children) == 1 else ""
        inner = self._write(node.children, "[", "]")
        if any(child.tag == "a" for child in node.walk() if child is not node):
            return ""
        return f"[{_balanced(inner)}]({_destination(address, title)})"

    def _image(self, node: Node) -> str:
        if set(node.attributes) - {"src", "alt"}:
            return ""
        alt = node.attributes.get("alt", "")
        alt = PUNCTUATION.sub(r"\\\1", alt) if re.search(r"[\\`*_\[\]<>&{}~^$|]", alt) else alt
        return f"![{alt}]({_destination(self._address(node.attributes.get('src', '')), None)})"

    def _formula(self, node: Node, before: str, after: str) -> str:
        tex, display = node.attributes.get("alttext", ""), node.attributes.get("display") == "block"
        if set(node.attributes) <= {"alttext", "display"} and not self.cautious and not (self.in_cell and "|" in tex):
            written = delimited(tex, display=display)
            found = formula_at(f"{before}{written}{after}", 1)
            is_same = found is not None and (found.tex, found.display, found.end) == (tex, display, len(written) + 1)
            if is_same and "\n" not in tex and formula(tex, display=display) == node.html:
                return written
        return _formula_as_html(node.html)

    def _address(self, address: str) -> str:
        return self.addresses.get(address, address)


def _formula_as_html(html: str) -> str:
    """Return MathML within text, none of whose signs means anything in Markdown."""
    pieces = re.split(r'(<(?:[^>"]|"[^"]*")*>)', html)
    for n, piece in enumerate(pieces):
        if n % 2 == 0:
            pieces[n] = re.sub(r"[*_`~^\[\]{}$|\\!:@.]", lambda found: f"&#{ord(found[0])};", piece)
    return "".join(pieces).replace("\n", "&#10;")


def _first_character(child: Node | str) -> str:
    if isinstance(child, str):
        return child[:1]
    if child.tag in EMPHASIS:
        return EMPHASIS[child.tag][0]
    return "\n" if child.tag == "br" else "["


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" if character else True


def _balanced(text: str) -> str:
    """Return the text of a link with its brackets escaped, if there are any that are not."""
    bare = re.sub(r"\\.|!\[[^\[\]]*\]\([^()]*\)|`[^`]*`", "", text)
    return re.sub(r"(?<!\\)([\[\]])", r"\\\1", text) if "[" in bare or "]" in bare else text


def _destination(address: str, title: str | None) -> str:
    escaped = re.sub(r"\\(?=[!-/:-@\[-`{-~])|[<>]|&(?=#|[a-zA-Z][a-zA-Z0-9]*;)", r"\\\g<0>", address)
    if not address or re.search(r"[\s()<>\x00-\x1f\x7f]", address) or address[0] == "<":
        escaped = f"<{escaped}>"
    if title is None:
        return escaped
    quoted = re.sub(r'["\\]|&(?=#|[a-zA-Z][a-zA-Z0-9]*;)', r"\\\g<0>", title)
    return f'{escaped} "{quoted}"'


def _reference(character: str) -> str:
    return f"&#{ord(character)};"


def _unless_formula(bracket: re.Match[str]) -> str:
    """Return an escaped bracket in another way where TeX would begin with it."""
    return "&#91;" if formula_at(bracket.string, bracket.start()) else bracket[0]


def _reference_of(found: re.Match[str]) -> str:
    return _reference(found[0])
