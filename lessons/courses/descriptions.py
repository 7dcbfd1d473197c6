"""What a course says about itself: Markdown, shown as HTML or as one line of text."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lessons.markup import lesson_markdown, plain_text
from lessons.markup.sanitise import InvalidText


@lru_cache(maxsize=512)
def description_html(source: str) -> SafeString:
    """Return a description's Markdown as HTML; one that is too large to be rendered as plain text."""
    try:
        return mark_safe(lesson_markdown.render_markdown(source))
    except InvalidText:
        return format_html("<p>{}</p>", source)


@lru_cache(maxsize=512)
def description_text(source: str) -> str:
    """Return a description's Markdown as plain text on one line."""
    return " ".join(plain_text.text_by_block(description_html(source)).split())
