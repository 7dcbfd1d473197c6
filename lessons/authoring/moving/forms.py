"""Where a lesson or a module is moved or copied to."""

from itertools import groupby

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.models import Lesson, Module

MAX_POSITION = 2000


class LessonTargetForm(forms.Form):
    module = forms.ModelChoiceField(
        Module.objects.none(),
        label=_("Module"),
        empty_label=None,
        error_messages={
            "invalid_choice": _("This module was deleted, or you no longer teach its course. Choose another module.")
        },
    )
    position = forms.IntegerField(
        label=_("Position in the module"),
        required=False,
        min_value=1,
        max_value=MAX_POSITION,
        help_text=_("1 is the first. Leave it empty to put the lesson last."),
        widget=forms.NumberInput(attrs={"aria-describedby": "id_position_helptext", "class": "short"}),
    )

    def __init__(self, *args, user: User, lesson: Lesson, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["module"] = lesson.module_id
        field = self.fields["module"]
        if isinstance(field, forms.ModelChoiceField):
            modules = Module.objects.editable_by(user).select_related("course")
            field.queryset = modules.order_by("course__title", "course", "position", "pk")
            field.choices = [
                (course.title, [(module.pk, module.title) for module in group])
                for course, group in groupby(field.queryset, key=lambda module: module.course)
            ]
