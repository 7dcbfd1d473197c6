"""The delete page of everything that goes to the bin, and the pages of what is in the bin."""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.authoring.access import render_page
from lessons.authoring.base import CourseScopedAdmin
from lessons.authoring.bin.dependents import find_dependents
from lessons.authoring.bin.emptying import expires_on, last_day
from lessons.authoring.bin.services import Row, move_to_bin
from lessons.authoring.breadcrumbs import Parent, trail
from lessons.authoring.lessons.presence import editing_others
from lessons.authoring.publishing.schedule_notices import notices_by_lesson
from lessons.courses.models import Course
from lessons.db.idempotency import answered_once
from lessons.db.ids import parse_id
from lessons.db.unsent_texts import MAX_LESSON_BYTES, UnsentTextNotSaved, read_writer, save_unsent_text, written_fields
from lessons.models import BinEntry, Lesson, Module
from lessons.permissions import can_edit_course, require
from lessons.services import resolve_subclass


class InBin(Exception):
    """The row is in the bin; the user may restore it."""

    def __init__(self, entry: BinEntry):
        super().__init__()
        self.entry = entry


class BinAdmin(CourseScopedAdmin):
    """Rows that are moved to the bin when they are deleted."""

    def get_object(self, request, object_id, from_field=None):
        """Return the row. Raise Http404, or InBin if an instructor of its course asks for one in the bin."""
        try:
            return super().get_object(request, object_id, from_field)
        except Http404:
            rows = self.model.all_objects.select_related("bin_entry__course", "bin_entry__deleted_by")
            row = rows.exclude(bin_entry=None).filter(pk=parse_id(object_id)).first()
            if row and can_edit_course(request.user, self.course_of(row)):
                raise InBin(row.bin_entry) from None
            raise

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except InBin as found:
            return self._in_bin_page(request, found.entry)

    def history_view(self, request, object_id, extra_context=None):
        try:
            return super().history_view(request, object_id, extra_context)
        except InBin as found:
            return self._in_bin_page(request, found.entry)

    def delete_view(self, request, object_id, extra_context=None):
        """Show what depends on the row. POST moves it to the bin."""
        try:
            return answered_once(self._delete)(request, object_id)
        except InBin as found:
            return self._in_bin_page(request, found.entry)

    def _delete(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row, user = self.get_object(request, object_id), request.user
        require(isinstance(user, User) and self.has_delete_permission(request, row))
        if request.method == "POST" and isinstance(user, User):
            try:
                entry = move_to_bin(row=row, by=user)
            except self.model.DoesNotExist:  # deleted for good meanwhile
                raise Http404 from None
            announce(request, entry)
            return redirect(page_above(row))
        dependents = find_dependents(row, request.get_host())
        context = {
            "title": _("Delete “%(title)s”?") % {"title": row},
            "parents": trail(row),
            "row": row,
            "course": self.course_of(row),
            "opts": self.opts,
            "last_day": last_day(timezone.now(), self.course_of(row)),
            "is_read": is_read(row),
            "dependents": dependents,
            "notices": _notices(row, dependents.lessons, user),
            "change_url": reverse(f"admin:lessons_{self.opts.model_name}_change", args=[row.pk]),
        }
        return render_page(request, "authoring/delete.html", context)

    def _in_bin_page(self, request: HttpRequest, entry: BinEntry) -> HttpResponse:
        """Say that the row is in the bin. What was written in its form is kept for when it is restored."""
        context = {
            "title": _("“%(title)s” is in the bin") % {"title": entry},
            "parents": trail_to_bin(entry.course),
            "entry": entry,
            "course": entry.course,
            "last_day": expires_on(entry),
            "is_kept": request.method == "POST" and _keep_submitted(request),
        }
        return render_page(request, "authoring/in_bin.html", context, 409 if request.method == "POST" else 404)


def _notices(row: Row, lessons: list[Lesson], user: User | AnonymousUser) -> list[str]:
    """Say in sentences who is editing a lesson that is deleted, and what is scheduled for it. Two queries at most."""
    lessons = [row] if isinstance(row, Lesson) else lessons
    if not lessons or not isinstance(user, User):
        return []
    sentences = [
        _("%(name)s is editing “%(lesson)s”.") % {"name": presence.user, "lesson": presence.lesson}
        for presence in editing_others(lessons, user)
    ]
    for notices in notices_by_lesson(lessons, lessons[0].module.course, user).values():
        sentence = _("%(sentence)s This does not happen while the lesson is in the bin.")
        sentences += [sentence % {"sentence": notice.text} for notice in notices]
    return sentences


def _keep_submitted(request: HttpRequest) -> bool:
    writer = read_writer(request.POST)
    if writer is None or writer.user_id != request.user.pk:
        return False
    with suppress(UnsentTextNotSaved):
        return bool(
            save_unsent_text(
                user_id=writer.user_id,
                draft_key=writer.draft_key,
                fields=written_fields(request.POST),
                max_bytes=MAX_LESSON_BYTES,
            )
        )
    return False


def announce(request: HttpRequest, entry: BinEntry) -> None:
    """Say that something is in the bin, with a button that undoes it (`templates/admin/base_site.html`)."""
    text = _("“%(title)s” is in the bin. It can be restored until %(date)s.")
    texts = {"title": entry.title, "date": expires_on(entry)}
    messages.success(request, text % texts, extra_tags=f"undo-{entry.pk}")


def is_read(row: Row) -> bool:
    """Return whether readers see the row now."""
    module = row if isinstance(row, Module) else row.module
    is_hidden = isinstance(row, Lesson) and row.state != Lesson.State.PUBLISHED
    return module.state != Module.State.DRAFT and not is_hidden


def trail_to_bin(course: Course) -> list[Parent]:
    return [*trail(course), Parent(_("Bin"), reverse("admin:courses_course_bin", args=[course.pk]))]


def page_above(row: Row) -> str:
    """Return the address of the list that the row was in, as authors get there."""
    if isinstance(row, Module):
        return reverse("admin:index") + f"#course-{row.course_id}"
    return reverse("admin:lessons_module_change", args=[row.module_id])


def page_of(row: Row) -> str:
    """Return the address of the row's form. One query for a lesson."""
    row = resolve_subclass(row) if isinstance(row, Lesson) else row
    return reverse(f"admin:lessons_{row._meta.model_name}_change", args=[row.pk])
