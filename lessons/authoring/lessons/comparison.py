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
    current, own_body = form.current, form.cleaned_data.get("body") or ""
    rows = [_row(form, name) for name in form.model_field_names if name not in ("body", "module")]
    return {
        "current": current,
        "fields": [row for row in rows if row["current"] != row["own"]],
        "diff": partial(diff_html, current.body, own_body),
        "own_body": own_body,
    }


def _row(form, name: str) -> dict:
    values = (getattr(form.current, name), form.cleaned_data.get(name))
    current, own = ("" if value is None else str(value) for value in values)
    return {"label": form.fields[name].label, "current": current, "own": own}


def diff_html(old: str, new: str) -> SafeString:
    """Return the word diff of two texts, both sanitised HTML, with long unchanged passages shortened."""
    return diff_words(plain_text.text_by_block(old), plain_text.text_by_block(new), keep=CONTEXT_WORDS)
