"""The pages of lessons and case studies."""

from contextlib import suppress
from functools import partial

from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from lessons.annotations.services import prepare_publication
from lessons.authoring.base import limited_text
from lessons.authoring.bin.admin import BinAdmin
from lessons.authoring.checks.lists import checks_context
from lessons.authoring.lessons import editor, views
from lessons.authoring.lessons.drafts import add_draft, finish_module_move, save_draft
from lessons.authoring.lessons.forms import TEXT_FIELDS, CaseStudyForm, LessonForm
from lessons.authoring.lessons.history import history_context
from lessons.authoring.lessons.merge import merged_message, prepare_merge, version_of_others
from lessons.authoring.lessons.presence import presence_context
from lessons.authoring.moving import views as moving
from lessons.authoring.publishing import lesson_views, placement_views, schedule_views
from lessons.authoring.publishing.report import report_context, show_report
from lessons.authoring.publishing.schedule_notices import schedule_context, schedule_notice
from lessons.authoring.status import CHECK_VERSIONS, as_subclass, lesson_status, word_count
from lessons.authoring.tag_widget import TagCompletion
from lessons.db.ids import parse_id
from lessons.discussions.services.comment_policy import set_comment_policy
from lessons.indexed_texts import index_lessons
from lessons.markup.sanitise import InvalidText, sanitise
from lessons.models import CaseStudy, Lesson
from lessons.progress.completion import set_rule

HEAD_FIELDS = ["module", "title", "slug", "summary"]


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(kind.kind, capfirst(kind._meta.verbose_name)) for kind in (Lesson, CaseStudy)]

    def queryset(self, request, queryset):
        if self.value() in (Lesson.kind, CaseStudy.kind):
            return queryset.filter(casestudy__isnull=self.value() == Lesson.kind)
        return queryset


class BaseLessonAdmin(TagCompletion, BinAdmin):
    """The base of the pages of lessons and case studies."""

    course_path = "module__course"
    keeps_unsent_text = True
    change_form_template = "authoring/lesson.html"
    formfield_overrides = {
        **BinAdmin.formfield_overrides,
        ProseEditorField: {"widget": editor.LessonTextWidget},
    }
    list_display = ["title_link", "kind", "module", "status", "scheduled", "word_count", "updated_at"]
    list_display_links = None
    list_select_related = ["module__course", "current_revision", "casestudy"]
    list_filter = [
        ("module__course", admin.RelatedOnlyFieldListFilter),
        ("module", admin.RelatedOnlyFieldListFilter),
        "state",
        KindFilter,
    ]
    search_fields = ["title__folded", "summary__folded", "body__folded"]
    ordering = ["module__course__title", "module__position", "module", "position", "pk"]

    def get_queryset(self, request):
        is_list = request.resolver_match and request.resolver_match.url_name.endswith("_changelist")
        lessons = super().get_queryset(request)
        return lessons.prefetch_related("schedules__scheduled_by", CHECK_VERSIONS) if is_list else lessons

    @admin.display(description=_("title"), ordering="title")
    def title_link(self, lesson):
        url_name = f"admin:lessons_{as_subclass(lesson)._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(url_name, args=[lesson.pk]), lesson.title)

    @admin.display(description=_("kind"))
    def kind(self, lesson):
        return capfirst(as_subclass(lesson)._meta.verbose_name)

    @admin.display(description=_("state"))
    def status(self, lesson):
        return lesson_status(lesson).label

    @admin.display(description=_("scheduled"))
    def scheduled(self, lesson):
        notices = [schedule_notice(row, lesson.module.course, AnonymousUser()) for row in lesson.schedules.all()]
        return "; ".join(notice.text for notice in notices) or "–"

    @admin.display(description=_("words"))
    def word_count(self, lesson):
        return word_count(lesson)

    def get_urls(self):
        return views.urls(self) + _publishing_urls(self) + moving.urls(self) + super().get_urls()

    def prepare(self, request, object_id):
        with suppress(InvalidText):
            body = sanitise(sanitise(request.POST.get("body", "")))  # by the form, and by the model
            if "_publish" in request.POST:
                prepare_publication(Lesson(pk=parse_id(object_id), title=request.POST.get("title", "")), body)
        prepare_merge(parse_id(object_id), request.POST)

    def lock_row(self, pk):
        """Lock the lesson, even for a case study: publishing locks it, too."""
        Lesson.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk").first()

    @method_decorator(csp_update({"style-src": editor.INJECTED_STYLE}))
    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        context |= {
            "editor_media": editor.with_nonce(form.media, request),
            "toolbar": editor.toolbar_context(),
            "text_fields": [name for name in TEXT_FIELDS if name in form.fields],
        }
        if obj:
            context |= {
                "lesson": obj,
                # Partial functions: called when the page is rendered, after the transaction.
                "status": partial(lesson_status, obj),
            }
            # Each fragment of the page (templates/authoring/_editor_*.html) gets its context here, by one line.
            context |= report_context(obj, request)
            context |= schedule_context(obj, request)
            context |= presence_context(obj, request)
            context |= history_context(obj)
            context |= checks_context(obj)
        if obj and form.conflict:
            context["theirs"] = partial(version_of_others, obj, request.user)
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if obj and form.conflict:
            response.template_name = "authoring/lesson_conflict.html"
        return response

    def save_model(self, request, obj, form, change):
        if change:
            fields, own_draft = form.model_field_names, form.own_draft
            save_draft(lesson=obj, version=obj.version, fields=fields, by=request.user, own_draft=own_draft)
            request.is_merged, request.is_chosen = form.is_merged, form.is_chosen
            if "module" in form.changed_data:
                finish_module_move(lesson=obj, by=request.user)
        else:
            add_draft(lesson=obj, by=request.user)
        set_comment_policy(lesson=obj, policy=form.cleaned_data["comments"], by=request.user)
        set_rule(lesson=obj, rule=form.cleaned_data["completed_by"])

    def save_related(self, request, form, formsets, change):
        """Save the tags, which readers see at once."""
        super().save_related(request, form, formsets, change)
        if "tags" in form.changed_data:
            index_lessons([form.instance.pk])

    def response_add(self, request, obj, *args, **kwargs):
        return self._next_page(request, obj)

    def response_change(self, request, obj):
        return self._next_page(request, obj)

    def _next_page(self, request, obj):
        """Publish the draft that was saved, preview it, or open it again, by the button that was pressed.

        A draft that was merged with what somebody else saved is not published before the user has seen it.
        """
        is_merged = getattr(request, "is_merged", False)
        if is_merged:
            how = {"is_published": "_publish" in request.POST, "is_chosen": request.is_chosen}
            messages.warning(request, merged_message(obj, by=request.user, **how))
        if "_publish" in request.POST and not is_merged:
            return lesson_views.publish_or_preview(request, obj, limited_text(request.POST, "change_summary"))
        if "_schedule" in request.POST:
            return schedule_views.schedule_saved(request, obj)
        if "_preview" in request.POST:
            return redirect("reading:preview", obj.pk)
        if not is_merged:
            messages.success(request, _("The draft was saved."))
        return redirect(f"admin:lessons_{self.opts.model_name}_change", obj.pk)


@admin.register(Lesson)
class LessonAdmin(BaseLessonAdmin):
    form = LessonForm
    fieldsets = [
        (None, {"fields": [*HEAD_FIELDS]}),
        (None, {"fields": ["body"]}),
        (_("Tags and due date"), {"fields": ["tags", "due_at"]}),
    ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Redirect to the page of case studies if the lesson is one."""
        if CaseStudy.objects.editable_by(request.user).filter(pk=parse_id(object_id)).exists():
            return redirect("admin:lessons_casestudy_change", object_id)
        return super().change_view(request, object_id, form_url, extra_context)


@admin.register(CaseStudy)
class CaseStudyAdmin(BaseLessonAdmin):
    form = CaseStudyForm
    list_select_related = ["module__course", "current_revision"]
    list_filter = [name for name in BaseLessonAdmin.list_filter if name is not KindFilter]
    list_display = [name for name in BaseLessonAdmin.list_display if name != "kind"]
    fieldsets = [
        (None, {"fields": [*HEAD_FIELDS]}),
        (_("Facts"), {"fields": ["location", ("began", "ended"), "parties", "outcome"]}),
        (None, {"fields": ["body"]}),
        (_("For discussion"), {"fields": ["questions"]}),
        (_("Tags and due date"), {"fields": ["tags", "due_at"]}),
    ]


def _publishing_urls(model_admin) -> list:
    guard, prefix = model_admin.admin_site.admin_view, f"lessons_{model_admin.opts.model_name}"
    return [
        path("<int:pk>/publication/", guard(lesson_views.publish_lesson), name=f"{prefix}_publication"),
        path("<int:pk>/schedule/", guard(schedule_views.schedule_lesson), name=f"{prefix}_schedule"),
        path("<int:pk>/report/", guard(show_report), name=f"{prefix}_report"),
        path(
            "<int:pk>/publication/<int:annotation_id>/",
            guard(placement_views.place_in_draft),
            name=f"{prefix}_place_in_draft",
        ),
        path("<int:pk>/annotations/", guard(placement_views.diverged_annotations), name=f"{prefix}_annotations"),
        path(
            "<int:pk>/annotations/<int:annotation_id>/",
            guard(placement_views.place_in_published),
            name=f"{prefix}_place_in_published",
        ),
    ]
