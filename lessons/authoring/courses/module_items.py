"""The pages of glossary terms, timeline events and discussion prompts."""

from django.contrib import admin

from lessons.authoring.bin.admin import BinAdmin
from lessons.authoring.courses.forms import GlossaryTermForm, PromptForm
from lessons.db.ids import parse_id
from lessons.indexed_texts import index_items
from lessons.models import GlossaryTerm, Prompt, TimelineEvent
from lessons.services import lock_module, next_position, place_prompt


class ModuleItemAdmin(BinAdmin):
    """Items of a module, which may refer to one of its lessons."""

    course_path = "module__course"
    keeps_unsent_text = True
    list_select_related = ["module", "lesson"]
    list_filter = [("module", admin.RelatedOnlyFieldListFilter)]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer the lessons of one module only: the item's own or, for a new item, the module in the query string."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        module_id = getattr(request, "item_module_id", None) or parse_id(request.GET.get("module", ""))
        if db_field.name == "lesson" and module_id:
            field.queryset = field.queryset.filter(module=module_id)
        return field

    def get_form(self, request, obj=None, change=False, **kwargs):
        request.item_module_id = obj and obj.module_id
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return ["module"] if obj else []

    def save_model(self, request, obj, form, change):
        lock_module(obj.module_id)
        super().save_model(request, obj, form, change)
        index_items(self.model, [obj.pk])


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(ModuleItemAdmin):
    form = GlossaryTermForm
    list_display = ["term", "definition", "module", "lesson"]
    search_fields = ["term__folded", "definition__folded"]
    fields = ["module", "term", "definition", "lesson"]


@admin.register(TimelineEvent)
class TimelineEventAdmin(ModuleItemAdmin):
    list_display = ["date", "event", "module", "lesson"]
    search_fields = ["date__folded", "event__folded", "detail__folded"]
    fields = ["module", "date", "event", "detail", "lesson"]


@admin.register(Prompt)
class PromptAdmin(ModuleItemAdmin):
    form = PromptForm
    list_display = ["text", "module", "lesson"]
    search_fields = ["text__folded"]
    ordering = ["module__course__title", "module__position", "module", "position", "pk"]

    def get_fields(self, request, obj=None):
        return ["module", "text", "lesson", *(["after"] if obj else [])]

    def save_model(self, request, obj, form, change):
        """Save the prompt; a new one comes last in its module."""
        if not change:
            obj.position = next_position(Prompt.objects.filter(module=obj.module_id))
        super().save_model(request, obj, form, change)
        if "after" in form.changed_data:
            place_prompt(prompt=obj, after=form.cleaned_data["after"])
