"""The moderators' inbox and the moderation log."""

from datetime import timedelta
from typing import NamedTuple

from django.contrib import messages
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.audit_log_messages import entry_message
from lessons.courses.models import AuditEntry, Membership
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.discussions.rendering.thread_list import ThreadPage, thread_page
from lessons.discussions.selectors.thread_list import (
    ROW_FIELDS,
    ThreadRow,
    ThreadRows,
    forum_threads,
    tags_by_thread,
)
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.undo import UNDO_HANDLERS, undo
from lessons.discussions.views.access import get_moderated_course
from lessons.discussions.views.confirmation import next_url

UNANSWERED_AFTER = timedelta(hours=48)
INACTIVE_AFTER = timedelta(days=14)
MAX_ROWS = 50


def inbox(request, slug):
    """Show unanswered questions, reported and held posts, and inactive learners."""
    course = get_moderated_course(request.user, slug)
    context = {
        "course": course,
        "questions": _unanswered(course, request.user),
        "posts": _reported_or_held(course),
        "inactive_learners": _inactive_learners(course),
    }
    return render(request, "discussions/moderator_inbox.html", context)


def _unanswered(course, user) -> ThreadPage:
    """Render the questions open for UNANSWERED_AFTER to which staff have not replied since the author last posted.
    Two queries.
    """
    since = timezone.now() - UNANSWERED_AFTER
    posts = Post.objects.filter(thread=OuterRef("pk"), state=Post.State.SHOWN).order_by("-seq")
    last_asked = posts.filter(author=OuterRef("author")).values("seq")[:1]
    questions = forum_threads(course, user).filter(kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN)
    questions = questions.annotate(last_asked_seq=Subquery(last_asked))
    questions = questions.exclude(Exists(posts.filter(by_staff=True, seq__gt=OuterRef("last_asked_seq")).order_by()))
    values = questions.filter(created_at__lt=since).order_by("rank", "pk").values_list(*ROW_FIELDS)[:MAX_ROWS]
    rows = list(map(ThreadRow._make, values))
    page = ThreadRows(rows, tags_by_thread(row.pk for row in rows))
    return thread_page(page, reader=user.pk, course_slug=course.slug)


def _reported_or_held(course):
    """Return reported and held posts, oldest first, never private ones."""
    posts = Post.objects.filter(thread__course=course).exclude(thread__audience=Thread.Audience.ME)
    posts = posts.filter(Q(open_report_count__gt=0) | Q(state=Post.State.HELD))
    return posts.select_related("thread", "author", "alias").prefetch_related("reports")[:MAX_ROWS]


def _inactive_learners(course):
    """Return memberships of learners who have neither read nor posted in the course for INACTIVE_AFTER."""
    since = timezone.now() - INACTIVE_AFTER
    reads = ThreadUserState.objects.filter(user=OuterRef("user"), thread__course=course, read_at__gt=since)
    posts = Post.objects.filter(author=OuterRef("user"), thread__course=course, created_at__gt=since)
    learners = course.memberships.active().filter(role=Membership.Role.LEARNER, created_at__lt=since)
    inactive = learners.exclude(Exists(reads)).exclude(Exists(posts)).select_related("user", "group")
    last_read = Max("user__thread_states__read_at", filter=Q(user__thread_states__thread__course=course))
    return inactive.annotate(last_read_at=last_read).order_by("last_read_at", "pk")[:MAX_ROWS]


class LogRow(NamedTuple):
    """An entry of the log as a sentence: `before` and `after` surround the thread's title."""

    entry: AuditEntry
    before: str
    thread: Thread | None
    after: str
    can_undo: bool


def moderation_log(request, slug):
    """Show what staff did with threads and posts, newest first, with undo."""
    course = get_moderated_course(request.user, slug)
    entries = course.audit_entries.filter(detail__has_key="thread").select_related("actor", "text")[: 2 * MAX_ROWS]
    undone = {entry.detail.get("undo_of") for entry in entries}
    # The log stores no titles, which their authors may have erased: they are read from the threads.
    threads = course.threads.in_bulk([entry.detail["thread"] for entry in entries])
    rows = []
    for entry in entries:
        before, _target, after = entry_message(entry).partition("%s")
        can_undo = entry.verb in UNDO_HANDLERS and entry.pk not in undone
        rows.append(LogRow(entry, before, threads.get(entry.detail["thread"]), after, can_undo))
    return render(request, "discussions/moderation_log.html", {"course": course, "rows": rows})


@require_POST
def undo_entry(request, slug, pk):
    """Undo what an entry of the log records; then show the log or, with `next`, that page, “thread” for the thread."""
    course = get_moderated_course(request.user, slug)
    entry = get_object_or_404(AuditEntry, pk=pk, course=course)
    thread = None
    try:
        thread = undo(entry=entry, by=request.user)
        messages.success(request, _("Undone. This is recorded in the log."))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    if thread and request.GET.get("next") == "thread":
        return redirect(thread)
    return redirect(next_url(request) or reverse("discussions:moderation_log", args=[course.slug]))
