"""Say what an act has done, with a button that undoes it."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from lessons.courses.models import AuditEntry, Course
from lessons.discussions.services.undo import UNDO_HANDLERS
from lessons.discussions.views.inbox_links import local_url, with_next


def confirm(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """Show `text` on the next page, with a button that posts to `undo_url` if there is one: see `_messages.html`."""
    messages.success(request, text, extra_tags=undo_url)


class StaffAct:
    """What a member of staff is about to do in a course. Create it before the act, and `confirm` afterwards."""

    def __init__(self, request: HttpRequest, course: Course):
        self.request, self.course = request, course
        self.entries = AuditEntry.objects.filter(course=course, actor=request.user.pk).order_by("-pk")
        self.newest_before = self.entries.values_list("pk", flat=True).first() or 0

    def confirm(self, text: str, *, page: str = "") -> None:
        """Say what was done, with Undo if the log can undo it. Undoing leads to `page`, the page on which one acts, or
        to the thread if it is empty, because the act led to another one.
        """
        entry = self.entries.filter(pk__gt=self.newest_before).first()
        if entry is None or entry.verb not in UNDO_HANDLERS:
            confirm(self.request, text)
            return
        url = reverse("discussions:undo", args=[self.course.slug, entry.pk])
        confirm(self.request, text, undo_url=with_next(url, local_url(self.request) or page or "thread"))
