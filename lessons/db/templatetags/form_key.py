"""`{% form_key %}`: the hidden field of a form that creates something, so that it is created once."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lessons.db import idempotency

register = template.Library()


@register.simple_tag(takes_context=True)
def form_key(context) -> SafeString:
    name, key = idempotency.FORM_KEY_FIELD, idempotency.form_key(context["request"])
    return format_html('<input type="hidden" name="{}" value="{}">', name, key)
