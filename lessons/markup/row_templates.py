"""Row templates: HTML that a page prints by the hundred, from `templates/rows/`, escaped by construction.

Jinja2 compiles a template to Python once and escapes whatever is not marked safe. A row of a list costs a fraction of
what Django's template engine takes; everything else on a page is an ordinary Django template.
"""

from datetime import date, datetime
from functools import lru_cache

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.template.defaultfilters import capfirst, truncatechars
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from jinja2 import Environment, StrictUndefined
from jinja2.compiler import CodeGenerator
from markupsafe import _escape_inner

from lessons.markup.translations import marked_gettext, marked_ngettext, marked_texts


def printed(value) -> str:
    """Return the value as HTML, escaped unless it is marked safe: what `markupsafe.escape` does, as a plain string,
    which is made in half the time.
    """
    if type(value) is str:
        return _escape_inner(value)
    if type(value) is int:
        return str(value)
    return value.__html__() if hasattr(value, "__html__") else _escape_inner(str(value))


class _FasterPrinting(CodeGenerator):
    """Compiles `{{ value }}` to a call of `printed`. What is compiled in any other way is escaped by Jinja2."""

    def _output_child_pre(self, node, frame, finalize):
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.printed(")


class _RowEnvironment(Environment):
    code_generator_class = _FasterPrinting
    printed = staticmethod(printed)


def environment(**options) -> Environment:
    """Return the Jinja2 environment of Django's backend: undefined names are errors, texts are translated."""
    options.update(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
    environment = _RowEnvironment(**options)  # noqa: S701 - Django's backend sets autoescape
    # In place of `install_gettext_callables`, whose functions take longer than all else in a row.
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(_=marked_gettext, gettext=marked_gettext, ngettext=marked_ngettext)
    environment.globals.update(url=url, static=static)
    environment.filters.update(capfirst=capfirst, date=date_text, truncated=truncatechars)
    return environment


@lru_cache(maxsize=8192)
def url(name: str, *args) -> str:
    """Return what `reverse` returns, cached: a page needs dozens, which do not change while the server runs."""
    return reverse(name, args=args)


def static(path: str) -> str:
    """Return the URL of a static file. Django's function looks for the app of static files each time."""
    return staticfiles_storage.url(path)


def date_text(value: date, style: str = "DATE_FORMAT") -> str:
    """Return what `date_format` returns; that of a day is cached: the rows of a list are of few days."""
    if isinstance(value, datetime):
        return date_format(value, style)
    return _day_text(value, style, get_language())


@lru_cache(maxsize=1024)
def _day_text(day: date, style: str, _language: str | None) -> str:
    return date_format(day, style)


def render_rows(template: str, **context) -> SafeString:
    """Render `templates/rows/<template>`. Whatever in `context` is not a SafeString is escaped where it is printed."""
    return mark_safe(engines["rows"].get_template(template).render(marked_texts(get_language()) | context))
