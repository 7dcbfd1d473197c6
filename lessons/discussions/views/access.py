"""Fetch the object of a page for users who may see it; all others get a 404."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from lessons.courses.course_by_slug import get_any_course, get_readable_course
from lessons.courses.models import Course
from lessons.discussions.models import Post, Thread
from lessons.discussions.selectors.thread_page import ThreadView, thread_view
from lessons.models import Lesson, Module
from lessons.permissions import can_discuss, can_moderate, can_read_thread


def preserve_submitted_text(view):
    """Show submitted text for its author to copy, if the page it was submitted to is gone or forbidden."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (Http404, PermissionDenied) as refusal:
            if not request.POST.get("source"):
                raise
            status = 404 if isinstance(refusal, Http404) else 403
            return render(
                request, "discussions/submitted_text.html", {"source": request.POST["source"]}, status=status
            )

    return inner


def get_course(user, slug: str) -> Course:
    """Return the course if the user may take part in its discussions, or raise Http404. Two queries."""
    course = get_any_course(slug)
    if not can_discuss(user, course):
        raise Http404
    return course


def get_moderated_course(user, slug: str) -> Course:
    """Return the course if the user is on its staff, or raise Http404. One query."""
    course = get_readable_course(user, slug)
    if not can_moderate(user, course):
        raise Http404
    return course


def get_lesson(user, pk: int) -> Lesson:
    """Return a lesson that the user may comment on, or raise Http404: a published one, or any for staff."""
    lesson = get_object_or_404(
        Lesson.objects.select_related("module__course", "current_revision", "comment_policy"), pk=pk
    )
    course = lesson.module.course
    is_published = lesson.state == Lesson.State.PUBLISHED and lesson.module.state != Module.State.DRAFT
    if not can_discuss(user, course) or not (is_published or can_moderate(user, course)):
        raise Http404
    return lesson


def get_thread_view(user, pk: int) -> ThreadView:
    """Return the thread as the user's page shows it, or raise Http404. Two queries with the memberships."""
    view = thread_view(pk, user) if user.is_authenticated else None
    if view is None or not can_read_thread(user, view.thread, view.must_post_first):
        raise Http404
    return view


def get_thread(user, pk: int) -> Thread:
    """Return a thread that the user may read, with its course, or raise Http404. Two queries with the memberships."""
    return get_thread_view(user, pk).thread


def get_post(user, pk: int) -> Post:
    """Return a post of a thread that the user may read, with thread and course, or raise Http404. This includes
    tombstones and, for their author and staff, held posts.
    """
    posts = Post.objects.select_related("thread__course", "thread__lesson", "author", "alias")
    post = get_object_or_404(posts, pk=pk)
    thread = post.thread
    is_by_classmate = thread.lesson_id is not None and not post.by_staff and post.author_id != user.pk
    if not can_read_thread(user, thread) or (is_by_classmate and thread.must_post_first(user)):
        raise Http404
    if post.state == Post.State.HELD and post.author_id != user.pk and not can_moderate(user, post.thread.course):
        raise Http404
    return post
