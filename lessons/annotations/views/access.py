"""What the pages of notes share: fetching with access, the available audiences, drafts, and responses for script
or page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypedDict

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations.models import Annotation
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import CommentPolicy, Thread
from lessons.discussions.services.errors import CourseClosed
from lessons.discussions.views.thread_create import audience_choices, own_group
from lessons.models import Lesson, Module
from lessons.permissions import can_annotate, can_moderate, is_member

Audience = Thread.Audience


class AnnotationsClosed(CourseClosed):
    """The course is closed: it takes no more annotations on `lesson`."""

    def __init__(self, lesson: Lesson):
        super().__init__()
        self.lesson = lesson


class AudienceOptions(TypedDict):
    """The available audiences as `(audience, text of the button)`, and the reader's own group."""

    buttons: list[tuple[str, str]]
    group: ReadingGroup | None


def handle_closed_course(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer AnnotationsClosed with a message and the text that was submitted."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except AnnotationsClosed as error:
            if wants_json(request):
                return JsonResponse({"errors": [str(error)]}, status=409)
            lesson, source = error.lesson, request.POST.get("source", "")
            context = {"lesson": lesson, "course": lesson.module.course, "source": source}
            return render(request, "annotations/course_closed.html", context, status=409)

    return inner


def get_annotatable_lesson(user: User, pk: int) -> Lesson:
    """Return a lesson that `user` may annotate, even one that was withdrawn: the service says so to somebody who
    still has it open. Raise Http404, or AnnotationsClosed for members of a closed course."""
    lessons = Lesson.objects.with_course().select_related("comment_policy").filter(current_revision__isnull=False)
    lesson = get_object_or_404(lessons, pk=pk)
    course = lesson.module.course
    if lesson.module.state == Module.State.DRAFT or not is_member(user, course):
        raise Http404
    if not can_annotate(user, course):
        raise AnnotationsClosed(lesson)
    return lesson


def get_annotation(user: User, pk: int) -> Annotation:
    """Return a displayed annotation that `user` may read, with its thread and lesson. Raise Http404."""
    related = ("lesson__module__course", "lesson__comment_policy", "thread__course", "thread__group", "group")
    return get_object_or_404(Annotation.objects.visible_to(user).displayed().select_related(*related), pk=pk)


def audience_options(user: User, lesson: Lesson) -> AudienceOptions:
    """Return the audiences that `user` may choose in the lesson. At most one query."""
    course = lesson.module.course
    group = own_group(user, course)
    buttons = audience_choices(course, group, on_lesson=True)
    is_off = hasattr(lesson, "comment_policy") and lesson.comment_policy.policy == CommentPolicy.Rule.OFF
    if is_off and not can_moderate(user, course):
        buttons = [(value, text) for value, text in buttons if value == Audience.ME]
    return {"buttons": buttons, "group": group}


def draft_key(lesson_pk: int) -> str:
    """Return the key of the draft of a new note on the lesson; that of a comment on a highlight is `mark-<id>`."""
    return f"note-{lesson_pk}"


def not_found(request: AuthenticatedHttpRequest, message: str) -> JsonResponse:
    """Return a 404 with a message for the page's script, which still has the text. Raise Http404 for others, whose
    text `preserve_submitted_text` gives back."""
    if wants_json(request):
        return JsonResponse({"errors": [message]}, status=404)
    raise Http404


def respond(
    request: AuthenticatedHttpRequest,
    target: Annotation | str,
    message: str,
    *,
    status: int = 200,
    undo_url: str = "",
    **data: Any,
) -> HttpResponse:
    """Return JSON for the page's script; else redirect to `target`, an annotation or a URL, with a message, which
    offers to undo what was done if a post to `undo_url` does that.
    """
    if wants_json(request):
        body = {**data, "notice": message, "url": resolve_url(target), "undo_url": undo_url}
        return JsonResponse(body, status=status)
    messages.success(request, message, extra_tags=undo_url)
    return redirect(target)


def wants_json(request: AuthenticatedHttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def error_messages(form) -> list[str]:
    """Return all errors of the form, each a sentence."""
    return [str(message) for errors in form.errors.values() for message in errors]
