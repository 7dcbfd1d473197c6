"""Pure: render the Markdown of posts as HTML that is safe to show, in bounded time for any input."""

import re
from collections.abc import Set

import nh3
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

from lessons.markup import mathml, mentions, plain_text, sanitise
from lessons.markup.characters import clean_text
from lessons.markup.highlighting import highlight_html
from lessons.markup.lesson_markdown import check_cost, check_output, markdown_parser, nested_too_deeply
from lessons.markup.markdown_directions import mark_directions
from lessons.markup.plain_text import has_visible_text
from lessons.memo import memoized

MAX_BYTES = 20 * 1024
MAX_NESTING = 20
POST_IMAGE_URL = re.compile(r"/posts/images/[0-9a-f-]{36}/")
HEADING_LEVELS = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}


class EmptyPost(sanitise.InvalidText):
    """A post without visible content."""


def clean_source(source: str) -> str:
    """Return `source` with uniform line ends, cleaned by `clean_text`; raise InvalidText or EmptyPost."""
    source = clean_text(source.replace("\r\n", "\n").replace("\r", "\n"))
    size = len(source.encode())
    if size > MAX_BYTES:
        raise sanitise.InvalidText(
            _("This post has %(size)s kB; the limit is %(max)s kB. Shorten it, or split it into several posts.")
            % {"size": size // 1024 + 1, "max": MAX_BYTES // 1024}
        )
    if not has_visible_text(source):
        raise EmptyPost(_("This post is empty. Write something, then send it."))
    return source


def has_links(html: str) -> bool:
    """Return whether the HTML links to other sites or to an e-mail address, ignoring the case of the scheme."""
    return re.search(r'<a [^>]*href="(?:https?:|mailto:|//)', html, re.IGNORECASE) is not None


class ParsedPost:
    """A post's Markdown, parsed once: whom it may mention, and its HTML."""

    def __init__(self, source: str, *, footnote_prefix: str = "preview"):
        """Parse the text. Raise InvalidText or EmptyPost.

        `footnote_prefix` distinguishes this post's footnotes from those of other posts on the page.
        """
        self.source = clean_source(source)
        check_cost(self.source)
        self._parser = markdown_parser(self.source, MAX_NESTING, breaks=True)
        self._footnote_prefix = footnote_prefix
        try:
            self._tokens = self._parser.parse(self.source, {"docId": footnote_prefix})
        except RecursionError:
            raise nested_too_deeply() from None
        _lower_headings(self._tokens)
        mark_directions(self._tokens)

    @property
    def mention_keys(self) -> set[str]:
        """Return the keys of the handles that it may mention, for `render`."""
        return mentions.mention_keys(self._tokens)

    def render(self, handles: Set[str] = frozenset()) -> str:
        """Return sanitised HTML with highlighted code, and mentions of these handles marked.

        Raise InvalidText or EmptyPost.

        Call it once: it changes what was parsed.
        """
        _mark_mentions(self._tokens, {mentions.handle_key(handle) for handle in handles})
        _keep_own_images(self._tokens)  # After it: the text of an image is not text of the post.
        try:
            html = self._parser.renderer.render(self._tokens, self._parser.options, {"docId": self._footnote_prefix})
        except RecursionError:  # pragma: no cover - the parser nests more calls, and fails first
            raise nested_too_deeply() from None
        check_output(html)
        sanitise.check_depth(html)
        html = mathml.only_mathml(clean_text(CLEANER.clean(html))).strip()  # `&#12;` has become a control character.
        html = highlight_html(html)
        if not has_visible_text(plain_text.plain_text(html)) and "<img" not in html:
            raise EmptyPost(_("This post is empty. Write something, then send it."))
        return html


@memoized
def render_post(source: str, *, footnote_prefix: str = "preview", handles: Set[str] = frozenset()) -> str:
    """Return sanitised HTML of a post's Markdown, with `handles` marked. Raise InvalidText or EmptyPost."""
    return ParsedPost(source, footnote_prefix=footnote_prefix).render(handles)


def _lower_headings(tokens: list[Token]) -> None:
    """Lower the level of headings: the title of the page is the only h1."""
    for token in tokens:
        token.tag = HEADING_LEVELS.get(token.tag, token.tag)


def _mark_mentions(tokens: list[Token], keys: Set[str]) -> None:
    if not keys:
        return
    texts = {id(token) for token in mentions.mentioning_tokens(tokens)}
    for token in tokens:
        if token.children:
            token.children = [
                new
                for child in token.children
                for new in (_split_at_mentions(child, keys) if id(child) in texts else [child])
            ]


def _split_at_mentions(token: Token, keys: Set[str]) -> list[Token]:
    text, out, last = mentions.composed(token), [], 0
    for start, end, _key in mentions.find_mentions(text, keys):
        opening = Token("mention_open", "b", 1, attrs={"class": "mention"})
        out += [_text_token(text[last:start]), opening, _text_token(text[start:end])]
        out.append(Token("mention_close", "b", -1))
        last = end
    return [*out, _text_token(text[last:])] if out else [token]


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
    if (tag, name, value) == ("b", "class", "mention"):
        return value
    return sanitise.filter_attribute(tag, name, value)


CLEANER = nh3.Cleaner(
    tags=sanitise.TAGS,
    clean_content_tags=sanitise.REMOVED_WITH_CONTENT,
    attributes=sanitise.ATTRIBUTES | {"b": {"class"}},
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener noreferrer",
    strip_comments=True,
)
