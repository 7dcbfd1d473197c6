"""What a page of notes begins with: fetched with access, or a 404; and how what happened is told."""

from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from lessons.annotations.models import Annotation
from lessons.discussions.models import CommentPolicy, Thread
from lessons.discussions.services.errors import CourseClosed
from lessons.discussions.views.compose_api import save_draft_from
from lessons.discussions.views.thread_create import audience_choices, own_group
from lessons.markup.post_markdown import MAX_BYTES
from lessons.models import Lesson, Module
from lessons.permissions import can_annotate, can_moderate, is_member

Audience = Thread.Audience


class AnnotationsClosed(CourseClosed):
    """The course takes no notes on this lesson any more."""

    def __init__(self, lesson: Lesson):
        super().__init__()
        self.lesson = lesson


def handle_closed_course(view):
    """Members of a closed course get a sentence, and the words back that they sent."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except AnnotationsClosed as refusal:
            if wants_json(request):
                return JsonResponse({"errors": [str(refusal)]}, status=409)
            lesson, source = refusal.lesson, request.POST.get("source", "")
            context = {"lesson": lesson, "course": lesson.module.course, "source": source}
            return render(request, "annotations/course_closed.html", context, status=409)

    return inner


def get_annotatable_lesson(user, pk: int) -> Lesson:
    """A lesson one may annotate. One that was withdrawn is told so by the action, not by a 404: they have read it.
    Raises NotesClosed for members of a closed course."""
    lessons = Lesson.objects.with_course().select_related("comment_policy").filter(current_revision__isnull=False)
    lesson = get_object_or_404(lessons, pk=pk)
    course = lesson.module.course
    if lesson.module.state == Module.State.DRAFT or not is_member(user, course):
        raise Http404
    if not can_annotate(user, course):
        raise AnnotationsClosed(lesson)
    return lesson


def get_annotation(user, pk: int) -> Annotation:
    """A standing annotation that the person may read, with its thread and lesson."""
    beside = ("lesson__module__course", "lesson__comment_policy", "thread__course", "thread__group", "group")
    return get_object_or_404(Annotation.objects.visible_to(user).displayed().select_related(*beside), pk=pk)


def audience_options(user, lesson: Lesson) -> dict:
    """Who may read what the person writes there: `buttons` with their words, and the `group` they name."""
    course = lesson.module.course
    group = own_group(user, course)
    buttons = audience_choices(course, group, on_lesson=True)
    is_off = hasattr(lesson, "comment_policy") and lesson.comment_policy.policy == CommentPolicy.Rule.OFF
    if is_off and not can_moderate(user, course):
        buttons = [(value, words) for value, words in buttons if value == Audience.ME]
    return {"buttons": buttons, "group": group}


def draft_key(lesson_pk: int) -> str:
    """Where the draft of a note on the lesson is kept; that of words for a mark at `mark-` and its id."""
    return f"note-{lesson_pk}"


def save_draft(request, draft_key: str) -> None:
    """Keeps the words of the form as a draft; its title says what passage they are about."""
    source = request.POST.get("source", "")
    if source.strip() and len(source.encode("utf-8", "ignore")) <= MAX_BYTES:
        save_draft_from(request, draft_key)


def not_found(request, words: str) -> JsonResponse:
    """404 with a sentence for the page's script, which has the words; `gives_words_back` prints them for others."""
    if wants_json(request):
        return JsonResponse({"errors": [words]}, status=404)
    raise Http404


def respond(request, where: Annotation | str, words: str, *, status=200, **said) -> HttpResponse:
    """The answer to what was done: JSON for the page's script, else a message there: at a note, or at an address."""
    if wants_json(request):
        return JsonResponse({**said, "notice": words}, status=status)
    messages.success(request, words)
    return redirect(where)


def wants_json(request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def error_messages(form) -> list[str]:
    """Everything that the form refused, each as a sentence."""
    return [str(words) for errors in form.errors.values() for words in errors]
