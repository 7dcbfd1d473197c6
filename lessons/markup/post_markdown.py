"""Pure: the Markdown of posts as HTML that is safe to show. Bounded in time, whatever somebody writes."""

import re
from collections.abc import Set

import nh3
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

from lessons.markup import plain_text, sanitise
from lessons.markup.lesson_markdown import check_cost, check_output, markdown_parser, nested_too_deeply
from lessons.markup.plain_text import has_visible_text
from lessons.memo import remembered

MAX_BYTES = 20 * 1024
MAX_MENTIONS = 20
MAX_NESTING = 20
HANDLE = re.compile(r"(?<![\w@/.])@([\w-]{1,40})")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
POST_IMAGE_URL = re.compile(r"/posts/images/[0-9a-f-]{36}/")
HEADING_LEVELS = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}


class EmptyPost(sanitise.InvalidText):
    """A post without visible content."""


def clean_source(source: str) -> str:
    """Return `source` with uniform line ends, without NUL and lone surrogates; raise InvalidText or EmptyPost."""
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").encode("utf-8", "ignore").decode()
    size = len(source.encode())
    if size > MAX_BYTES:
        raise sanitise.InvalidText(
            _("This post has %(size)s kB; the limit is %(max)s kB. Shorten it, or split it into several posts.")
            % {"size": size // 1024 + 1, "max": MAX_BYTES // 1024}
        )
    if not has_visible_text(source):
        raise EmptyPost(_("This post is empty. Write something, then send it."))
    return source


def mentioned_handles(source: str) -> set[str]:
    """Return the handles that the Markdown mentions outside code, MAX_MENTIONS at most."""
    return set(HANDLE.findall(CODE.sub(" ", source))[:MAX_MENTIONS])


def has_links(html: str) -> bool:
    """Return whether the HTML links to other sites or to an e-mail address."""
    return re.search(r'<a [^>]*href="(?:https?|mailto):', html) is not None


@remembered
def render_post(source: str, *, footnote_prefix: str = "preview", handles: Set[str] = frozenset()) -> str:
    """Return sanitised HTML of a post's Markdown, with `handles` marked as mentions; raise InvalidText or EmptyPost.

    `footnote_prefix` distinguishes this post's footnotes from those of other posts on the page.
    """
    source = clean_source(source)
    check_cost(source)
    parser = markdown_parser(source, MAX_NESTING)
    try:
        tokens = parser.parse(source, {"docId": footnote_prefix})
        _lower_headings(tokens)
        _mark_mentions(tokens, handles)
        _keep_own_images(tokens)
        html = parser.renderer.render(tokens, parser.options, {"docId": footnote_prefix})
    except RecursionError:
        raise nested_too_deeply() from None
    check_output(html)
    sanitise.check_depth(html)
    html = CLEANER.clean(html).strip()
    if not has_visible_text(plain_text.plain_text(html)) and "<img" not in html:
        raise EmptyPost(_("This post is empty. Write something, then send it."))
    return html


def _lower_headings(tokens: list[Token]) -> None:
    """Lower the level of headings: the title of the page is the only h1."""
    for token in tokens:
        token.tag = HEADING_LEVELS.get(token.tag, token.tag)


def _mark_mentions(tokens: list[Token], handles: Set[str]) -> None:
    for token in tokens:
        if handles and token.children:
            token.children = [new for child in token.children for new in _split_at_mentions(child, handles)]


def _split_at_mentions(token: Token, handles: Set[str]) -> list[Token]:
    if token.type != "text" or "@" not in token.content:
        return [token]
    out, end = [], 0
    for match in HANDLE.finditer(token.content):
        if match[1] in handles:
            opening = Token("mention_open", "b", 1, attrs={"class": "mention"})
            pieces = [_text_token(token.content[end : match.start()]), opening, _text_token(match[0])]
            out += [*pieces, Token("mention_close", "b", -1)]
            end = match.end()
    return [*out, _text_token(token.content[end:])]


def _keep_own_images(tokens: list[Token]) -> None:
    """Replace images of other sites by their text: they would tell those sites who reads the post."""
    for token in tokens:
        if token.children:
            token.children = [_without_foreign_image(child) for child in token.children]


def _without_foreign_image(token: Token) -> Token:
    is_foreign = token.type == "image" and not POST_IMAGE_URL.fullmatch(str(token.attrs.get("src", "")))
    return _text_token(token.content) if is_foreign else token


def _text_token(text: str) -> Token:
    return Token("text", "", 0, content=text)


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src"):
        return value if POST_IMAGE_URL.fullmatch(value) else None
    if name == "id":
        return value if sanitise.GENERATED_ID.fullmatch(value) else None
    return value


CLEANER = nh3.Cleaner(
    tags=sanitise.TAGS,
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"},
    attributes=sanitise.ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener noreferrer",
    allowed_classes={"section": {"footnotes"}, "sup": {"footnote-ref"}, "b": {"mention"}},
    strip_comments=True,
)
