"""Answer the checks of a lesson, in its text or on a page of their own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.db.idempotency import FORM_KEY_FIELD, submission_key
from lessons.db.ids import parse_id
from lessons.models import Lesson, Module
from lessons.permissions import can_track_progress, require
from lessons.practice.answering import CheckChanged, answer, compare_with_model
from lessons.practice.checks import Closeness, InvalidResponse, read_response
from lessons.practice.models import KnowledgeCheck
from lessons.practice.queue import review_state
from lessons.practice.shown import ShownCheck, shown_checks
from lessons.reading.checks import check_context, render_check
from lessons.reading.completion import completion_context
from lessons.reading.selectors.published_lesson import PublishedLesson, get_published_lesson

# Numbers of options, and places of lines, are shorter.
MIN_NUMBER_LENGTH = 4


class NotSaved(Exception):
    """Why an answer cannot be saved. lesson: where it was given, if the user may know of it."""

    def __init__(self, message: str, lesson: Lesson | None = None):
        super().__init__(message)
        self.lesson = lesson


@login_not_required
def checks(request, pk: int) -> HttpResponse:
    """Show all checks of a lesson on one page; `?again=` names one to answer anew."""
    published = _get_lesson(request, pk)
    shown = shown_checks(published.checks, published.answers, request.GET.get("again", ""))
    return _render(request, published, shown)


@require_POST
def answer_check(request: AuthenticatedHttpRequest, pk: int, uid: UUID) -> HttpResponse:
    """Keep an answer and lead to what is right about it. If it cannot be marked, show the form again with a reason; if
    nobody can answer any more, give back what was written.
    """
    try:
        published = _get_answerable(request.user, pk)
    except NotSaved as refusal:
        return _render_not_saved(request, refusal, uid)
    try:
        _keep_answer(request, published, str(uid))
    except (CheckChanged, InvalidResponse) as refusal:
        return _render_refusal(request, published, uid, str(refusal))
    return redirect(_place(request, published, str(uid)))


def _keep_answer(request, published: PublishedLesson, uid: str) -> None:
    """Keep the answer that was sent; raise CheckChanged or InvalidResponse."""
    asked = next((check for check in shown_checks(published.checks) if check.uid == uid), None)
    version, values = parse_id(request.POST.get("version")), request.POST.getlist("answer")
    if asked is None or version != asked.version:
        raise CheckChanged(_("This question was changed or removed meanwhile, so your answer was not saved."))
    answer(
        user=request.user,
        lesson=published.lesson,
        uid=uid,
        version=version,
        response=read_response(asked.check, uid, values),
        key=_submission(request, asked, values),
    )


@require_POST
def compare_answer(request: AuthenticatedHttpRequest, pk: int, uid: UUID) -> HttpResponse:
    """Keep how close learners think that they came to a model answer."""
    try:
        published = _get_answerable(request.user, pk)
    except NotSaved as refusal:
        return _render_not_saved(request, refusal, uid)
    version, closeness = parse_id(request.POST.get("version")), request.POST.get("closeness")
    if closeness not in list(Closeness):
        return HttpResponseBadRequest(_("Choose how close your answer was: far, partly or same."))
    is_kept = compare_with_model(
        user=request.user, lesson=published.lesson, uid=str(uid), version=version, closeness=Closeness(closeness)
    )
    if not is_kept:
        raise Http404
    return redirect(_place(request, published, str(uid)))


def _get_lesson(request, pk: int) -> PublishedLesson:
    published = get_published_lesson(request.user, pk)
    if not published.checks:
        raise Http404
    return published


def _get_answerable(user: User, pk: int) -> PublishedLesson:
    """Return a lesson whose checks the user can answer; raise NotSaved."""
    try:
        published = get_published_lesson(user, pk)
    except Http404:
        if lesson := _withdrawn_lesson(user, pk):
            raise NotSaved(_("This lesson was withdrawn meanwhile, so your answer was not saved."), lesson) from None
        # The same for all that the user may not read, whether there is such a lesson or not.
        raise NotSaved(_("You cannot read this lesson, or not any more, so your answer was not saved.")) from None
    if published.lesson.module.course.is_closed:
        raise NotSaved(_("This course was closed meanwhile, so your answer was not saved."), published.lesson)
    require(can_track_progress(user, published.lesson.module.course))
    return published


def _withdrawn_lesson(user: User, pk: int) -> Lesson | None:
    """Return a lesson that the user could read until it was withdrawn. Two queries at most."""
    lessons = Lesson.objects.with_course().filter(current_revision__isnull=False)
    modules = Module.objects.visible_to(user).order_by().values("pk")
    return lessons.filter(module__in=modules, pk=pk).first()


def _words(request, lesson: Lesson | None, uid: UUID) -> str:
    """Return what somebody wrote in answer to a check, to be given back; empty for a choice. One query at most."""
    words = request.POST.get("answer", "")
    if lesson is None:
        is_choice = words.isdecimal() and len(words) < MIN_NUMBER_LENGTH
    else:
        row = KnowledgeCheck.objects.filter(lesson=lesson.pk, uid=uid).first()
        is_choice = row is None or bool(row.parsed.options)
    return "" if is_choice else words


def _submission(request, asked: ShownCheck, values: Sequence[str]) -> UUID:
    """Return the key of what was submitted: the same form with another answer is another attempt."""
    try:
        key = UUID(request.POST.get(FORM_KEY_FIELD, ""))
    except ValueError:
        key = uuid4()
    return submission_key(key, asked.uid, asked.version, *values)


def _place(request, published: PublishedLesson, uid: str) -> str:
    """Return the address of the check on the page that sent the form."""
    is_alone = request.POST.get("page") == "checks"
    page = _checks_url(published) if is_alone else published.lesson.get_absolute_url()
    return f"{page}#check-{uid}"


def _checks_url(published: PublishedLesson) -> str:
    return reverse("reading:checks", args=[published.lesson.pk])


def _render_not_saved(request, refusal: NotSaved, uid: UUID) -> HttpResponse:
    lesson = refusal.lesson
    context: dict[str, Any] = {"error": str(refusal), "words": _words(request, lesson, uid)}
    if lesson:
        context |= {"course": lesson.module.course, "module": lesson.module}
    return render(request, "practice/not_saved.html", context, status=409 if lesson else 404)


def _render_refusal(request, published: PublishedLesson, uid: UUID, error: str) -> HttpResponse:
    """Show the form again, with what was sent; for a check that is gone, what was written and the others."""
    asked, others = str(uid), shown_checks(published.checks, published.answers)
    if all(check.uid != asked for check in others):
        return _render(request, published, others, 409, error, _words(request, published.lesson, uid))
    values = tuple(request.POST.getlist("answer"))
    shown = [
        check._replace(answer=None, marked=None, error=error, values=values) if check.uid == asked else check
        for check in others
    ]
    return _render(request, published, shown, 400)


def _render(
    request,
    published: PublishedLesson,
    shown: Sequence[ShownCheck],
    status: int = 200,
    error: str = "",
    words: str = "",
) -> HttpResponse:
    render_with = check_context(request, published.lesson, _checks_url(published)) | {"level": 2, "is_alone": True}
    context: dict[str, Any] = {}
    if render_with["can_answer"]:
        context = _review_context(request.user) | completion_context(request.user, published)
    context |= {
        "lesson": published.lesson,
        "course": published.lesson.module.course,
        "revision": published.revision,
        "checks": [(check, render_check(check, render_with, request)) for check in shown],
        "steps": [(check["uid"], check["version"]) in published.answers for check in published.checks],
        "answered": len(published.checks) - published.unanswered_count,
        "error": error,
        "words": words,
    }
    return render(request, "practice/checks.html", context, status=status)


def _review_context(user: User) -> dict[str, Any]:
    state = review_state(user, timezone.now())
    return {"review_count": state.day.left, "upcoming": state.upcoming}
