"""Responses of the review: the whole page or, for our script, only the parts that have changed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from lessons.authoring.access import render_page
from lessons.authoring.article_import.review_page import (
    KINDS,
    SHOWN_SECTIONS,
    View,
    Window,
    image_list,
    omission_list,
    outline_row,
    review_context,
    section_rows,
    suggestion_groups,
    window_of,
)
from lessons.authoring.article_import.update_preview import update_preview
from lessons.authoring.breadcrumbs import trail
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.plan import module_to_update
from lessons.importing.review.completeness import completeness, is_complete, missing_texts
from lessons.importing.review_steps import available_steps
from lessons.importing.uploads import has_encodings, is_kept
from lessons.markup import decoding
from lessons.markup.row_templates import render_rows


def render_review(request: HttpRequest, article: ArticleImport, view: View, status=200, **context) -> HttpResponse:
    """Render the whole page."""
    text = article.text
    context |= {"title": _("Review the article"), "parents": trail(article.course)}
    context |= {"article": article, "view": view, "steps": available_steps(article)}
    context |= review_context(article.review, text.blocks, text.word_counts, view)
    context |= update_preview(article, module_to_update(article))
    context |= {"encodings": encoding_choices(article), "encoding_label": encoding_label(article)}
    context["outline_rows"] = render_rows("authoring/review_outline.html", rows=context["outline"])
    return render_page(request, "authoring/article_review.html", context, status)


def encoding_choices(article: ArticleImport) -> list[tuple[str, str]]:
    """Return the encodings that a text file can be read again in; none for other formats and pasted articles."""
    if not has_encodings(article) or not is_kept(article):
        return []
    return [(name, str(label)) for name, label in decoding.ENCODINGS.items()]


def encoding_label(article: ArticleImport) -> str:
    """Return the name of the encoding in which the file was read, if that was guessed and can be changed."""
    guessed = "" if article.encoding or not is_kept(article) else article.review.get("encoding", "")
    return str(decoding.ENCODINGS.get(guessed, ""))


def script_response(article: ArticleImport, before: dict, form, focus: str, status: str) -> JsonResponse:
    """Return the parts of the page that differ from those of the review `before`, by the ids of their elements.

    order: the ids of all sections, if their order has changed. shown: those whose text is on the page. outline and
    sections: the HTML of each that is new or different. parts: that of other parts. focus: the element to focus.
    """
    review, text = article.review, article.text
    old_window = _shown_before(before, form.view)
    window = _window_after(before, review, old_window, _section_of(review, focus))
    view = form.view._replace(at="", number=0)
    rows = section_rows(review, text.blocks, text.word_counts, view, window)
    data = form.data
    old_view = View("", 0, data.get("start", ""), data.get("editing", ""), data.get("whole", ""))
    old_rows = {row["id"]: row for row in section_rows(before, text.blocks, text.word_counts, old_view, old_window)}
    order, old_order = _ids(review), _ids(before)
    answer = {
        "version": article.version,
        "status": status,
        "focus": focus,
        "editing": view.editing,
        "shown": [row["id"] for row in rows],
        "outline": _changed_outline(before, review),
        "sections": {row["id"]: _render_section(row) for row in rows if row != old_rows.get(row["id"])},
        "parts": _changed_parts(article, before, view, old_view),
        "isUpdate": "reimport" in review,
        **_around(review, window),
    }
    return JsonResponse(answer | ({"order": order} if order != old_order else {}))


def focused_section(review: dict, view: View, focus: str) -> str:
    """Return the first section to show of a long article: the same as before, unless `focus` would not be shown."""
    ids = _ids(review)
    first = ids.index(view.at) if view.at in ids else -1
    section = _section_of(review, focus)
    is_shown = first >= 0 and section in ids[first : first + max(1, view.number)]
    return view.at if is_shown or not section else section


def _section_of(review: dict, element: str) -> str:
    """Return the id of the section that is, or contains, a focused element; empty for other parts of the page."""
    return next((s["id"] for s in review["sections"] if s["id"] == element or element in s["blocks"]), "")


def _ids(review: dict) -> list[str]:
    return [section["id"] for section in review["sections"]]


def _shown_before(review: dict, view: View) -> Window:
    ids = _ids(review)
    first = ids.index(view.at) if view.at in ids else 0
    return Window(first, min(len(ids), first + view.number))


def _window_after(before: dict, after: dict, shown: Window, focus: str) -> Window:
    """Return which sections to show after a change: those shown before, and those added among them."""
    old, new = _ids(before), _ids(after)
    known = set(new)
    first_left = next((one for one in old[shown.first : shown.end] if one in known), "")
    first = min(new.index(first_left), shown.first) if first_left else min(shown.first, max(0, len(new) - 1))
    end = min(len(new), max(first + 1, shown.end + max(0, len(new) - len(old))))
    if focus in known and not first <= new.index(focus) < end:
        first = new.index(focus)
        end = min(len(new), first + SHOWN_SECTIONS)
    return Window(first, end)


def _changed_outline(before: dict, after: dict) -> dict[str, str]:
    old = {section["id"]: outline_row(section) for section in before["sections"]}
    rows = [outline_row(section) for section in after["sections"]]
    changed = [row for row in rows if row != old.get(row["id"])]
    return {row["id"]: render_rows("authoring/review_outline.html", rows=[row]) for row in changed}


def _render_section(row: dict) -> str:
    return render_to_string("authoring/_review_section.html", {"row": row, "kinds": KINDS.items()})


def _changed_parts(article: ArticleImport, before: dict, view: View, old_view: View) -> dict[str, str]:
    """Return the HTML of other parts of the page that have changed, by id."""
    review, text = article.review, article.text
    parts = {"bar": _render_bar(article)}
    missing = missing_texts(review, text.blocks)
    groups, images = suggestion_groups(review, view), image_list(review, view)
    if missing != missing_texts(before, text.blocks):
        parts["missing"] = render_to_string("authoring/_review_missing.html", {"missing": missing})
    for group, old in zip(groups, suggestion_groups(before, old_view), strict=True):
        if group != old:
            parts[group["kind"]] = render_to_string("authoring/_review_suggestions.html", {"group": group})
    if review["omissions"] != before["omissions"] or view.whole != old_view.whole:
        omissions = omission_list(review, text.blocks, text.word_counts, view)
        parts["left-out"] = render_to_string("authoring/_review_omissions.html", {"omissions": omissions})
    if review["images"] != before["images"] or view.whole != old_view.whole:
        parts["images"] = render_to_string("authoring/_review_images.html", {"images": images})
    counts = {"suggestions": groups, "omissions": {"count": len(review["omissions"])}, "images": images}
    parts["counts"] = render_to_string("authoring/_review_counts.html", counts)
    return parts


def _render_bar(article: ArticleImport) -> str:
    review, counts = article.review, article.text.word_counts
    context = {
        "completeness": completeness(review, counts),
        "is_complete": is_complete(review, counts),
        "steps": available_steps(article),
        "reimport": {"is_update": module_to_update(article)} if "reimport" in review else None,
    }
    return render_to_string("authoring/_review_bar.html", context)


def window_response(article: ArticleImport, view: View) -> JsonResponse:
    """Return the sections of a window for our script, by id, in order."""
    text = article.text
    window = window_of(article.review, text.word_counts, view)
    rows = section_rows(article.review, text.blocks, text.word_counts, view, window)
    sections = {row["id"]: _render_section(row) for row in rows}
    return JsonResponse({"shown": list(sections), "sections": sections, **_around(article.review, window)})


def _around(review: dict, window: Window) -> dict:
    """Return the number of sections before and after a window."""
    return {"first": window.first, "after": len(review["sections"]) - window.end}
