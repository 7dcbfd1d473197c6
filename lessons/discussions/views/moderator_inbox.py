"""The staff inbox: what waits for the staff of a course; and the moderation log."""

from typing import NamedTuple

from django.contrib import messages
from django.db.models import BigIntegerField, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.courses.audit_log_messages import entry_message
from lessons.courses.models import AuditEntry, Course
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_rows, int_param, padded, str_param
from lessons.db.ids import parse_id
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.models import UnsentText
from lessons.discussions.forms import ReplyForm
from lessons.discussions.models import Thread
from lessons.discussions.rendering.inactive_learners import render_inactive_learners
from lessons.discussions.rendering.inbox import question_lines, render_questions
from lessons.discussions.rendering.posts import relative_time
from lessons.discussions.rendering.reported_posts import reason_key, render_reports, report_lines
from lessons.discussions.selectors.inactive_learners import INACTIVE_AFTER, inactive_learners
from lessons.discussions.selectors.inbox import MAX_QUESTIONS
from lessons.discussions.selectors.inbox_course import inbox_course
from lessons.discussions.selectors.reported_posts import MAX_POSTS, reported_posts
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.undo import UNDO_HANDLERS, settled_entries, undo
from lessons.discussions.views.access import get_moderated_course
from lessons.discussions.views.inbox_links import group_in_url, inbox_url, local_url
from lessons.discussions.views.open_question import answer_key, open_question
from lessons.markup.row_templates import render_rows

MAX_ROWS = 50
RECENT_ACTIONS = 5


def inbox(request, slug):
    """Show unanswered questions, reported and held posts, and inactive learners. One question is open to be answered:
    the one in the URL, or the oldest.
    """
    course = get_moderated_course(request.user, slug)
    return render_inbox(request, course)


def render_inbox(
    request, course: Course, *, answered: Thread | None = None, form: ReplyForm | None = None, preview="", status=200
) -> HttpResponse:
    """Render the inbox; where an answer was refused or is previewed, with its question and form."""
    user, chosen_group = request.user, group_in_url(request)
    chosen = answered.pk if answered else parse_id(request.GET.get("question"))
    found = inbox_course(course, user, chosen_group, chosen)
    groups, class_size, counts, rows, question = found
    group, row = found.group(chosen_group), question.row if question else None
    group_id = group.pk if group else 0
    if row and row not in rows:
        rows = [row, *rows]
    posts, inactive = reported_posts(course, group_id), inactive_learners(course, group_id, class_size=class_size)
    draft_keys = [reason_key(post.pk) for post in posts] + [one.draft_key for one in inactive.rows]
    draft_keys += [answer_key(row.pk)] if row else []
    unsent = _unsent_texts(user, draft_keys)
    opened = question and open_question(
        request,
        course,
        question,
        form=form,
        preview=preview,
        unsent=unsent.get(answer_key(question.row.pk)),
        shows_replies=bool(chosen and request.GET.get("replies")),
    )
    lines = report_lines(posts, user.pk, unsent)
    reports, held = [line for line in lines if not line.is_held], [line for line in lines if line.is_held]
    membership, here = active_memberships(user).get(course.pk), inbox_url(course, group_id)
    context = {
        "course": course,
        "course_counts": counts,
        "groups": groups,
        "group": group,
        "group_tabs": render_rows(
            "discussions/group_tabs.html",
            groups=groups,
            chosen=group_id,
            own_group=membership and membership.group_id,
            address=reverse("discussions:moderator_inbox", args=[course.slug]),
        ),
        "question_count": len(rows),
        "questions": render_questions(
            question_lines(rows, user.pk),
            opened=opened.row.pk if opened else 0,
            shows_replies=opened is not None and opened.replies is not None,
            group=group_id,
            here=here,
        ),
        "has_more_questions": len(rows) >= MAX_QUESTIONS,
        "has_more_posts": len(posts) >= MAX_POSTS,
        "opened": opened,
        "report_count": len(reports),
        "reports": render_reports(request, reports, here),
        "held_count": len(held),
        "held": render_reports(request, held, here),
        "inactive": inactive,
        "learners": render_inactive_learners(request, course, inactive.rows, unsent, here),
        "inactive_days": INACTIVE_AFTER.days,
        "recent": log_rows(course, RECENT_ACTIONS),
        "here": here,
    }
    return render(request, "discussions/moderator_inbox.html", context, status=status)


def _unsent_texts(user: User, draft_keys: list[str]) -> dict[str, UnsentText]:
    """Return what the user has begun to write, by draft key. One query, none without keys."""
    if not draft_keys:
        return {}
    keys = padded("key", draft_keys, "")
    rows = fetch_rows(_unsent_query, len(keys), user=user.pk, **keys)
    return {text.draft_key: text for text in (UnsentText.from_db("default", UNSENT_FIELDS, row) for row in rows)}


UNSENT_FIELDS = [field.attname for field in UnsentText._meta.concrete_fields]


def _unsent_query(places: int) -> QuerySet:
    keys = [str_param(f"key{n}") for n in range(places)]
    texts = UnsentText.objects.filter(user=int_param("user"), draft_key__in=keys).order_by()
    return texts.values_list(*UNSENT_FIELDS)


class LogRow(NamedTuple):
    """An entry of the log as a sentence: `actor` did it, `before` and `after` surround the thread's title. `reason` is
    why, in their words.
    """

    entry: AuditEntry
    actor: str
    before: str
    thread: Thread | None
    after: str
    reason: str
    can_undo: bool
    time: str


def moderation_log(request, slug):
    """Show what staff did with threads and posts, newest first, with undo."""
    course = get_moderated_course(request.user, slug)
    rows = log_rows(course, 2 * MAX_ROWS)
    return render(request, "discussions/moderation_log.html", {"course": course, "rows": rows})


ENTRY_FIELDS = ("id", "course_id", "actor_id", "affected_user_id", "verb", "detail", "created_at")
THREAD_FIELDS = ("id", "title", "excerpt", "hidden_title", "quote")


def log_rows(course: Course, limit: int) -> list[LogRow]:
    """Return the latest actions of staff with threads and posts. One query."""
    found = []
    for *columns, actor, reason, threads in fetch_rows(_log_query, limit, course=course.pk):
        entry = AuditEntry.from_db("default", ENTRY_FIELDS, columns)
        thread = next((Thread.from_db("default", THREAD_FIELDS, row) for row in unpack_rows(threads)), None)
        found.append((entry, actor or _("Automatically:"), reason or "", thread))
    settled = settled_entries(entry for entry, *_others in found)
    rows = []
    for entry, actor, reason, thread in found:
        before, _target, after = entry_message(entry).partition("%s")
        can_undo = entry.verb in UNDO_HANDLERS and entry.pk not in settled
        rows.append(LogRow(entry, actor, before, thread, after, reason, can_undo, relative_time(entry.created_at)))
    return rows


def _log_query(limit: int) -> QuerySet:
    entries = AuditEntry.objects.filter(course=int_param("course"), detail__has_key="thread").order_by("-pk")
    # The log stores no titles, which their authors may have erased: they are read from the threads.
    named = Cast(KeyTextTransform("thread", OuterRef("detail")), BigIntegerField())
    threads = Thread.objects.filter(pk=named, course=int_param("course"))
    columns = *ENTRY_FIELDS, "actor__display_name", "text__reason", JSONRows(threads, *THREAD_FIELDS)
    return entries.values_list(*columns)[:limit]


def _undone(verb: str) -> str:
    if verb in ("publish held post", "reject held post"):
        return _("Undone: the post waits for review again. This is recorded in the log.")
    return _("Undone. This is recorded in the log.")


@require_POST
def undo_entry(request, slug, pk):
    """Undo what an entry of the log records, and go back to the page where that was offered, or to the thread."""
    course = get_moderated_course(request.user, slug)
    entry = get_object_or_404(AuditEntry, pk=pk, course=course)
    thread = None
    try:
        thread = undo(entry=entry, by=request.user)
        messages.success(request, _undone(entry.verb))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    if thread and request.GET.get("next") == "thread":
        return redirect(thread)
    return redirect(local_url(request) or reverse("discussions:moderation_log", args=[course.slug]))
