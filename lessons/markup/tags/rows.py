"""`{% rows "folder/template.html" name=value %}`: a row template with these names as its context. In every template:
see the setting TEMPLATES.
"""

from django import template
from django.utils.safestring import SafeString

from lessons.markup.row_templates import render_rows

register = template.Library()


@register.simple_tag
def rows(template_name: str, **context) -> SafeString:
    return render_rows(template_name, **context)
