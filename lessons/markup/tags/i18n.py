"""Django's library `i18n`, in which a text without variables is translated once for each language."""

import re

from django import template
from django.template.base import TokenType
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)
# Changes the language within a template: see `_language_of`.
del register.tags["language"]
LANGUAGE = "language_of_constant_texts"
CONSTANT = re.compile(r"""trans(?:late)?\s+(?:"[^"]*"|'[^']*')\s*""")


def _language_of(context) -> str | None:
    """Return the active language, which is asked for once in a context: no template changes it."""
    if not hasattr(context, LANGUAGE):
        setattr(context, LANGUAGE, get_language())
    return getattr(context, LANGUAGE)


class ConstantText(template.Node):
    """A text without variables."""

    child_nodelists = ()

    def __init__(self, node: template.Node):
        self.node = node
        self.texts: dict[tuple, str] = {}

    def render(self, context):
        key = _language_of(context), context.autoescape
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = self.node.render(context)
        return text


@register.tag("trans")
@register.tag("translate")
def translate(parser, token) -> template.Node:
    node = i18n.do_translate(parser, token)
    return ConstantText(node) if CONSTANT.fullmatch(token.contents) else node


@register.tag("blocktrans")
@register.tag("blocktranslate")
def block_translate(parser, token) -> template.Node:
    node = i18n.do_block_translate(parser, token)
    has_options = any((node.extra_context, node.countervar, node.message_context, node.asvar))
    is_constant = not has_options and all(part.token_type == TokenType.TEXT for part in node.singular)
    return ConstantText(node) if is_constant else node
