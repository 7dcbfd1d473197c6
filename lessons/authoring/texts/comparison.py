"""Two versions of a text, side by side or woven into one. Pure but for reading the form."""

from difflib import SequenceMatcher

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from lessons import text

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
    before, after = (text.blocks_of_text(html).split() for html in (old, new))
    steps = SequenceMatcher(None, before, after, autojunk=True).get_opcodes()
    return format_html_join(" ", "{}", ((_step(kind, before[a:b], after[c:d]),) for kind, a, b, c, d in steps))


def _step(kind: str, before: list[str], after: list[str]) -> SafeString:
    if kind == "equal":
        return conditional_escape(_shortened(before))
    gone = format_html("<del>{}</del> ", " ".join(before)) if before else ""
    new = format_html("<ins>{}</ins>", " ".join(after)) if after else ""
    return format_html("{}{}", gone, new)


def _shortened(words: list[str]) -> str:
    if len(words) <= 2 * KEEP:
        return " ".join(words)
    return " ".join([*words[:KEEP], "…", *words[-KEEP:]])
