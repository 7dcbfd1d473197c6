"""Replace directives for site generators in Markdown (MDX, Liquid, Hugo) by comments."""

import re

from django.utils.translation import gettext_lazy as _

from lessons.markup.markdown_callouts import FENCE, container_name, is_callout

COMMAND = _("An instruction for the program that builds web pages from this Markdown.")
# Marks a comment as a former command: a private-use character, which does not occur in texts.
MARK = "\ue0f4"
INDENTED = re.compile(r"(?: {4}|\t| {1,3}\t)")
INLINE = re.compile(
    r"\{%[^\n]{0,500}?%\}|\{\{<[^\n]{0,500}?>\}\}|\{\{%[^\n]{0,500}?%\}\}|<[A-Z][\w.]{0,60}(?:\s[^<>\n]{0,500})?/>"
)
# A URL with a placeholder: `[words]({{ site.url }}/page)`.
TEMPLATE_URL = re.compile(r"(?<=\]\()\{\{[^{}\n]{0,200}\}\}")
IMPORT = re.compile(r"import\s+(?:[^\n\"';]{1,300}\sfrom\s+)?[\"'][^\"'\n]{1,300}[\"'];?\s*\Z")
EXPORT = re.compile(r"export\s+(?:const|default|function|let|var|async|class)\b")
CONTENTS_COMMAND = re.compile(
    r"\s{0,3}(?:\[toc\]|\[\[_?toc_?\]\]|\{:\s*toc\s*\}|\$\{toc\}|@\[toc\](?:\([^)\n]*\))?|\{\{\s*toc\s*\}\}|"
    r"\\tableofcontents)\s*\Z",
    re.IGNORECASE,
)


def hide_commands(source: str) -> str:
    """Return Markdown with each command as a comment, marked with MARK. Linear in its length. Code stays as it is."""
    lines = source.split("\n")
    is_mdx = any(IMPORT.match(line) for line in lines)
    hider = _Hider(is_mdx)
    return "\n".join(hider.line(line) for line in lines) + hider.rest()


class _Hider:
    """Processes lines one by one, tracking whether they are in code, a comment or a script."""

    def __init__(self, is_mdx: bool):
        self._is_mdx = is_mdx
        self._fence = ""
        self._comment: list[str] = []
        self._in_program = False
        self._directives: list[str] = []

    def line(self, line: str) -> str:
        """Return the line with its commands replaced by comments."""
        if self._comment:
            return self._continue_comment(line)
        if (directive := self._directive(line)) is not None:
            return directive
        if self._is_code(line):
            return line
        if self._is_program(line):
            return _comment(line) if line.strip() else line
        if INDENTED.match(line):
            return line
        if CONTENTS_COMMAND.match(line):
            return _comment(line)
        start = line.find("{/*")
        if start >= 0 and line.count("`", 0, start) % 2 == 0:
            return self._start_comment(line, start)
        return _hide_inline(TEMPLATE_URL.sub("", line))

    def rest(self) -> str:
        """Return an unclosed comment as text."""
        return "\n" + "\n".join(self._comment) if self._comment else ""

    def _directive(self, line: str) -> str | None:
        """Return the fence of a MyST directive such as ```{note} as that of a callout; None for any other line."""
        fence = None if self._fence else FENCE.match(line)
        if fence is None:
            return None
        indent, words = line[: fence.start("marks")], line[fence.end() :].strip()
        if self._directives and not words and fence["marks"].startswith(self._directives[-1]):
            self._directives.pop()
            return f"{indent}:::"
        if words.startswith("{") and is_callout(container_name(words)[0]):
            self._directives.append(fence["marks"])
            return f"{indent}:::{words}"
        return None

    def _is_code(self, line: str) -> bool:
        code = FENCE.match(line)
        if not code:
            return bool(self._fence)
        if not self._fence:
            self._fence = code["marks"]
        elif code["marks"].startswith(self._fence) and not line[code.end() :].strip():
            self._fence = ""
        return True

    def _is_program(self, line: str) -> bool:
        if not self._is_mdx:
            return False
        if self._in_program:
            self._in_program = bool(line.strip())
            return self._in_program
        if EXPORT.match(line):
            self._in_program = True
            return True
        return IMPORT.match(line) is not None

    def _start_comment(self, line: str, start: int) -> str:
        """Return the line without its comments, but for those in code; keep it for later if the first has no end."""
        kept, comments = [], []
        position = ticks = counted = 0
        while start >= 0 and (end := line.find("*/}", start)) >= 0:
            ticks += line.count("`", counted, start)
            counted = start
            if ticks % 2 == 0:
                kept.append(line[position:start].rstrip())
                comments.append(line[start : end + 3])
                position = counted = end + 3
            start = line.find("{/*", max(position, start + 3))
        if comments:
            return _with_comments("".join([*kept, line[position:]]), comments)
        self._comment = [line]
        return ""

    def _continue_comment(self, line: str) -> str:
        self._comment.append(line)
        end = line.find("*/}")
        if end < 0:
            return ""
        first, *others = self._comment
        start = first.find("{/*")
        inside = "\n".join([first[start:], *others[:-1], line[: end + 3]])
        self._comment = []
        return _with_comments(first[:start] + line[end + 3 :], [inside])


def _hide_inline(line: str) -> str:
    """Return a line with its commands, except those in code, as comments after it."""
    commands: list[str] = []
    ticks = position = 0

    def hide(match: re.Match[str]) -> str:
        nonlocal ticks, position
        ticks += line.count("`", position, match.start())
        position = match.start()
        if ticks % 2:
            return match[0]
        commands.append(match[0])
        return ""

    rest = INLINE.sub(hide, line)
    return _with_comments(rest, commands) if commands else line


def _with_comments(rest: str, commands: list[str]) -> str:
    """Return the rest of a line, then its commands: a line that begins with a comment is not parsed as Markdown."""
    comments = "".join(map(_comment, commands))
    if rest.startswith("|") and rest.rstrip().endswith("|"):
        return f"{rest.rstrip()[:-1]}{comments} |"  # a row of a table
    return f"{rest.rstrip()} {comments}" if rest.strip() else rest + comments


def _comment(command: str) -> str:
    inside = command.strip().replace("{/*", "").replace("*/}", "").replace("--", "—")
    return f"<!--{MARK}{inside.strip()} -->"
