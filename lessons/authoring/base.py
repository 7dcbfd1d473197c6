"""Base classes of all pages of the admin: which rows a user sees, and what they may choose."""

import types

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget, RelatedFieldWidgetWrapper
from django.db import models, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.authoring.breadcrumbs import parents, trail
from lessons.courses.models import Course
from lessons.courses.moments import LocalDateTimeInput
from lessons.db.edit_conflicts import CONFLICT_STATUS, VersionedForm
from lessons.db.idempotency import answered_once, submit_once
from lessons.db.ids import parse_id
from lessons.db.unsent_texts import forget_submitted
from lessons.indexing.folded import folded_line
from lessons.markup.plain_text import single_line
from lessons.memo import memoizing
from lessons.models import Lesson, Module
from lessons.permissions import can_administer_site, can_edit_course, can_enter_authoring

MAX_SEARCH_WORDS = 12


class SingleLineField(forms.CharField):
    """A title, a term and the like: on one line, without characters that change the direction of what follows."""

    def to_python(self, value):
        return single_line(super().to_python(value) or "") or self.empty_value


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

    A form submitted twice adds one row, and one that changes a row overwrites nothing unseen
    (`templates/admin/change_form.html` contains its key and its version).
    """

    # What is written in the form is kept until it is saved, under a key that `unsent/form_pages.py` knows.
    keeps_unsent_text = False
    view_on_site = False
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": LocalDateTimeInput},
        models.CharField: {"form_class": SingleLineField, "widget": AdminTextInputWidget},
        # These are kinds of CharField with fields of their own.
        models.EmailField: {},
        models.SlugField: {},
    }

    def get_search_results(self, request, queryset, search_term):
        """Search for the first words of what was typed: for thousands, the query would be too large.

        They are folded, so that they are found in columns of codes, too, whatever their case and width.
        """
        words = folded_line(search_term.replace("\x00", "")).split()[:MAX_SEARCH_WORDS]
        return super().get_search_results(request, queryset, " ".join(words))

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
        with memoizing():
            self.prepare(request, object_id)
            if object_id:
                with transaction.atomic():
                    self.lock_row(parse_id(object_id))
                    return super().changeform_view(request, object_id, form_url, extra_context)
            return self._add_once(request, form_url, extra_context)

    def prepare(self, request, object_id: str | None) -> None:
        """Do the slow work of a submitted form, within `memoizing`, before Django opens its transaction."""

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

    def module_added_to(self, request) -> Module | None:
        """Return the module that the query string names for a new row, if the user may edit it."""
        return Module.objects.editable_by(request.user).filter(pk=parse_id(request.GET.get("module", ""))).first()

    def delete_view(self, request, object_id, extra_context=None):
        return answered_once(super().delete_view)(request, object_id, extra_context)

    def render_delete_form(self, request, context):
        row = context["object"]
        return super().render_delete_form(request, context | {"parents": trail(row)})

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        return super().history_view(request, object_id, {"parents": trail(row)} | (extra_context or {}))

    def lock_row(self, pk: int) -> None:
        """Lock the row until it is saved, so that nobody changes it after its form was compared with it."""
        self.model._default_manager.select_for_update(no_key=True).filter(pk=pk).values_list("pk").first()

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form; that of an existing row carries its version."""
        if obj is not None and self.has_change_permission(request, obj):
            kwargs["form"] = versioned(kwargs.get("form", self.form))
        return super().get_form(request, obj, change=change, **kwargs)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["adminform"].form.label_suffix = ""  # no colon, as on the rest of the site
        inlines = [form for inline in context["inline_admin_formsets"] for form in inline.formset.initial_forms]
        edit_forms = [form for form in [context["adminform"].form, *inlines] if isinstance(form, VersionedForm)]
        context["edit_forms"] = [] if add else edit_forms
        if self.keeps_unsent_text:
            context["draft_key"] = self.draft_key(request, obj)
        context["parents"] = parents(self.model, obj, module=None if obj else self.module_added_to(request))
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if any(form.conflict for form in context["edit_forms"]):
            response.status_code = CONFLICT_STATUS
        return response

    def draft_key(self, request, obj) -> str:
        """Return the key of the form's unsent text; a new row's names the module or course that it is added to."""
        if obj:
            return f"edit-{self.opts.model_name}-{obj.pk}"
        parent = parse_id(request.GET.get("module", "")) or parse_id(request.GET.get("course", ""))
        return f"add-{self.opts.model_name}-{parent}"

    def log_change(self, request, obj, message):
        """Log a change, but not that a form was saved that changed nothing."""
        forget_submitted(request)
        return super().log_change(request, obj, message) if message else None

    def log_addition(self, request, obj, message):
        request.added_row = obj
        forget_submitted(request)
        return super().log_addition(request, obj, message)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Return the field without the icons that open pop-ups."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


def versioned(form: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """Return the form class with the version of its row."""
    if issubclass(form, VersionedForm):
        return form
    return types.new_class(
        form.__name__, (VersionedForm, form), exec_body=lambda body: body.update(__module__=__name__)
    )


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


class ReadOnlyAdmin(SiteAdministratorAdmin):
    """Rows that services write, and that site administrators look at."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
