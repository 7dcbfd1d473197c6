"""Convert a block to editable text and back: Markdown if that loses nothing, otherwise HTML. Pure."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

from lessons.markup.lesson_markdown import render_markdown
from lessons.markup.sanitise import InvalidText

MARKDOWN, HTML = "markdown", "html"
MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "s": "~~", "code": "`"}
SPECIAL = re.compile(r"([\\`*_\[\]<~|]|&(?=[#\w]))")
LINE_START = re.compile(r"^([ \t]*+(?:\d++(?=[.)]))?)([-+=:#>.)])", re.MULTILINE)
SYNONYMS = re.compile(r"<(/?)(b|i)>")
BLANK = re.compile(r"\s+")
# White space around block tags, and after a line break, is insignificant.
AROUND_BLOCKS = re.compile(r" ?(</?(?:p|li|ul|ol|blockquote)\b[^>]*>|<br>) ?")
BLOCKS = {"p", "blockquote", "ul", "ol", "li"}


class EditableText(NamedTuple):
    """The content of a block's text field. format: MARKDOWN or HTML."""

    text: str
    format: str


def editable_text(html: str) -> EditableText:
    """Return the text of a block for its text field: HTML if Markdown would lose anything."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    text = writer.result()
    if text is not None:
        try:
            if _comparable(render_markdown(text)) == _comparable(html):
                return EditableText(text, MARKDOWN)
        except InvalidText:
            pass
    return EditableText(html, HTML)


def html_of(text: str, text_format: str) -> str:
    """Return the HTML for the content of a block's text field; not sanitised if it is HTML. Raise InvalidText."""
    return render_markdown(text) if text_format == MARKDOWN else text


def _comparable(html: str) -> str:
    """Return the HTML without insignificant white space, and with one tag each for bold and italic."""
    html = SYNONYMS.sub(lambda match: f"<{match[1]}{'strong' if match[2] == 'b' else 'em'}>", html)
    return AROUND_BLOCKS.sub(r"\1", BLANK.sub(" ", html))


class _Writer(HTMLParser):
    """Writes the HTML of one block as Markdown; gives up at elements that Markdown lacks."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.prefixes: list[str] = []
        self.numbers: list[int | None] = []
        self.link = ""
        self.in_code = self.gave_up = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a":
            self.link = attributes.pop("href") or ""
            attributes.pop("rel", None)
            self.line += "["
        elif tag == "br":
            self.line += "\\\n"
        elif tag in MARKS:
            self.line += MARKS[tag]
            self.in_code = self.in_code or tag == "code"
        elif tag in BLOCKS:
            self._start_block(tag, attributes.pop("start", None))
        else:
            self.gave_up = True
        self.gave_up = self.gave_up or bool(attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.line += f"]({self.link})"
        elif tag in MARKS:
            self.line += MARKS[tag]
            self.in_code = self.in_code and tag != "code"
        elif tag in BLOCKS:
            self._end_line()
            if tag in ("ul", "ol") and self.numbers:
                self.numbers.pop()
            if tag in ("li", "blockquote") and self.prefixes:
                self.prefixes.pop()

    def handle_data(self, data: str) -> None:
        if self.in_code:
            self.gave_up = self.gave_up or "`" in data
            self.line += data
        elif data.strip() or self.line:
            self.line += SPECIAL.sub(r"\\\1", BLANK.sub(" ", data))

    def _start_block(self, tag: str, start: str | None) -> None:
        self._end_line()
        if tag in ("ul", "ol"):
            self.numbers.append((int(start) if start else 1) if tag == "ol" else None)
        elif tag == "blockquote":
            self.prefixes.append("> ")
        elif tag == "li" and self.numbers:
            number = self.numbers[-1]
            marker = "- " if number is None else f"{number}. "
            self.numbers[-1] = None if number is None else number + 1
            self.lines.append("".join(self.prefixes) + marker)
            self.prefixes.append(" " * len(marker))
        elif tag == "li":
            self.gave_up = True
        elif tag == "p" and self.lines and not self.lines[-1].endswith((". ", "- ")):
            self.lines.append("".join(self.prefixes).rstrip())

    def _end_line(self) -> None:
        """Write the text so far: after a list marker, or on lines of its own."""
        text = LINE_START.sub(r"\1\\\2", self.line.strip())
        self.line = ""
        if not text:
            return
        prefix = "".join(self.prefixes)
        follows_marker = bool(self.numbers and self.lines and self.lines[-1].endswith((". ", "- ")))
        first, *rest = text.split("\n")
        if follows_marker:
            self.lines[-1] += first
        else:
            self.lines.append(prefix + first)
        self.lines += [prefix + line for line in rest]

    def result(self) -> str | None:
        """Return the Markdown, or None if it would lose something."""
        self._end_line()
        return None if self.gave_up else "\n".join(line.rstrip() for line in self.lines).strip()
