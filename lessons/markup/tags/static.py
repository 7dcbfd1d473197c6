"""Django's library `static` with a faster tag."""

from django import template
from django.templatetags import static as django_static

from lessons.markup.row_templates import static

register = template.Library()
register.tags.update(django_static.register.tags)


class StaticFile(django_static.StaticNode):
    @classmethod
    def handle_simple(cls, path):
        return static(path)


@register.tag("static")
def static_file(parser, token) -> template.Node:
    return StaticFile.handle_token(parser, token)
