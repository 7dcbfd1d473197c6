"""What every page of the admin has in common: whose rows one sees, and what one may choose."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.courses.models import Course
from lessons.db.idempotency import submit_once
from lessons.db.ids import parse_id
from lessons.models import Lesson, Module
from lessons.permissions import can_administer_site, can_edit_course, can_enter_authoring


class LocalDateTimeInput(forms.DateTimeInput):
    """The browser's own picker of day and time. One field, where Django's admin has two and a script."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


def limited_text(form, name: str, most: int = 300) -> str:
    """A field that no Django form reads, cut at `most` characters, without NUL, which PostgreSQL does not take."""
    return form.get(name, "").replace("\x00", "")[:most]


class _FormRefused(Exception):
    """The form is shown again with its errors, and nothing is made: `args[0]` is the response."""


class BaseAdmin(admin.ModelAdmin):
    """No pop-ups, no bulk deletion, no addresses of rows that are not there for this person.

    A form that adds a row and is sent twice adds one (`templates/admin/change_form.html` carries its key).
    """

    view_on_site = False
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": LocalDateTimeInput}}

    def get_object(self, request, object_id, from_field=None):
        """The row, or 404: the same for a row of another's course as for one that never was."""
        row = super().get_object(request, object_id, from_field) if parse_id(object_id) else None
        if row is None:
            raise Http404
        return row

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The form of a row. A second submission of the same form leads to the row that the first one added."""
        show = super().changeform_view
        if object_id or request.method != "POST":
            return show(request, object_id, form_url, extra_context)
        responses = []

        def add() -> str:
            responses.append(show(request, object_id, form_url, extra_context))
            if not hasattr(request, "added_row"):
                raise _FormRefused(responses[0])
            stem = f"admin:{self.opts.app_label}_{self.opts.model_name}"
            return reverse(f"{stem}_change", args=[request.added_row.pk])

        try:
            outcome = submit_once(request, add)
        except _FormRefused as refusal:
            return refusal.args[0]
        if not outcome.is_repeat:
            return responses[0]
        messages.info(request, _("This form was sent twice; it was saved once."))
        return redirect(outcome.address)

    def log_addition(self, request, obj, message):
        request.added_row = obj
        return super().log_addition(request, obj, message)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Plain choices, without the icons that open pop-ups."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class CourseScopedAdmin(BaseAdmin):
    """Rows that belong to a course; `course_path` leads from a row to it. An instructor has those of their courses."""

    course_path = "course"

    def get_queryset(self, request):
        mine = {f"{self.course_path}__in": Course.objects.editable_by(request.user)}
        return super().get_queryset(request).filter(**mine)

    def course_of(self, row) -> Course:
        for name in self.course_path.split("__"):
            row = getattr(row, name)
        return row

    def is_allowed(self, request, row=None) -> bool:
        return can_enter_authoring(request.user) if row is None else can_edit_course(request.user, self.course_of(row))

    def has_module_permission(self, request):
        return self.is_allowed(request)

    def has_add_permission(self, request):
        return self.is_allowed(request)

    def has_view_permission(self, request, obj=None):
        return self.is_allowed(request, obj)

    def has_change_permission(self, request, obj=None):
        return self.is_allowed(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.is_allowed(request, obj)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Only courses, modules and lessons of one's own can be chosen, also by a form made by hand."""
        choices = editable_rows(db_field.related_model, request.user)
        if choices is not None:
            kwargs["queryset"] = choices
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def editable_rows(model, user):
    """The rows of Course, Module or Lesson that the person writes; None for every other model."""
    if model is Course:
        return Course.objects.editable_by(user)
    if model is Module:
        return Module.objects.editable_by(user).select_related("course")
    if model is Lesson:
        return Lesson.objects.editable_by(user).defer("body")
    return None


class SiteAdministratorAdmin(BaseAdmin):
    """Rows that only the site's administrators see."""

    def is_allowed(self, request) -> bool:
        return can_administer_site(request.user)

    def has_module_permission(self, request):
        return self.is_allowed(request)

    def has_add_permission(self, request):
        return self.is_allowed(request)

    def has_view_permission(self, request, obj=None):
        return self.is_allowed(request)

    def has_change_permission(self, request, obj=None):
        return self.is_allowed(request)

    def has_delete_permission(self, request, obj=None):
        return self.is_allowed(request)
