"""The notebook: everything that the user has annotated, and its exports."""

from collections import defaultdict

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_rows
from lessons.db.ids import parse_id
from lessons.markup.row_templates import render_rows
from lessons.notebook import entries, exports, lesson_comments
from lessons.notebook.access import placeholder_user, user_params
from lessons.notebook.entries import COURSE, label_names, notebook_annotations
from lessons.notebook.filters import NotebookFilter
from lessons.notebook.rendering import render_entries
from lessons.webannotations.protocol import JSON_LD

FORMATS = {
    "md": (exports.export_markdown, "text/markdown; charset=utf-8", "Markdown"),
    "jsonld": (exports.export_jsonld, JSON_LD, "JSON-LD"),
    "csv": (exports.export_csv, "text/csv; charset=utf-8", "CSV"),
}

# The part of the list after the annotations.
COMMENTS_PART = "comments"


@require_safe
def notebook(request):
    """Show a page in reading order: the annotations, then the comments on whole lessons."""
    user, filters = request.user, NotebookFilter.from_query(request.GET)
    after = parse_id(request.GET.get("after"))
    is_in_comments, part = request.GET.get("part") == COMMENTS_PART, ""
    shown, last = ([], 0) if is_in_comments else entries.entries_page(user, filters, after)
    if not last:
        comments, last = lesson_comments.comments_page(user, filters, after if is_in_comments else 0)
        shown, part = [*shown, *comments], COMMENTS_PART
    options = filter_options(user)
    context = {
        "rows": render_entries(shown),
        "lesson_options": render_rows(
            "notebook/lesson_options.html", courses=options["courses"], chosen=filters.lesson
        ),
        "next": filters.query_string(part=part, after=last) if last else "",
        "filters": filters,
        "has_previous": bool(after),
        "formats": [(key, name) for key, (_write, _type, name) in FORMATS.items()],
        "query": filters.query_string(),
        "has_left_courses": lambda: user.memberships.filter(state=Membership.State.LEFT).exists(),
        **options,
    }
    return render(request, "notebook/notebook.html", context)


@require_safe
def export(request, format):
    """Return everything that the list would show as a file."""
    if format not in FORMATS:
        raise Http404
    write, content_type, _name = FORMATS[format]
    root = f"{request.scheme}://{request.get_host()}"
    headers = {
        "Content-Disposition": f'attachment; filename="notebook.{format}"',
        "Cache-Control": "private, no-store",
    }
    chunks = write(request.user, NotebookFilter.from_query(request.GET), root)
    return StreamingHttpResponse(chunks, content_type=content_type, headers=headers)


def filter_options(user: User) -> dict[str, list]:
    """Return `courses` with their lessons, and `labels`. Three queries."""
    variant, params = len(active_memberships(user)), user_params(user)
    annotated = fetch_rows(_annotated_lessons, variant, **params)
    rows = {tuple(row) for *row, _label in annotated} | {*fetch_rows(_commented_lessons, variant, **params)}
    courses: dict[int, str] = {}
    lessons: dict[int, dict[int, str]] = defaultdict(dict)
    for course, name, lesson, title in sorted(rows, key=lambda row: (row[1], row[0], row[2], row[3] or "")):
        courses[course] = name
        lessons[course][lesson] = title
    names = label_names(set(courses))
    keys = {label for *_row, label in annotated}
    label_by_key = {key: name for (_course, key), name in reversed(names.items())}
    labels = [(key, label_by_key.get(key) or key) for key in keys]
    return {
        "courses": [(course, name, list(lessons[course].items())) for course, name in courses.items()],
        "labels": sorted(labels, key=lambda label: label[1].casefold()),
    }


LESSON_FIELDS = f"{COURSE}_id", f"{COURSE}__title", "lesson_id"


def _annotated_lessons(course_count: int) -> QuerySet:
    annotations = notebook_annotations(placeholder_user(course_count), NotebookFilter()).order_by()
    return annotations.values_list(*LESSON_FIELDS, "revision__title", "label").distinct()


def _commented_lessons(course_count: int) -> QuerySet:
    comments = lesson_comments.own_comments(placeholder_user(course_count), NotebookFilter()).order_by()
    return comments.values_list(*LESSON_FIELDS, "lesson__current_revision__title").distinct()
