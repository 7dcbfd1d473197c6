"""Comparing two versions of a lesson: side by side, and as a diff."""

from functools import partial

from django.utils.safestring import SafeString

from lessons.markup import plain_text
from lessons.markup.text_diff import diff_words

CONTEXT_WORDS = 40  # words of an unchanged passage that are shown before and after a change


def conflict_context(form) -> dict:
    """Return context for an edit conflict: the fields that differ, both texts as HTML, and their diff.

    form: a BaseLessonForm that was refused because of the conflict.
    """
    texts = {field.name: field for field in form.conflict}
    body = texts.pop("body", None)
    context = {"fields": texts.values()}
    # The page calls it when it is rendered, after the transaction.
    return context | ({"body": body, "diff": partial(diff_html, body.saved, body.submitted)} if body else {})


def diff_html(old: str, new: str) -> SafeString:
    """Return the word diff of two texts, both sanitised HTML, with long unchanged passages shortened."""
    return diff_words(plain_text.text_by_block(old), plain_text.text_by_block(new), keep=CONTEXT_WORDS)
