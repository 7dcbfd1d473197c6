"""My notebook: everything I marked and noted, and taking it along."""

from collections import defaultdict

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.db.ids import parse_id
from lessons.notebook import entries, exports, lesson_comments
from lessons.notebook.entries import COURSE, label_names, notebook_annotations
from lessons.notebook.filters import NotebookFilter
from lessons.webannotations.protocol import JSON_LD

FORMATS = {
    "md": (exports.export_markdown, "text/markdown; charset=utf-8", _("Markdown")),
    "jsonld": (exports.export_jsonld, JSON_LD, _("JSON-LD of notes on passages")),
    "csv": (exports.export_csv, "text/csv; charset=utf-8", _("CSV, for a spreadsheet")),
}

# The part of the list behind the notes on passages.
COMMENTS_PART = "lessons"


@require_safe
def notebook(request):
    """Fifty by keyset, in the order of reading: those on passages, then those on whole lessons."""
    wish, after = NotebookFilter.from_query(request.GET), parse_id(request.GET.get("after"))
    is_beyond, part = request.GET.get("part") == COMMENTS_PART, ""
    shown, later = ([], 0) if is_beyond else entries.entries_page(request.user, wish, after)
    if not later:
        more, later = lesson_comments.comments_page(request.user, wish, after if is_beyond else 0)
        shown, part = shown + more, COMMENTS_PART
    context = {
        "entries": shown,
        "later": wish.query_string(part=part, after=later) if later else "",
        "wish": wish,
        "is_begun": bool(after),
        "formats": [(key, name) for key, (_write, _type, name) in FORMATS.items()],
        "query": wish.query_string(),
        "has_left": lambda: request.user.memberships.filter(state=Membership.State.LEFT).exists(),
        **filter_options(request.user),
    }
    return render(request, "notebook/notebook.html", context)


@require_safe
def export(request, format):
    """What the list would show, whole, as a file."""
    if format not in FORMATS:
        raise Http404
    write, content_type, _name = FORMATS[format]
    root = f"{request.scheme}://{request.get_host()}"
    headers = {
        "Content-Disposition": f'attachment; filename="notebook.{format}"',
        "Cache-Control": "private, no-store",
    }
    lines = write(request.user, NotebookFilter.from_query(request.GET), root)
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)


def filter_options(user: User) -> dict:
    """`courses` with their lessons, and `labels`. Four queries."""
    mine = notebook_annotations(user, NotebookFilter()).order_by()
    fields = f"{COURSE}_id", f"{COURSE}__title", "lesson_id"
    rows = {*mine.values_list(*fields, "revision__title").distinct()}
    comments = lesson_comments.own_comments(user, NotebookFilter()).order_by()
    rows |= {*comments.values_list(*fields, "lesson__current_revision__title").distinct()}
    courses, lessons = {}, defaultdict(dict)
    for course, name, lesson, title in sorted(rows, key=lambda row: (row[1], row[0], row[2], row[3] or "")):
        courses[course] = name
        lessons[course][lesson] = title
    names = label_names(set(courses))
    keys = set(mine.values_list("label", flat=True).distinct())
    called = {key: name for (_course, key), name in reversed(names.items()) if key in keys}
    return {
        "courses": [(course, name, list(lessons[course].items())) for course, name in courses.items()],
        "labels": [
            (key, called.get(key, key)) for key in sorted(keys, key=lambda key: called.get(key, key).casefold())
        ],
    }
