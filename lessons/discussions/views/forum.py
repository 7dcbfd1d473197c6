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
from lessons.discussions.models import CommentPolicy, Follow, Thread
from lessons.discussions.rendering.thread_list import thread_page
from lessons.discussions.selectors.course_counts import course_counts
from lessons.discussions.selectors.thread_list import (
    TABS,
    FilterOption,
    ThreadFilter,
    filter_options,
    thread_rows,
)
from lessons.discussions.services import read_state
from lessons.discussions.services.comment_policy import set_comment_policy
from lessons.discussions.views.access import get_course, get_lesson
from lessons.discussions.views.thread_create import compose_context
from lessons.models import Lesson
from lessons.permissions import can_moderate, require


def forum(request, slug):
    """Show the course's discussions, with tabs and filters."""
    course = get_course(request.user, slug)
    filters, options = ThreadFilter.from_query(request.GET), filter_options(course, request.user)
    page = thread_rows(course, filters, request.user)
    context = {
        "course": course,
        "filters": filters,
        "active_filters": _active_filters(filters, options),
        "groups": [option for option in options if option.what == "group"],
        "lessons": [option for option in options if option.what == "lesson"],
        "tabs": _tabs(filters),
        "kinds": Thread.Kind.choices,
        "list": thread_page(page, reader=request.user.pk, course_slug=course.slug, filters=filters),
        "course_counts": course_counts(course, request.user),
        "is_staff": can_moderate(request.user, course),
    }
    return render(request, "discussions/forum.html", context)


def _tabs(filters: ThreadFilter) -> list[tuple[str, str, str]]:
    """Return key, label and query string of each tab."""
    labels = (_("All"), _("Unread"), _("Questions"), _("About lessons"), _("Mine"))
    return [(tab, label, filters.query_string(tab=tab)) for tab, label in zip(TABS, labels, strict=True)]


def _active_filters(filters: ThreadFilter, options: list[FilterOption]) -> list[tuple[str, str]]:
    """Return each active filter as a phrase, with the query string of the list without it."""
    names = {(option.what, option.pk): option.name for option in options}
    phrases = {
        "kind": filters.kind and str(Thread.Kind(filters.kind).label),
        "tag": filters.tag and _("tagged “%(tag)s”") % {"tag": filters.tag},
        "lesson": filters.lesson and (names.get(("lesson", filters.lesson)) or _("a lesson")),
        "group": filters.group and (names.get(("group", filters.group)) or _("a group")),
        "author": filters.author and _("posts by “%(author)s”") % {"author": filters.author},
        "unanswered": filters.unanswered and _("unanswered"),
    }
    return [(str(phrase), filters.query_string(**{name: ""})) for name, phrase in phrases.items() if phrase]


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
    page = thread_rows(course, filters, user)
    is_post_first = policy == CommentPolicy.Rule.POST_FIRST and not is_staff
    context = {
        "lesson": lesson,
        "course": course,
        "list": thread_page(page, reader=user.pk, course_slug=course.slug),
        "policy": policy,
        "policy_form": CommentPolicyForm(lesson=lesson) if is_staff else None,
        "must_post_first": is_post_first and not user.participations.filter(lesson=lesson).exists(),
        "is_staff": is_staff,
        "is_following": Follow.objects.filter(user=user, lesson=lesson).exists(),
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
