"""Lists of threads: a course's discussions, and the comments on a lesson."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.db.edit_conflicts import save_edit, status_of
from lessons.db.ids import parse_id
from lessons.discussions.forms import CommentPolicyForm
from lessons.discussions.models import CommentPolicy
from lessons.discussions.rendering.filter_chips import filter_chips
from lessons.discussions.rendering.thread_list import thread_page
from lessons.discussions.selectors.filter_options import filter_options
from lessons.discussions.selectors.lesson_list import lesson_list_state
from lessons.discussions.selectors.list_counts import list_counts
from lessons.discussions.selectors.thread_filter import VIEWS, ThreadFilter
from lessons.discussions.selectors.thread_list import topic_rows
from lessons.discussions.services import read_state
from lessons.discussions.services.comment_policy import set_comment_policy
from lessons.discussions.views.access import get_course, get_lesson
from lessons.discussions.views.thread_create import compose_context
from lessons.models import Lesson
from lessons.permissions import can_moderate, require


def forum(request, slug):
    """Show the course's topics, filtered."""
    course = get_course(request.user, slug)
    if request.GET.get("tab") == "text":
        return redirect("annotations:from_the_text", course.slug)
    filters = ThreadFilter.from_query(request.GET)
    rows = topic_rows(course, filters, request.user)
    course_counts, counts = list_counts(course, request.user)
    chips = filter_chips(
        filters,
        views=VIEWS,
        options=filter_options(course, request.user),
        tags=rows.distinct_tags(),
        counts={"unread": counts.unread_topics, "unanswered": counts.unanswered_topics},
        can_order=True,
    )
    context = {
        "course": course,
        "filters": filters,
        "chips": chips,
        "list": thread_page(rows, reader=request.user.pk, course_slug=course.slug, filters=filters),
        "course_counts": course_counts,
        "counts": counts,
        "is_staff": can_moderate(request.user, course),
    }
    return render(request, "discussions/forum.html", context)


@require_POST
def mark_all_read(request, slug):
    """Mark every thread of the course as read."""
    course = get_course(request.user, slug)
    read_state.mark_course_read(user=request.user, course=course)
    messages.success(request, _("Everything has been marked as read."))
    return redirect("discussions:forum", course.slug)


@require_POST
def follow(request, slug):
    """Follow the course, or one lesson of it, or stop following."""
    course = get_course(request.user, slug)
    lesson = None
    if request.POST.get("lesson"):
        lesson = get_lesson(request.user, parse_id(request.POST["lesson"]))
        if lesson.module.course_id != course.pk:
            raise Http404
    read_state.set_following(
        user=request.user, course=course, lesson=lesson, enabled=bool(request.POST.get("enabled"))
    )
    if lesson:
        return redirect("discussions:lesson_comments", lesson.pk)
    return redirect("discussions:notification_settings")


def lesson_comments(request, pk):
    """Show the comments on a lesson and its passages, and the form for a new one."""
    lesson, user = get_lesson(request.user, pk), request.user
    course, is_staff = lesson.module.course, can_moderate(user, lesson.module.course)
    policy = lesson.comment_policy.policy if hasattr(lesson, "comment_policy") else CommentPolicy.Rule.OPEN
    filters = ThreadFilter(lesson=lesson.pk, before=ThreadFilter.from_query(request.GET).before)
    page = topic_rows(course, filters, user)
    course_counts, state = lesson_list_state(course, lesson.pk, user)
    is_post_first = policy == CommentPolicy.Rule.POST_FIRST and not is_staff
    context = {
        "lesson": lesson,
        "course": course,
        "list": thread_page(page, reader=user.pk, course_slug=course.slug, lesson=lesson.pk),
        "policy": policy,
        "policy_form": CommentPolicyForm(lesson=lesson) if is_staff else None,
        "must_post_first": is_post_first and not state.has_posted,
        "is_staff": is_staff,
        "is_following": state.is_following,
        "course_counts": course_counts,
        **(compose_context(request, course, lesson) if is_staff or policy != CommentPolicy.Rule.OFF else {}),
    }
    return render(request, "discussions/lesson_comments.html", context)


@require_POST
def comment_policy(request, pk):
    """Set whether and how learners may comment on a lesson."""
    lesson = get_lesson(request.user, pk)
    require(can_moderate(request.user, lesson.module.course))
    form = CommentPolicyForm(request.POST, lesson=lesson)
    if not form.is_valid() or not _save_policy(request.user, lesson, form):
        require(bool(form.conflict))
        keep = reverse("discussions:lesson_comments", args=[lesson.pk])
        context = {"form": form, "course": lesson.module.course, "keep": keep}
        return render(request, "discussions/edit_conflict.html", context, status=status_of(form))
    messages.success(request, _("The comment policy has been saved."))
    return redirect("discussions:lesson_comments", lesson.pk)


def _save_policy(user, lesson: Lesson, form: CommentPolicyForm) -> bool:
    def save(current: Lesson) -> None:
        set_comment_policy(lesson=current, policy=form.cleaned_data["policy"], by=user)

    return save_edit(form, lock=lambda: Lesson.objects.select_for_update(no_key=True).get(pk=lesson.pk), save=save)
