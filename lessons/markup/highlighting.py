"""Pure: syntax highlighting of code in lessons and posts, with classes. The text is unchanged.

Stored texts are not highlighted: lessons are when they are read, posts when they are rendered.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from io import StringIO
from time import thread_time

from django.utils.safestring import SafeString, mark_safe
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

from lessons.markup.blocks import TAG, unescape_text

# The allowed lexers, by the names that people use.
LANGUAGES = {
    **{name: name for name in "bash c cpp css csharp diff docker go haskell html ini java javascript json".split()},
    **{name: name for name in "julia kotlin lua makefile matlab perl php powershell prolog python r ruby".split()},
    **{name: name for name in "rust scala sql swift tex toml typescript xml yaml".split()},
    **dict.fromkeys(("sh", "shell", "zsh"), "bash"),
    **dict.fromkeys(("console", "shell-session", "shellsession", "terminal"), "console"),
    **dict.fromkeys(("c++", "cc", "hpp", "cxx"), "cpp"),
    **dict.fromkeys(("c#", "cs"), "csharp"),
    **dict.fromkeys(("js", "jsx", "node", "mjs"), "javascript"),
    **dict.fromkeys(("ts", "tsx"), "typescript"),
    **dict.fromkeys(("py", "py3", "python3"), "python"),
    **dict.fromkeys(("htm", "xhtml"), "html"),
    **dict.fromkeys(("svg", "xsl"), "xml"),
    "h": "c",
    "dockerfile": "docker",
    "golang": "go",
    "hs": "haskell",
    "jl": "julia",
    "kt": "kotlin",
    "latex": "tex",
    "make": "makefile",
    "patch": "diff",
    "pl": "perl",
    "ps1": "powershell",
    "rb": "ruby",
    "rs": "rust",
    "yml": "yaml",
}
MAX_BYTES = 20 * 1024
# Most lexers take quadratic time for some texts, such as thousands of line ends. Ordinary code of
# MAX_BYTES takes a tenth of this.
MAX_CPU_SECONDS = 0.4
CODE_START = re.compile(r'<code(?:\s[^>]*?)?\sclass="language-([^"\s]+)')
FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")


class TooSlow(Exception):
    """The lexer takes too long for the code."""


@lru_cache(maxsize=512)
def highlight_code(code: str, language: str) -> SafeString:
    """Return code as HTML with a class for each kind of token, or just escaped.

    It is not highlighted if its language is not in LANGUAGES, if it exceeds MAX_BYTES, or takes MAX_CPU_SECONDS.
    """
    plain = mark_safe(escape(code, quote=False))
    name = LANGUAGES.get(language.lower())
    if name is None or len(code.encode()) > MAX_BYTES:
        return plain
    output = StringIO()
    try:
        FORMATTER.format(_tokens(_lexer(name), code), output)
    except TooSlow:
        return plain
    marked = output.getvalue()
    if not code.endswith("\n"):
        marked = marked.removesuffix("\n")
    # A lexer may normalise its input, but the positions of annotations count its characters.
    return mark_safe(marked) if unescape_text("".join(TAG.split(marked)[::2])) == code else plain


@lru_cache(maxsize=64)
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)


def _tokens(lexer: Lexer, code: str) -> Iterator[tuple]:
    """Yield the tokens of the code; raise TooSlow."""
    end = thread_time() + MAX_CPU_SECONDS
    for token in lexer.get_tokens(code):
        if thread_time() > end:
            raise TooSlow
        yield token


def highlight_html(html: str) -> str:
    """Return sanitised HTML with its code highlighted."""
    if 'class="language-' not in html:
        return html
    pieces, highlighter = TAG.split(html), CodeHighlighter()
    return "".join(piece if n % 2 else highlighter.piece(pieces, n) for n, piece in enumerate(pieces))


class CodeHighlighter:
    """Highlights the code of one text, in the pieces of `TAG.split(html)`, for up to 2 * MAX_CPU_SECONDS."""

    def __init__(self) -> None:
        self.end = thread_time() + 2 * MAX_CPU_SECONDS

    def piece(self, pieces: list[str], n: int) -> str:
        """Return the piece of text at `n`, highlighted if it is the whole content of a `<code>` in a `<pre>`."""
        text = pieces[n]
        if n < 3 or not text.strip() or pieces[n + 1 : n + 2] != ["</code>"] or not _is_preformatted(pieces, n):
            return text
        match = CODE_START.match(pieces[n - 1])
        if not match or thread_time() > self.end:
            return text
        return highlight_code(unescape_text(text), unescape_text(match[1]))


def _is_preformatted(pieces: list[str], n: int) -> bool:
    return pieces[n - 3].startswith("<pre") and not pieces[n - 2]
