"""The bin of a course: what is in it, restoring something, deleting it for good."""

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from lessons.authoring.access import get_user, render_page
from lessons.authoring.base import SingleLineField
from lessons.authoring.bin.admin import page_above, page_of, trail_to_bin
from lessons.authoring.bin.dependents import find_dependents
from lessons.authoring.bin.emptying import delete_for_good, expires_on
from lessons.authoring.bin.services import MODELS, NotInBin, Restored, Row, TermTaken, restore, row_of
from lessons.authoring.breadcrumbs import trail
from lessons.courses.models import Course
from lessons.db.idempotency import answered_once
from lessons.db.pagination import Keyset, make_page
from lessons.models import BinEntry, GlossaryTerm, Module
from lessons.permissions import can_delete_for_good, require

PAGE_SIZE = 50
KEYSET = Keyset("-pk")


def urls(guard) -> list:
    """Return the URL patterns, below that of courses. Undoing needs only the entry."""
    return [
        path("<int:pk>/bin/", guard(bin_page), name="courses_course_bin"),
        path("bin/<int:pk>/restoration/", guard(restore_entry), name="bin_restore"),
        path("bin/<int:pk>/deletion/", guard(delete_entry), name="bin_delete"),
    ]


class BinRow(NamedTuple):
    """A line of the bin. `module` is the one that the row was in; if that is in the bin, it is restored too."""

    entry: BinEntry
    module: Module | None
    expires_on: str


def bin_page(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course.objects.editable_by(request.user), pk=pk)
    entries = course.bin_entries.select_related("course", "deleted_by").order_by(*KEYSET.order_by)
    position = KEYSET.parse_cursor(request.GET.get("before"))
    entries = entries.filter(KEYSET.after(position)) if position else entries
    page = make_page(list(entries[: PAGE_SIZE + 1]), PAGE_SIZE, lambda entry: entry.pk)
    context = {
        "title": _("Bin"),
        "parents": trail(course),
        "course": course,
        "rows": _rows(page.rows),
        "next_cursor": page.next_cursor,
        "is_first": position is None,
        "may_delete": can_delete_for_good(request.user, course),
    }
    return render_page(request, "authoring/bin.html", context)


def _rows(entries: list[BinEntry]) -> list[BinRow]:
    """Return the lines of the entries. At most one query for each kind."""
    modules = {
        row.bin_entry_id: row.module
        for kind in {entry.kind for entry in entries} - {BinEntry.Kind.MODULE}
        for row in MODELS[kind]
        .all_objects.filter(bin_entry__in=[e.pk for e in entries if e.kind == kind])
        .select_related("module")
        .only("bin_entry", "module__title", "module__bin_entry")
    }
    return [BinRow(entry, modules.get(entry.pk), expires_on(entry)) for entry in entries]


def get_entry(request: HttpRequest, pk: int) -> BinEntry | None:
    """Return an entry of a course that the user may edit; None if there is none, or no longer."""
    courses = Course.objects.editable_by(request.user)
    return BinEntry.objects.filter(course__in=courses).select_related("course", "deleted_by").filter(pk=pk).first()


class RestoreTermForm(forms.Form):
    """How to restore a term whose name another term now has."""

    RENAME, REPLACE = "rename", "replace"

    choice = forms.ChoiceField(
        choices=[
            (RENAME, gettext_lazy("Restore it under another name")),
            (REPLACE, gettext_lazy("Restore it and move the other one to the bin")),
        ],
        widget=forms.RadioSelect,
        label=gettext_lazy("What do you want to do?"),
    )
    new_name = SingleLineField(max_length=120, required=False, label=gettext_lazy("New name"))

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("choice") == self.RENAME and not data.get("new_name") and "new_name" not in self.errors:
            self.add_error("new_name", _("Enter a new name for the term."))
        return data

    def options(self) -> dict[str, str | bool]:
        """Return how to restore it, for the service."""
        is_replacing = self.cleaned_data["choice"] == self.REPLACE
        return {"replaces": True} if is_replacing else {"new_name": self.cleaned_data["new_name"]}


@require_POST
def restore_entry(request: HttpRequest, pk: int) -> HttpResponse:
    return answered_once(_restore)(request, pk)


def _restore(request: HttpRequest, pk: int) -> HttpResponse:
    entry, user = get_entry(request, pk), get_user(request)
    if entry is None:
        return _gone(request)
    is_chosen = "choice" in request.POST
    form = RestoreTermForm(request.POST if is_chosen else None, initial={"choice": RestoreTermForm.RENAME})
    if is_chosen and not form.is_valid():
        return _ask(request, entry, form)
    options = form.options() if is_chosen else {}
    try:
        restored = restore(entry=entry, by=user, **options)  # type: ignore[arg-type]  # of one of its two options
    except NotInBin:
        return _gone(request)
    except TermTaken as refusal:
        if options:
            form.add_error("new_name", str(refusal))
        return _ask(request, entry, form)
    messages.success(request, _restored_message(restored))
    return redirect(_page_after(restored.row, request.POST.get("return_to", "")))


def _page_after(row: Row, return_to: str) -> str:
    """Return the page to show after the row was restored: the bin, the list that it was in, or its form."""
    if return_to == "bin":
        module = row if isinstance(row, Module) else row.module
        return reverse("admin:courses_course_bin", args=[module.course_id])
    return page_above(row) if return_to == "list" else page_of(row)


def _ask(request: HttpRequest, entry: BinEntry, form: RestoreTermForm) -> HttpResponse:
    row = row_of(entry)
    assert isinstance(row, GlossaryTerm)
    other = GlossaryTerm.objects.filter(module=row.module_id, key=row.key).first()
    context = {
        "title": _("Restore “%(title)s”") % {"title": row},
        "entry": entry,
        "row": row,
        "other": other,
        "parents": trail_to_bin(entry.course),
        "course": entry.course,
        "form": form,
        "return_to": request.POST.get("return_to", ""),
    }
    return render_page(request, "authoring/restore_term.html", context, 409)


def _restored_message(restored: Restored) -> SafeString:
    link = format_html('<a href="{}">{}</a>', page_of(restored.row), str(restored.row))
    sentences = [_("“{title}” has been restored.")]
    if restored.module:
        sentences.append(_("So has the module “{module}”, to which it belongs."))
    if restored.module_slug:
        sentences.append(_("The module’s old address is taken; its new one is “{module_slug}”."))
    if restored.new_slug:
        sentences.append(_("Its old address is taken; its new one is “{slug}”."))
    texts = {"module": str(restored.module), "slug": restored.new_slug, "module_slug": restored.module_slug}
    return format_html(" ".join(sentences), title=link, **texts)


def _gone(request: HttpRequest) -> HttpResponse:
    messages.info(request, str(NotInBin()))
    return redirect("admin:index")


def delete_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is deleted for good with the entry. POST does it."""
    return answered_once(_delete)(request, pk)


def _delete(request: HttpRequest, pk: int) -> HttpResponse:
    entry, user = get_entry(request, pk), get_user(request)
    if entry is None:
        return _gone(request)
    require(can_delete_for_good(user, entry.course))
    if request.method != "POST":
        return _deletion_page(request, entry, row_of(entry))
    try:
        delete_for_good(entry=entry, by=user)
    except NotInBin:
        return _gone(request)
    messages.success(request, _("“%(title)s” was deleted for good.") % {"title": entry.title})
    return redirect("admin:courses_course_bin", entry.course_id)


def _deletion_page(request: HttpRequest, entry: BinEntry, row: Row) -> HttpResponse:
    context = {
        "title": _("Delete “%(title)s” for good?") % {"title": row},
        "parents": trail_to_bin(entry.course),
        "entry": entry,
        "course": entry.course,
        "dependents": find_dependents(row, request.get_host()),
        "is_final": True,
    }
    return render_page(request, "authoring/delete_for_good.html", context)
