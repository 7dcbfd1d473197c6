"""Pure: word and paragraph diffs of two texts, as HTML."""

import re
from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.markup import plain_text
from lessons.markup.scripts import UNSPACED_LETTERS

# A token is a word with its punctuation and the space after it, or one character of a script without spaces.
TOKEN = re.compile(rf"(?:[{UNSPACED_LETTERS}]|[^\s{UNSPACED_LETTERS}]+)\s*")
# Two paragraphs with at least this share of words in common are versions of the same paragraph.
MIN_SIMILARITY = 0.4
# In paragraphs with more words, frequent ones are ignored in the comparison, which takes quadratic time in them.
LONG_PARAGRAPH = 1_000


def diff_words(old: str, new: str, *, keep: int | None = None) -> SafeString:
    """Return how `new` differs from `old`, both plain text: removed words in <del>, added ones in <ins>.

    Both have labels for screen readers. White space is not compared, and is printed as one space. With `keep`, an
    unchanged passage of more than twice as many tokens is shortened to so many at each end.
    """
    before, after = (TOKEN.findall(" ".join(text.split()) + " ") for text in (old, new))
    old_keys, new_keys = ([token.rstrip() for token in tokens] for tokens in (before, after))
    steps = SequenceMatcher(None, old_keys, new_keys, autojunk=True).get_opcodes()
    parts = ((_step(kind, before[a:b], after[c:d], keep),) for kind, a, b, c, d in steps)
    return mark_safe(format_html_join("", "{}", parts).rstrip())


def _step(kind: str, before: list[str], after: list[str], keep: int | None) -> SafeString:
    if kind == "equal":
        return conditional_escape(_shortened(after, keep))
    return _marked("del", _("removed:"), "".join(before)) + _marked("ins", _("added:"), "".join(after))


def _marked(tag: str, label: str, text: str) -> SafeString:
    """Return the text in the element `tag`, with a space at its end outside the element."""
    if not text:
        return mark_safe("")
    space = " " if text[-1].isspace() else ""
    html = '<{0}><span class="visually-hidden">{1} </span>{2}</{0}>{3}'
    return format_html(html, tag, label, text.rstrip(), space)


def _shortened(tokens: list[str], keep: int | None) -> str:
    if keep is None or len(tokens) <= 2 * keep:
        return "".join(tokens)
    return "".join([*tokens[:keep], "… ", *tokens[-keep:]])


def diff_paragraphs(old: str, new: str) -> SafeString:
    """Return how `new` differs from `old`, both sanitised HTML: by paragraphs and, within changed ones, by words."""
    before, after = (plain_text.text_by_block(html).split("\n") for html in (old, new))
    if before == after:
        return format_html("<p>{}</p>", _("The text is the same; only its formatting, links or images differ."))
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return format_html_join(
        "\n", "{}", ((_paragraph_step(kind, before[a:b], after[c:d]),) for kind, a, b, c, d in steps)
    )


def _paragraph_step(kind: str, before: list[str], after: list[str]) -> SafeString:
    if kind == "equal":
        message = ngettext("%d paragraph is the same.", "%d paragraphs are the same.", len(before)) % len(before)
        return format_html('<p class="muted">{}</p>', message)
    pairs = zip_longest(before, after)
    return format_html_join("\n", "<p>{}</p>", ((diff_paragraph(old, new),) for old, new in pairs))


def diff_paragraph(old: str | None, new: str | None) -> SafeString:
    """Return how a paragraph changed, word by word; one version after the other if they have little in common."""
    before, after = (old or "").split(), (new or "").split()
    matcher = SequenceMatcher(None, before, after, autojunk=len(after) > LONG_PARAGRAPH)
    if matcher.ratio() < MIN_SIMILARITY:
        return format_html("{} {}", _removed(before), _added(after))
    parts = ((_word_step(kind, before[a:b], after[c:d]),) for kind, a, b, c, d in matcher.get_opcodes())
    return format_html_join(" ", "{}", parts)


def _word_step(kind: str, before: list[str], after: list[str]) -> SafeString:
    if kind == "equal":
        return conditional_escape(" ".join(before))
    return format_html("{}{}", _removed(before), _added(after))


def _removed(words: list[str]) -> SafeString | str:
    return _marked_paragraph("del", _("[removed:"), words)


def _added(words: list[str]) -> SafeString | str:
    return _marked_paragraph("ins", _("[added:"), words)


def _marked_paragraph(element: str, label: str, words: list[str]) -> SafeString | str:
    """Return the words in an element, and for screen readers, which ignore the element, between a label and "]"."""
    if not words:
        return ""
    html = '<{0}><span class="visually-hidden">{1} </span>{2}<span class="visually-hidden">]</span></{0}> '
    return format_html(html, element, label, " ".join(words))
