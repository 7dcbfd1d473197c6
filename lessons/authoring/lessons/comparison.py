"""Two versions of a text, side by side or woven into one. Pure but for reading the form."""

from django.utils.safestring import SafeString

from lessons.markup import plain_text
from lessons.markup.text_diff import difference

KEEP = 40  # words of an unchanged stretch that are shown on either side of a change


def compared(form) -> dict:
    """For the page on which two people meet: the fields that differ, and both texts as HTML."""
    theirs, yours = form.theirs, form.cleaned_data.get("body") or ""
    rows = [_row(form, name) for name in form.own_fields if name not in ("body", "module")]
    differing = [row for row in rows if row["theirs"] != row["yours"]]
    return {"theirs": theirs, "fields": differing, "change": change(theirs.body, yours), "yours": yours}


def _row(form, name: str) -> dict:
    values = (getattr(form.theirs, name), form.cleaned_data.get(name))
    theirs, yours = ("" if value is None else str(value) for value in values)
    return {"label": form.fields[name].label, "theirs": theirs, "yours": yours}


def change(old: str, new: str) -> SafeString:
    """What makes `new` of `old`, both sanitised HTML: words in <del> and <ins>, long unchanged stretches cut short."""
    return difference(plain_text.blocks_of_text(old), plain_text.blocks_of_text(new), keep=KEEP)
