"""Pure: what people write, as Markdown, becomes HTML that is safe to show. Bounded in time whatever is written."""

import re

import nh3
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from lessons.markup import lesson_markdown, plain_text, sanitise
from lessons.markup.plain_text import has_visible_text

MAX_BYTES = 20 * 1024
MAX_MENTIONS = 20
HANDLE = re.compile(r"(?<![\w@/.])@([\w-]{1,40})")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
POST_IMAGE_URL = re.compile(r"/posts/images/[0-9a-f-]{36}/")
HEADING_LEVELS = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}


class EmptyPost(sanitise.InvalidText):
    """There is nothing to see in it."""


def clean_source(source: str) -> str:
    """`source` with one kind of line end, without NUL and lone surrogates. Raises UnreadableText, NothingWritten."""
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").encode("utf-8", "ignore").decode()
    size = len(source.encode())
    if size > MAX_BYTES:
        raise sanitise.InvalidText(
            _("This has %(size)s kB; a post holds %(most)s kB. Split it, or attach what is long to a lesson.")
            % {"size": size // 1024 + 1, "most": MAX_BYTES // 1024}
        )
    if not has_visible_text(source):
        raise EmptyPost(_("There is nothing to read in this post yet. Write something, then send it."))
    return source


def mentioned_handles(source: str) -> set[str]:
    """Handles that the Markdown may mention, MAX_MENTIONS at most; code does not mention."""
    return set(HANDLE.findall(CODE.sub(" ", source))[:MAX_MENTIONS])


def has_links(html: str) -> bool:
    return re.search(r'<a [^>]*href="(?:https?|mailto):', html) is not None


def render_post(
    source: str, *, footnote_prefix: str = "preview", handles: frozenset[str] | set[str] = frozenset()
) -> str:
    """Sanitised HTML of checked Markdown. `notes` tells this post's footnotes from others' on the page.

    `handles` are those that are marked as mentions. Raises UnreadableText.
    """
    source = clean_source(source)
    parser = WITH_LINKS if len(source) < lesson_markdown.LINKIFY_LIMIT else PLAIN
    try:
        tokens = parser.parse(source, {"docId": footnote_prefix})
        _lower_headings(tokens)
        _mark_mentions(tokens, handles)
        _keep_own_images(tokens)
        html = parser.renderer.render(tokens, parser.options, {"docId": footnote_prefix})
    except RecursionError:
        raise sanitise.InvalidText(
            _("This is nested too deeply. Take out some of the quotes within quotes.")
        ) from None
    sanitise.check_depth(html)
    html = CLEANER.clean(html).strip()
    if not has_visible_text(plain_text.plain_text(html)) and "<img" not in html:
        raise EmptyPost(_("There is nothing to read in this post yet. Write something, then send it."))
    return html


def _lower_headings(tokens: list[Token]) -> None:
    """The page's title is the only h1."""
    for token in tokens:
        token.tag = HEADING_LEVELS.get(token.tag, token.tag)


def _mark_mentions(tokens: list[Token], handles) -> None:
    for token in tokens:
        if handles and token.children:
            token.children = [new for child in token.children for new in _mentions_marked(child, handles)]


def _mentions_marked(token: Token, handles) -> list[Token]:
    if token.type != "text" or "@" not in token.content:
        return [token]
    out, end = [], 0
    for found in HANDLE.finditer(token.content):
        if found[1] in handles:
            opening = Token("mention_open", "b", 1, attrs={"class": "mention"})
            pieces = [_words(token.content[end : found.start()]), opening, _words(found[0])]
            out += [*pieces, Token("mention_close", "b", -1)]
            end = found.end()
    return [*out, _words(token.content[end:])]


def _keep_own_images(tokens: list[Token]) -> None:
    """An image from elsewhere would tell its server who reads: its words stand in its place."""
    for token in tokens:
        for n, child in enumerate(token.children or ()):
            if child.type == "image" and not POST_IMAGE_URL.fullmatch(str(child.attrs.get("src", ""))):
                token.children[n] = _words(child.content)


def _words(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _parser(**options) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20, **options})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin)
    return parser.enable("linkify") if options.get("linkify") else parser


PLAIN = _parser()
WITH_LINKS = _parser(linkify=True)


def _keep(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src"):
        return value if POST_IMAGE_URL.fullmatch(value) else None
    if name == "id":
        return value if sanitise.GENERATED_ID.fullmatch(value) else None
    return value


CLEANER = nh3.Cleaner(
    tags=sanitise.TAGS,
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"},
    attributes=sanitise.ATTRIBUTES,
    attribute_filter=_keep,
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener noreferrer",
    allowed_classes={"section": {"footnotes"}, "sup": {"footnote-ref"}, "b": {"mention"}},
    strip_comments=True,
)
