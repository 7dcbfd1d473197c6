"""What a page of conversations begins with: fetched with access, or a 404."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_dicts
from lessons.discussions.models import CommentPolicy, Post, Thread
from lessons.discussions.selectors.thread_page import _assembled, _thread_query
from lessons.models import Lesson
from lessons.permissions import can_discuss, can_moderate, can_read_thread


def preserve_submitted_text(view):
    """Words for what is gone, or closed to their writer, come back on a page, to be taken along."""

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
    """The course, for those who may talk in it. Two queries."""
    course = get_object_or_404(Course, slug=slug)
    if not can_discuss(user, course):
        raise Http404
    return course


def get_moderated_course(user, slug: str) -> Course:
    """The course, for its staff; for others the page does not exist."""
    course = get_course(user, slug)
    if not can_moderate(user, course):
        raise Http404
    return course


def get_lesson(user, pk: int) -> Lesson:
    """A lesson one may talk about: a published one, for staff any."""
    lesson = get_object_or_404(
        Lesson.objects.select_related("module__course", "current_revision", "comment_policy"), pk=pk
    )
    course = lesson.module.course
    is_shown = lesson.state == Lesson.State.PUBLISHED and lesson.module.state != "draft"
    if not can_discuss(user, course) or not (is_shown or can_moderate(user, course)):
        raise Http404
    return lesson


def get_thread(user, pk: int) -> Thread:
    """The thread with course and lesson, and the reader's mark, draft and question. Two queries with the seats."""
    found = fetch_dicts(_thread_query, thread=pk, user=user.pk) if user.is_authenticated else ()
    if not found:
        raise Http404
    thread = _assembled(found[0])
    asks_first = found[0]["lesson__comment_policy__policy"] == CommentPolicy.Rule.POST_FIRST and not thread.takes_part
    thread.sealed = asks_first and not can_moderate(user, thread.course)
    if not can_read_thread(user, thread):
        raise Http404
    return thread


def get_post(user, pk: int) -> Post:
    """A post of a thread one may read, tombstones and one's own held ones too, with its thread and course."""
    posts = Post.objects.select_related("thread__course", "thread__lesson", "author", "alias")
    post = get_object_or_404(posts, pk=pk)
    sealed = post.thread.lesson_id and not post.by_staff and post.author_id != user.pk
    if not can_read_thread(user, post.thread) or (sealed and post.thread.must_post_first(user)):
        raise Http404
    if post.state == Post.State.HELD and post.author_id != user.pk and not can_moderate(user, post.thread.course):
        raise Http404
    return post
