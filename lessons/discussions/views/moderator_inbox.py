"""The instructor's inbox, three lists and no more; and the log of what staff did."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.audit_log_messages import entry_message
from lessons.courses.models import AuditEntry, Membership
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.discussions.rendering.thread_list import render_rows
from lessons.discussions.selectors import thread_list
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.undo import UNDO_HANDLERS, undo
from lessons.discussions.views.access import get_moderated_course

UNANSWERED_AFTER = timedelta(hours=48)
INACTIVE_AFTER = timedelta(days=14)
MAX_ROWS = 50


def inbox(request, slug):
    """Questions without an answer for 48 hours, reports and held posts, learners who have gone quiet."""
    course = get_moderated_course(request.user, slug)
    context = {
        "course": course,
        "questions": _unanswered(course, request.user),
        "posts": _reported_or_held(course),
        "quiet": _inactive_learners(course),
    }
    return render(request, "discussions/moderator_inbox.html", context)


def _unanswered(course, user):
    """Open ones, save where staff have written since the asker last did."""
    since = timezone.now() - UNANSWERED_AFTER
    posts = Post.objects.filter(thread=OuterRef("pk"), state=Post.State.SHOWN).order_by("-seq")
    asked = posts.filter(author=OuterRef("author")).values("seq")[:1]
    questions = thread_list.forum_threads(course, user).filter(kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN)
    questions = questions.annotate(asked_at=Subquery(asked))
    questions = questions.exclude(Exists(posts.filter(by_staff=True, seq__gt=OuterRef("asked_at")).order_by()))
    rows = questions.filter(created_at__lt=since).order_by("rank", "pk").values(*thread_list.FIELDS)
    return render_rows(list(rows[:MAX_ROWS]), thread_list.ThreadFilter(), user, course.slug)


def _reported_or_held(course):
    """Reported and held posts, the oldest first. What is for its author alone is nobody's business."""
    posts = Post.objects.filter(thread__course=course).exclude(thread__audience=Thread.Audience.ME)
    posts = posts.filter(Q(open_report_count__gt=0) | Q(state=Post.State.HELD))
    return posts.select_related("thread", "author", "alias").prefetch_related("reports")[:MAX_ROWS]


def _inactive_learners(course):
    """Learners of more than two weeks who in that time have neither written nor read here."""
    since = timezone.now() - INACTIVE_AFTER
    marks = ThreadUserState.objects.filter(user=OuterRef("user"), thread__course=course, read_at__gt=since)
    posts = Post.objects.filter(author=OuterRef("user"), thread__course=course, created_at__gt=since)
    seats = course.memberships.active().filter(role=Membership.Role.LEARNER, created_at__lt=since)
    quiet = seats.exclude(Exists(marks)).exclude(Exists(posts)).select_related("user", "group")
    last = Max("user__thread_states__read_at", filter=Q(user__thread_states__thread__course=course))
    return quiet.annotate(last=last).order_by("last", "pk")[:MAX_ROWS]


def moderation_log(request, slug):
    """What staff did, newest first, with undo."""
    course = get_moderated_course(request.user, slug)
    entries = list(course.audit_entries.filter(detail__has_key="thread").select_related("actor")[: 2 * MAX_ROWS])
    undone = {e.detail.get("undo_of") for e in entries}
    # What a thread is called stands in it alone: the log keeps no words that somebody may take back.
    threads = course.threads.in_bulk([e.detail["thread"] for e in entries])
    rows = [
        (
            e,
            *entry_message(e).partition("%s")[::2],
            threads.get(e.detail["thread"]),
            e.verb in UNDO_HANDLERS and e.pk not in undone,
        )
        for e in entries
    ]
    return render(request, "discussions/moderation_log.html", {"course": course, "rows": rows})


@require_POST
def undo_entry(request, slug, pk):
    course = get_moderated_course(request.user, slug)
    entry = get_object_or_404(AuditEntry, pk=pk, course=course)
    try:
        undo(entry=entry, by=request.user)
        messages.success(request, _("Undone, and written into the log."))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("discussions:moderation_log", course.slug)
