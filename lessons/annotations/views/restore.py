"""Undo the deletion of one's own annotation, for as long as its signature is valid."""

from uuid import uuid4

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations.models import Annotation
from lessons.annotations.services.annotate import DeletedHighlight, restore_highlight, restore_note
from lessons.annotations.views.access import get_annotatable_lesson, handle_closed_course, respond, wants_json
from lessons.discussions.models import Thread
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.thread_create import own_group
from lessons.models import Lesson

SALT = "annotations.restore"
MAX_AGE = 60 * 60


class RestoreRefused(ActionRefused):
    def __init__(self):
        super().__init__(_("This can no longer be undone."))


def undo_url(user: User, annotation: Annotation) -> str:
    """Return the URL that undoes the deletion of an annotation of the user's own, which is about to be deleted: empty
    for a note that waits for approval. It has all of a highlight, of which nothing is kept.
    """
    if annotation.thread and annotation.thread.state == Thread.State.HELD:
        return ""
    if annotation.thread_id:
        what: dict = {"note": annotation.pk}
    else:
        what = {"highlight": DeletedHighlight.of(annotation, key=uuid4())._asdict()}
    token = signing.dumps({"user": user.pk, **what}, salt=SALT, compress=True)
    return f"{reverse('annotations:restore', args=[annotation.lesson_id])}?{urlencode({'token': token})}"


@require_POST
@handle_closed_course
def restore(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show the note again, or highlight the passage again, that the token names."""
    lesson = get_annotatable_lesson(request.user, pk)
    try:
        annotation = _restore(request.user, lesson, request.GET.get("token", ""))
    except ActionRefused as refusal:
        if wants_json(request):
            return JsonResponse({"errors": [str(refusal)]}, status=409)
        messages.error(request, str(refusal))
        return redirect(lesson)
    return respond(request, annotation, _("Restored."), id=annotation.pk, uid=str(annotation.uid))


def _restore(user: User, lesson: Lesson, token: str) -> Annotation:
    try:
        what = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        raise RestoreRefused from None
    if what["user"] != user.pk:
        raise Http404
    if "highlight" in what:
        highlight, group = DeletedHighlight(**what["highlight"]), own_group(user, lesson.module.course)
        if highlight.group and (group is None or group.pk != highlight.group):
            raise RestoreRefused
        return restore_highlight(lesson=lesson, by=user, highlight=highlight, group=group)
    annotations = Annotation.objects.filter(lesson=lesson, author=user, thread__isnull=False)
    annotation = annotations.select_related("lesson", "thread").filter(pk=what["note"]).first()
    if annotation is None:
        raise RestoreRefused
    restore_note(annotation=annotation, by=user)
    return annotation
