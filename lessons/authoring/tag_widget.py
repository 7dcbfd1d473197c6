"""A field for tags that suggests, as the user types, the tags of content they may edit."""

import json

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from taggit.forms import TagField, TagWidget

from lessons.accounts.models import User
from lessons.models import Lesson, Module
from lessons.tagging.models import Tag, without_blank

MAX_TAGS = 500


class TagInput(TagWidget):
    """A text field inside an element that shows chips and suggests known tags: `js/authoring/tag-completion.js`."""

    def __init__(self, attrs=None, known=()):
        super().__init__({"autocomplete": "off", "class": "vTextField", **(attrs or {})})
        self.known = known

    def render(self, name, value, attrs=None, renderer=None):
        field = super().render(name, value, attrs, renderer)
        known = json.dumps(list(self.known), ensure_ascii=False)
        return format_html(
            '<tag-completion data-known="{}" data-chosen="{}" data-remove="{}" data-removed="{}">{}</tag-completion>',
            known,
            _("Chosen tags"),
            _("Remove the tag “%s”"),
            _("The tag “%s” was removed."),
            field,
        )


class VisibleTagField(TagField):
    """A field for tags that leaves out those that have nothing visible."""

    def clean(self, value):
        return without_blank(super().clean(value))


class TagCompletion(admin.ModelAdmin):
    """Add completion to the field `tags` of a model."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "tags":
            kwargs |= {"form_class": VisibleTagField, "widget": TagInput(known=suggested_tags(request.user))}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def suggested_tags(user: User) -> QuerySet[Tag, str]:
    """Return the names of at most MAX_TAGS tags of modules and lessons that the user may edit. One query, lazily."""
    modules = Q(moduletags__content_object__in=Module.objects.editable_by(user))
    lessons = Q(lessontags__content_object__in=Lesson.objects.editable_by(user))
    return Tag.objects.filter(modules | lessons).distinct().values_list("name", flat=True)[:MAX_TAGS]
