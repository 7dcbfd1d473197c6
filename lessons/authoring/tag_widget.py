"""Tags with completion: those that are used in texts one may read are offered while one types."""

import json

from django.db.models import Q
from django.utils.html import format_html
from taggit.forms import TagWidget

from lessons.models import Lesson, Module
from lessons.tagging.models import Tag

MAX_TAGS = 500


class TagInput(TagWidget):
    """A text field; the element around it offers what is known (`static/js/authoring/tag-completion.js`)."""

    def __init__(self, attrs=None, known=()):
        super().__init__({"autocomplete": "off", "class": "vTextField", **(attrs or {})})
        self.known = known

    def render(self, name, value, attrs=None, renderer=None):
        field = super().render(name, value, attrs, renderer)
        known = json.dumps(list(self.known), ensure_ascii=False)
        return format_html('<tag-completion data-known="{}">{}</tag-completion>', known, field)


class TagCompletion:
    """For a ModelAdmin whose model has tags."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "tags":
            kwargs["widget"] = TagInput(known=suggested_tags(request.user))
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def suggested_tags(user):
    """Names of the tags on texts that the person may read or writes, at most MOST. One query, when it is read."""
    modules = Q(moduletags__content_object__in=Module.objects.editable_by(user))
    lessons = Q(lessontags__content_object__in=Lesson.objects.editable_by(user))
    return Tag.objects.filter(modules | lessons).distinct().values_list("name", flat=True)[:MAX_TAGS]
