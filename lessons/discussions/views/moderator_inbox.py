"""The staff inbox: what waits for the staff of a course; and the moderation log."""

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.courses.audit_log_messages import entry_message
from lessons.courses.models import AuditEntry, Course
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.ids import parse_id
from lessons.db.models import UnsentText
from lessons.discussions.forms import ReplyForm
from lessons.discussions.models import Thread
from lessons.discussions.rendering.inactive_learners import render_inactive_learners
from lessons.discussions.rendering.inbox import question_lines, render_questions
from lessons.discussions.rendering.posts import relative_time
from lessons.discussions.rendering.reported_posts import reason_key, render_reports, report_lines
from lessons.discussions.selectors.inactive_learners import INACTIVE_AFTER, inactive_learners
from lessons.discussions.selectors.inbox import (
    MAX_QUESTIONS,
    QuestionRow,
    question_row,
    question_rows,
)
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
    groups, class_size, counts = inbox_course(course, user)
    group = next((group for group in groups if group.pk == chosen_group), None)
    group_id = group.pk if group else 0
    rows = question_rows(course, user, group_id)
    chosen = answered.pk if answered else parse_id(request.GET.get("question"))
    row = _opened_row(course, user, rows, chosen)
    if row and row not in rows:
        rows = [row, *rows]
    posts, inactive = reported_posts(course, group_id), inactive_learners(course, group_id, class_size=class_size)
    draft_keys = [reason_key(post.pk) for post in posts] + [one.draft_key for one in inactive.rows]
    draft_keys += [answer_key(row.pk)] if row else []
    unsent = _unsent_texts(user, draft_keys)
    opened = row and open_question(
        request,
        course,
        row,
        form=form,
        preview=preview,
        unsent=unsent.get(answer_key(row.pk)),
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
    texts = UnsentText.objects.filter(user=user, draft_key__in=draft_keys) if draft_keys else ()
    return {text.draft_key: text for text in texts}


def _opened_row(course: Course, user: User, rows: list[QuestionRow], chosen: int) -> QuestionRow | None:
    """Return the question with the id `chosen`, or the oldest; None if there is none. One query if it is no row."""
    row = next((row for row in rows if row.pk == chosen), None)
    if chosen and row is None:
        row = question_row(course, user, chosen)
    return row or (rows[0] if rows else None)


class LogRow(NamedTuple):
    """An entry of the log as a sentence: `actor` did it, `before` and `after` surround the thread's title."""

    entry: AuditEntry
    actor: str
    before: str
    thread: Thread | None
    after: str
    can_undo: bool
    time: str


def moderation_log(request, slug):
    """Show what staff did with threads and posts, newest first, with undo."""
    course = get_moderated_course(request.user, slug)
    rows = log_rows(course, 2 * MAX_ROWS)
    return render(request, "discussions/moderation_log.html", {"course": course, "rows": rows})


def log_rows(course: Course, limit: int) -> list[LogRow]:
    """Return the latest actions of staff with threads and posts. Two queries."""
    entries = course.audit_entries.filter(detail__has_key="thread").select_related("actor", "text")[:limit]
    settled = settled_entries(entries)
    # The log stores no titles, which their authors may have erased: they are read from the threads.
    threads = course.threads.in_bulk([entry.detail["thread"] for entry in entries])
    rows = []
    for entry in entries:
        before, _target, after = entry_message(entry).partition("%s")
        can_undo = entry.verb in UNDO_HANDLERS and entry.pk not in settled
        actor = entry.actor.display_name if entry.actor else _("Automatically:")
        thread, time = threads.get(entry.detail["thread"]), relative_time(entry.created_at)
        rows.append(LogRow(entry, actor, before, thread, after, can_undo, time))
    return rows


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
