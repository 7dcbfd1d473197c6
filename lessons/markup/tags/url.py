"""`{% url %}`, whose addresses are looked up once. In every template: see the setting TEMPLATES."""

from uuid import UUID

from django import template
from django.template import defaulttags
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from lessons.markup.row_templates import url

register = template.Library()


class CachedURL(defaulttags.URLNode):
    """An address whose arguments are ids, slugs or tokens by position. Django looks up any other."""

    def render(self, context):
        args = [arg.resolve(context) for arg in self.args]
        if self.kwargs or not all(isinstance(arg, str | int | UUID) for arg in args):
            return super().render(context)
        try:
            address = url(self.view_name.resolve(context), *args)
        except NoReverseMatch:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = address
            return ""
        return conditional_escape(address) if context.autoescape else address


@register.tag("url")
def cached_url(parser, token) -> CachedURL:
    node = defaulttags.url(parser, token)
    return CachedURL(node.view_name, node.args, node.kwargs, node.asvar)
