"""Row templates escape what is not marked safe, whatever it is, and translate into the language that is active."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.translation import override
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from lessons.markup.row_templates import date_text, environment, printed
from lessons.markup.translations import marked_gettext, marked_ngettext

ATTACK = "<b a='1'>&\""


class Name(str):
    pass


class Row:
    def __str__(self):
        return ATTACK


VALUES = [ATTACK, Name(ATTACK), Row(), lazystr(ATTACK), None, True, 7, 1.5, Decimal("1.5"), [ATTACK], (ATTACK, 1)]
SAFE = [mark_safe(ATTACK), Markup(ATTACK), lazystr(mark_safe(ATTACK))]


@pytest.mark.parametrize("value", [*VALUES, *SAFE], ids=lambda value: type(value).__name__)
def test_a_value_is_printed_as_it_would_be_escaped(value):
    assert printed(value) == escape(value)
    source = "{{ value }}{% set block %}{{ value }}{% endset %}{{ block }}{% for x in [value] %}{{ x }}{% endfor %}"
    source += "{% macro row(x) %}{{ x }}{% endmacro %}{{ row(value) }}"
    assert engines["rows"].from_string(source).render({"value": value}) == escape(value) * 4


def test_a_name_that_is_missing_is_an_error():
    with pytest.raises(UndefinedError):
        engines["rows"].from_string("{{ nothing }}").render({})


def test_texts_are_in_the_active_language_and_what_is_inserted_is_escaped():
    for language, text in (("en-gb", "Yes"), ("de", "Ja"), ("en-gb", "Yes")):
        with override(language):
            assert marked_gettext("Yes") == text
    assert marked_gettext("%(name)s, %(n)d of 100%%", name=ATTACK, n=7) == f"{escape(ATTACK)}, 7 of 100%"
    assert marked_gettext("%(html)s", html=mark_safe("<b>")) == "<b>"
    assert [marked_ngettext("%(num)s of %(x)s", "%(num)d of all", n, x="<") for n in (1, 2)] == [
        "1 of &lt;",
        "2 of all",
    ]


def test_what_a_template_says_not_to_escape_is_printed_as_it_is():
    template = environment(autoescape=True).from_string(
        "{{ text }}{% autoescape false %}{{ text }}{% endautoescape %}"
    )
    assert template.render(text="<b>") == "&lt;b&gt;<b>"


def test_a_moment_is_written_with_its_time():
    assert date_text(datetime(2026, 11, 30, 9, 5), "j M Y, H:i") == "30 Nov 2026, 09:05"
