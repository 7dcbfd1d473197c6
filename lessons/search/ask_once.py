"""Ask once: what may answer a question while its title is typed, and how many questions that has answered."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lessons.courses.models import Course
from lessons.db.throttle import is_within_limit
from lessons.db.unsent_texts import UnsentTextNotSaved, forget_unsent_text, save_unsent_text, written_fields
from lessons.discussions.views.access import get_course
from lessons.indexing.models import TextEntry
from lessons.search.filters import SearchFilter
from lessons.search.models import UnaskedQuestion
from lessons.search.results import suggest
from lessons.search.suggestions import discussion_suggestion, text_suggestions

MAX_SHOWN, MAX_TEXTS = 5, 3
MAX_COUNTED_PER_HOUR = 20


@require_safe
def possible_answers(request: HttpRequest, slug: str) -> HttpResponse:
    """Return passages and discussions that may answer a question with this title, as HTML for its form's script."""
    course = get_course(request.user, slug)
    filters = SearchFilter.from_query(request.GET)
    _found, results = suggest(request.user, course, filters.text, few=MAX_SHOWN, is_any_word_enough=True)
    texts = list(text_suggestions(results.texts, *TextEntry.Kind.values))
    discussions = [discussion_suggestion(result) for result in results.discussions]
    # Passages first; of many of both, most of the places are theirs.
    answers = [*texts[: max(MAX_TEXTS, MAX_SHOWN - len(discussions))], *discussions][:MAX_SHOWN]
    context = {"course": course, "answers": answers, "status": _status(len(answers))}
    return render(request, "search/_possible_answers.html", context)


def _status(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(n)d place may answer this", "%(n)d places may answer this", count) % {"n": count}


@require_POST
def unasked_questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Count the question in the form as answered, discard it and go to its answer, which `next` names.

    Text that was written below the title is kept as unsent.
    """
    course = get_course(request.user, slug)
    try:
        message = _discard(request, course)
    except UnsentTextNotSaved as refusal:
        messages.error(request, str(refusal))
        return render(request, "discussions/submitted_text.html", {"source": request.POST["source"]}, status=409)
    if is_within_limit(f"unasked:{request.user.pk}", limit=MAX_COUNTED_PER_HOUR, seconds=3600):
        count_unasked_question(course, request.POST.get("key", ""))
    messages.success(request, message)
    answer = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(answer, allowed_hosts=None)
    return redirect(answer) if is_here else redirect("discussions:forum", course.slug)


def _discard(request, course: Course) -> str:
    """Forget the title, but save a text below it; return what is said. Raise UnsentTextNotSaved."""
    user_id, draft_key = request.user.pk, f"course-{course.pk}"
    if request.POST.get("source", "").strip():
        save_unsent_text(user_id=user_id, draft_key=draft_key, fields=written_fields(request.POST))
        return _("Good! Your question hasn’t been posted. What you wrote is among your unsent texts.")
    forget_unsent_text(user_id=user_id, draft_key=draft_key)
    return _("Good! Your question hasn’t been posted.")


def count_unasked_question(course: Course, key: str) -> None:
    """Count a question of an open course, once for each form, which `key` identifies; nothing without a valid key."""
    try:
        question = UnaskedQuestion(course=course, key=UUID(key))
    except ValueError:
        return
    if not course.is_closed:
        UnaskedQuestion.objects.bulk_create([question], ignore_conflicts=True)
