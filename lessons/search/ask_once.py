"""Ask once: what may answer a question while its title is typed, and how many questions that has answered."""

from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.models import Course
from lessons.db.throttle import is_within_limit
from lessons.db.unsent_texts import UnsentTextNotSaved, forget_unsent_text, save_unsent_text, written_fields
from lessons.discussions.views.access import get_course
from lessons.search.models import UnaskedQuestion

MAX_COUNTED_PER_HOUR = 20


@require_POST
def unasked_questions(request, slug):
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
    draft = {"user_id": request.user.pk, "draft_key": f"course-{course.pk}"}
    if request.POST.get("source", "").strip():
        save_unsent_text(**draft, fields=written_fields(request.POST))
        return _("Good! Your question hasn’t been posted. What you wrote is among your unsent texts.")
    forget_unsent_text(**draft)
    return _("Good! Your question hasn’t been posted.")


def count_unasked_question(course: Course, key: str) -> None:
    """Count a question of an open course, once for each form, which `key` identifies. An invalid key counts nothing."""
    try:
        question = UnaskedQuestion(course=course, key=UUID(key))
    except ValueError:
        return
    if not course.is_closed:
        UnaskedQuestion.objects.bulk_create([question], ignore_conflicts=True)
