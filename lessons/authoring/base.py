"""Base classes of all pages of the admin: which rows a user sees, and what they may choose."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.courses.models import Course
from lessons.db.idempotency import submit_once
from lessons.db.ids import parse_id
from lessons.memo import remembering
from lessons.models import Lesson, Module
from lessons.permissions import can_administer_site, can_edit_course, can_enter_authoring


class LocalDateTimeInput(forms.DateTimeInput):
    """The browser's own picker of date and time: one field, where Django's admin has two and a script."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


def limited_text(data: QueryDict, name: str, max_length: int = 300) -> str:
    """Return a field that no Django form reads, cut to `max_length` and without NUL, which PostgreSQL rejects."""
    return data.get(name, "").replace("\x00", "")[:max_length]


class _FormRefused(Exception):
    """Raised when the form that adds a row is invalid; `response` shows it again with its errors."""

    def __init__(self, response: HttpResponse):
        super().__init__()
        self.response = response


class BaseAdmin(admin.ModelAdmin):
    """The base of all pages: no pop-ups, no bulk deletion, 404 for rows that the user may not see.

    A form submitted twice adds one row (`templates/admin/change_form.html` contains its key).
    """

    view_on_site = False
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": LocalDateTimeInput}}

    def get_object(self, request, object_id, from_field=None):
        """Return the row, or raise 404: the same for a row of another course as for one that does not exist."""
        row = super().get_object(request, object_id, from_field) if parse_id(object_id) else None
        if row is None:
            raise Http404
        return row

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show or save the form of a row. A form that adds a row and is submitted again leads to that row."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with remembering():
            self.prepare(request, object_id)
            if object_id:
                return super().changeform_view(request, object_id, form_url, extra_context)
            return self._add_once(request, form_url, extra_context)

    def prepare(self, request, object_id: str | None) -> None:
        """Do the slow work of a submitted form before Django opens its transaction, within `remembering`."""

    def _add_once(self, request, form_url, extra_context):
        view = super().changeform_view
        responses = []

        def add() -> str:
            responses.append(view(request, None, form_url, extra_context))
            if not hasattr(request, "added_row"):
                raise _FormRefused(responses[0])
            url_name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return reverse(url_name, args=[request.added_row.pk])

        try:
            outcome = submit_once(request, add)
        except _FormRefused as refusal:
            return refusal.response
        if not outcome.is_repeat:
            return responses[0]
        messages.info(request, _("This form was submitted twice. It was saved once."))
        return redirect(outcome.address)

    def log_addition(self, request, obj, message):
        request.added_row = obj
        return super().log_addition(request, obj, message)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Return the field without the icons that open pop-ups."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class CourseScopedAdmin(BaseAdmin):
    """Rows that belong to a course, found by `course_path`. Instructors see those of the courses they teach."""

    course_path = "course"

    def get_queryset(self, request):
        in_own_courses = {f"{self.course_path}__in": Course.objects.editable_by(request.user)}
        return super().get_queryset(request).filter(**in_own_courses)

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
        """Offer and accept only courses, modules and lessons that the user may edit."""
        choices = editable_rows(db_field.related_model, request.user)
        if choices is not None:
            kwargs["queryset"] = choices
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def editable_rows(model, user):
    """Return the rows of Course, Module or Lesson that the user may edit; None for every other model."""
    if model is Course:
        return Course.objects.editable_by(user)
    if model is Module:
        return Module.objects.editable_by(user).select_related("course")
    if model is Lesson:
        return Lesson.objects.editable_by(user).defer("body")
    return None


def offer_courses(form: forms.BaseForm, user) -> None:
    """Make the form's field `course` offer the courses that the user may edit."""
    field = form.fields["course"]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = Course.objects.editable_by(user)


class SiteAdministratorAdmin(BaseAdmin):
    """Rows that only site administrators see."""

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
