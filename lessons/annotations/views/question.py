"""A question that the user has asked about a passage: what became of the passage, and whether it is clear now."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations.margin.context import get_lesson_context
from lessons.annotations.models import IS_CLEARED, IS_PRIVATE, Annotation, Placement
from lessons.annotations.passages import RevisionBlocks
from lessons.annotations.services.clearing import mark_clear, mark_unclear
from lessons.annotations.views.access import AnnotationsClosed, handle_closed_course, respond
from lessons.discussions.models import Post
from lessons.discussions.services.notifications import mark_rewritten_seen
from lessons.discussions.views.inbox_links import local_url, with_next
from lessons.markup.text_diff import diff_words
from lessons.permissions import can_edit_annotation, require

# Blocks are compared up to this many characters.
MAX_COMPARED = 3000


@handle_closed_course
def question(request: AuthenticatedHttpRequest, uid: UUID) -> HttpResponse:
    """Show the question; POST says that it is clear now or, without `enabled`, that it is not."""
    annotation = _get_question(request.user, uid)
    if request.method != "POST":
        return _render_page(request, annotation)
    if annotation.lesson.module.course.is_closed:
        raise AnnotationsClosed(annotation.lesson)
    require(can_edit_annotation(request.user, annotation))
    url = reverse("annotations:question", args=[uid])
    back = local_url(request)
    if request.POST.get("enabled"):
        mark_clear(annotation=annotation, by=request.user)
        undo_url = with_next(url, back) if back else url
        return respond(request, back or url, _("You said that this is clear now."), undo_url=undo_url)
    mark_unclear(annotation=annotation, by=request.user)
    return respond(request, back or url, _("Your question is open again."))


def _get_question(user: User, uid: UUID) -> Annotation:
    """Return a question of the user's own to others. Raise Http404."""
    related = ("lesson__module__course", "lesson__current_revision", "revision", "thread__course")
    questions = Annotation.objects.visible_to(user).displayed().filter(author=user, is_question=True)
    return get_object_or_404(questions.exclude(IS_PRIVATE).select_related(*related), uid=uid)


def _render_page(request: AuthenticatedHttpRequest, annotation: Annotation) -> HttpResponse:
    lesson, user = annotation.lesson, request.user
    if lesson.current_revision is None:
        raise Http404
    get_lesson_context(user, lesson.pk)
    mark_rewritten_seen(reader=user, note=annotation.uid)
    opening = Post.objects.filter(thread__annotation=annotation, seq=1, state=Post.State.SHOWN).first()
    context: dict[str, Any] = {
        "annotation": annotation,
        "lesson": lesson,
        "course": lesson.module.course,
        "opening_html": mark_safe(opening.html) if opening else "",
        "is_cleared": Annotation.objects.filter(IS_CLEARED, pk=annotation.pk).exists(),
        "can_clear": can_edit_annotation(user, annotation),
        **_passage(annotation),
    }
    return render(request, "annotations/question.html", context)


def _passage(annotation: Annotation) -> dict[str, Any]:
    """Return the passage as it was asked about, and as `changes` how the block around it differs now; empty if it does
    not, None if it is no longer in the text. One query.
    """
    revision, current = annotation.revision, annotation.lesson.current_revision
    old = RevisionBlocks(revision.text, revision.html)
    quote = old.quote(annotation.start, annotation.end)
    placed = Placement.objects.filter(annotation=annotation, revision=current).values_list("start", "end").first()
    if current is None or placed is None or placed[0] is None or placed[1] is None:
        return {"quote": quote, "changes": None}
    before = old.around(annotation.start, annotation.end)
    after = RevisionBlocks(current.text, current.html).around(placed[0], placed[1])
    changes = diff_words(before[:MAX_COMPARED], after[:MAX_COMPARED]) if before != after else ""
    return {"quote": quote, "changes": changes}
