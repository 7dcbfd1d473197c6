"""Two versions of a text, side by side or woven into one. Pure but for reading the form."""

from django.utils.safestring import SafeString

from lessons.markup import plain_text
from lessons.markup.text_diff import diff_words

CONTEXT_WORDS = 40  # words of an unchanged stretch that are shown on either side of a change


def conflict_context(form) -> dict:
    """For the page on which two people meet: the fields that differ, and both texts as HTML."""
    theirs, yours = form.theirs, form.cleaned_data.get("body") or ""
    rows = [_row(form, name) for name in form.model_field_names if name not in ("body", "module")]
    differing = [row for row in rows if row["theirs"] != row["yours"]]
    return {"theirs": theirs, "fields": differing, "change": diff_html(theirs.body, yours), "yours": yours}


def _row(form, name: str) -> dict:
    values = (getattr(form.theirs, name), form.cleaned_data.get(name))
    theirs, yours = ("" if value is None else str(value) for value in values)
    return {"label": form.fields[name].label, "theirs": theirs, "yours": yours}


def diff_html(old: str, new: str) -> SafeString:
    """What makes `new` of `old`, both sanitised HTML: words in <del> and <ins>, long unchanged stretches cut short."""
    return diff_words(plain_text.text_by_block(old), plain_text.text_by_block(new), keep=CONTEXT_WORDS)
