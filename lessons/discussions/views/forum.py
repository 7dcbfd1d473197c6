"""The lists: a course's discussions, and the comments under a lesson."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.services import record
from lessons.db.ids import parse_id
from lessons.discussions.models import CommentPolicy, Follow, Thread
from lessons.discussions.rendering.thread_list import thread_page as thread_page
from lessons.discussions.selectors import thread_list
from lessons.discussions.services import read_state
from lessons.discussions.views.access import get_course, get_lesson
from lessons.discussions.views.thread_create import compose_context
from lessons.models import Lesson
from lessons.permissions import can_moderate, require


def forum(request, slug):
    """The course's discussions, 50 by keyset, with tabs and filters."""
    course = get_course(request.user, slug)
    wish, choices = thread_list.ThreadFilter.from_query(request.GET), thread_list.filter_options(course, request.user)
    context = {
        "course": course,
        "filters": _filters(wish, choices),
        "groups": [(pk, name) for pk, what, name, *_place in choices if what == "group"],
        "lessons": [(pk, name) for pk, what, name, *_place in choices if what == "lesson"],
        "wish": wish,
        "tabs": _tabs(wish),
        "kinds": Thread.Kind.choices,
        "list": thread_page(course, wish, request.user),
        "unread": thread_list.unread_thread_count(course, request.user),
        "staff": can_moderate(request.user, course),
    }
    return render(request, "discussions/forum.html", context)


def _tabs(wish: thread_list.ThreadFilter) -> list[tuple[str, str, str]]:
    names = (_("All"), _("Unread"), _("Questions"), _("From the text"), _("Mine"))
    return [(tab, name, wish.query_string(tab=tab)) for tab, name in zip(thread_list.TABS, names, strict=True)]


def _filters(wish: thread_list.ThreadFilter, choices: list[tuple]) -> list[tuple[str, str]]:
    """What the list is filtered by, each in words and with the address of the list without it."""
    names = {(what, pk): name for pk, what, name, *_place in choices}
    words = {
        "kind": wish.kind and str(Thread.Kind(wish.kind).label),
        "tag": wish.tag and _("tagged “%(tag)s”") % {"tag": wish.tag},
        "lesson": wish.lesson and (names.get(("lesson", wish.lesson)) or _("a lesson")),
        "group": wish.group and (names.get(("group", wish.group)) or _("a group")),
        "author": wish.author and _("written by “%(author)s”") % {"author": wish.author},
        "unanswered": wish.unanswered and _("without an answer"),
    }
    return [(said, wish.query_string(**{name: ""})) for name, said in words.items() if said]


@require_POST
def mark_all_read(request, slug):
    """Everything here is read."""
    course = get_course(request.user, slug)
    read_state.mark_course_read(user=request.user, course=course)
    messages.success(request, _("Everything is marked as read."))
    return redirect("discussions:forum", course.slug)


@require_POST
def follow(request, slug):
    """Follow the course, or one lesson of it: new threads there are followed from now on."""
    course = get_course(request.user, slug)
    lesson = None
    if request.POST.get("lesson"):
        lesson = get_object_or_404(Lesson, pk=parse_id(request.POST["lesson"]), module__course=course)
    read_state.set_following(
        user=request.user, course=course, lesson=lesson, enabled=bool(request.POST.get("enabled"))
    )
    if lesson:
        return redirect("discussions:lesson_comments", lesson.pk)
    return redirect("discussions:notification_settings")


def lesson_comments(request, pk):
    """Everything that hangs on a lesson, and the form to add to it."""
    lesson = get_lesson(request.user, pk)
    course, staff = lesson.module.course, can_moderate(request.user, lesson.module.course)
    rule = lesson.comment_policy.policy if hasattr(lesson, "comment_policy") else CommentPolicy.Rule.OPEN
    wish = thread_list.ThreadFilter(lesson=lesson.pk, before=thread_list.ThreadFilter.from_query(request.GET).before)
    page = thread_page(course, wish, request.user)
    sealed = rule == CommentPolicy.Rule.POST_FIRST and not staff and _is_sealed(lesson, request.user)
    context = {
        "lesson": lesson,
        "course": course,
        "list": page,
        "older": f"?before={page.older.rpartition('before=')[2]}" if page.older else "",
        "rule": rule,
        "rules": CommentPolicy.Rule.choices,
        "sealed": sealed,
        "staff": staff,
        "follows": Follow.objects.filter(user=request.user, lesson=lesson).exists(),
        **(compose_context(request, course, lesson) if staff or rule != CommentPolicy.Rule.OFF else {}),
    }
    return render(request, "discussions/lesson_comments.html", context)


def _is_sealed(lesson: Lesson, user) -> bool:
    return not user.participations.filter(lesson=lesson).exists()


@require_POST
def comment_policy(request, pk):
    """Staff say how people talk under a lesson."""
    lesson = get_lesson(request.user, pk)
    require(can_moderate(request.user, lesson.module.course))
    enabled = request.POST.get("policy", "")
    require(enabled in CommentPolicy.Rule.values)
    with transaction.atomic():
        CommentPolicy.objects.update_or_create(lesson=lesson, defaults={"policy": enabled})
        record(by=request.user, verb=f"set comment policy {enabled}", course=lesson.module.course, target=lesson)
    messages.success(request, _("The rule for comments is changed."))
    return redirect("discussions:lesson_comments", lesson.pk)
