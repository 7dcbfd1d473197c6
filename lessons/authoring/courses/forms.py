"""What the forms of modules and terms say where there is one like it already."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _


def _taken(words) -> dict:
    return {NON_FIELD_ERRORS: {"unique_together": words}}


class ModuleForm(forms.ModelForm):
    class Meta:
        error_messages = _taken(_("Another module of this course has this address. Choose another address."))


class GlossaryTermForm(forms.ModelForm):
    class Meta:
        error_messages = _taken(_("This module explains the term already. Edit that one, or write another term."))
