"""The instructor's inbox, three lists and no more; and the log of what staff did."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.audit_log_messages import told
from lessons.courses.models import AuditEntry, Membership
from lessons.discussions.models import Post, ReadMark, Thread
from lessons.discussions.rendering.thread_list import printed
from lessons.discussions.selectors import thread_list
from lessons.discussions.services.errors import Refused
from lessons.discussions.services.undo import UNDOABLE, undo
from lessons.discussions.views.access import course_of_staff

UNANSWERED_AFTER = timedelta(hours=48)
QUIET_AFTER = timedelta(days=14)
MOST = 50


def inbox(request, slug):
    """Questions without an answer for 48 hours, reports and held posts, learners who have gone quiet."""
    course = course_of_staff(request.user, slug)
    context = {
        "course": course,
        "questions": _unanswered(course, request.user),
        "posts": _to_look_at(course),
        "quiet": _quiet(course),
    }
    return render(request, "discussions/moderator_inbox.html", context)


def _unanswered(course, user):
    """Open ones, save where staff have written since the asker last did."""
    since = timezone.now() - UNANSWERED_AFTER
    posts = Post.objects.filter(thread=OuterRef("pk"), state=Post.State.SHOWN).order_by("-seq")
    asked = posts.filter(author=OuterRef("author")).values("seq")[:1]
    questions = thread_list.forum(course, user).filter(kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN)
    questions = questions.annotate(asked_at=Subquery(asked))
    questions = questions.exclude(Exists(posts.filter(by_staff=True, seq__gt=OuterRef("asked_at")).order_by()))
    rows = questions.filter(created_at__lt=since).order_by("rank", "pk").values(*thread_list.FIELDS)
    return printed(list(rows[:MOST]), thread_list.Wish(), user, course.slug)


def _to_look_at(course):
    """Reported and held posts, the oldest first. What is for its author alone is nobody's business."""
    posts = Post.objects.filter(thread__course=course).exclude(thread__audience=Thread.Audience.ME)
    posts = posts.filter(Q(reports_open__gt=0) | Q(state=Post.State.HELD))
    return posts.select_related("thread", "author", "alias").prefetch_related("reports")[:MOST]


def _quiet(course):
    """Learners of more than two weeks who in that time have neither written nor read here."""
    since = timezone.now() - QUIET_AFTER
    marks = ReadMark.objects.filter(user=OuterRef("user"), thread__course=course, read_at__gt=since)
    posts = Post.objects.filter(author=OuterRef("user"), thread__course=course, created_at__gt=since)
    seats = course.memberships.active().filter(role=Membership.Role.LEARNER, created_at__lt=since)
    quiet = seats.exclude(Exists(marks)).exclude(Exists(posts)).select_related("user", "group")
    last = Max("user__marks__read_at", filter=Q(user__marks__thread__course=course))
    return quiet.annotate(last=last).order_by("last", "pk")[:MOST]


def log(request, slug):
    """What staff did, newest first, with undo."""
    course = course_of_staff(request.user, slug)
    entries = list(course.audit.filter(detail__has_key="thread").select_related("actor")[: 2 * MOST])
    undone = {e.detail.get("undo_of") for e in entries}
    # What a thread is called stands in it alone: the log keeps no words that somebody may take back.
    threads = course.threads.in_bulk([e.detail["thread"] for e in entries])
    rows = [
        (e, *told(e).partition("%s")[::2], threads.get(e.detail["thread"]), e.verb in UNDOABLE and e.pk not in undone)
        for e in entries
    ]
    return render(request, "discussions/moderation_log.html", {"course": course, "rows": rows})


@require_POST
def undoing(request, slug, pk):
    course = course_of_staff(request.user, slug)
    entry = get_object_or_404(AuditEntry, pk=pk, course=course)
    try:
        undo(entry=entry, by=request.user)
        messages.success(request, _("Undone, and written into the log."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("discussions:moderation_log", course.slug)
