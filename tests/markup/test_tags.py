"""The tags that do some of their work once: what they print is what Django's own tags print."""

import pytest
from django.template import Context, Engine
from django.urls import NoReverseMatch
from django.utils.translation import override

from lessons.markup.row_templates import url

OURS = Engine(
    builtins=["lessons.markup.tags.url"],
    libraries={"i18n": "lessons.markup.tags.i18n", "static": "lessons.markup.tags.static"},
)
DJANGOS = Engine(libraries={"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"})
TEMPLATES = [
    '{% translate "Yes" %}',
    "{% trans 'Yes' %}, {% translate \"100%\" %}",
    '{% translate name %}{% translate "Yes" as yes %}({{ yes }})',
    '{% translate "Yes"|upper %}',
    '{% translate "May" context "month" %}',
    "{% blocktranslate trimmed %}\n Yes\n and 100%\n no{% endblocktranslate %}",
    "{% blocktranslate with x=name trimmed %}\n Dear\n {{ x }} and {{ n }} others{% endblocktranslate %}",
    "{% blocktranslate count m=n %}one{% plural %}{{ m }} things of {{ name }}{% endblocktranslate %}",
    "{% blocktranslate count m=one %}one {{ name }}{% plural %}{{ m }} things{% endblocktranslate %}",
    "{% blocktranslate asvar x %}Yes{% endblocktranslate %}[{{ x }}]",
    "{% url 'reading:library' %} {% url 'discussions:thread' n %}?a=1",
    "{% url 'reading:course' slug=slug %}{% url 'reading:course' slug as x %}({{ x }})",
    "{% url 'nowhere' as x %}({{ x }}){% url 'reading:course' slug|safe %}",
    "{% static 'css/site.css' %} {% static name as x %}({{ x }}){% static name %}",
]


@pytest.mark.parametrize("source", TEMPLATES)
def test_it_prints_what_djangos_tag_prints(source):
    template, expected = (engine.from_string("{% load i18n static %}" + source) for engine in (OURS, DJANGOS))
    for language in ("en-gb", "de", "en-gb"):
        for values in ({"n": 7, "name": "<Ada>", "slug": "sea"}, {"n": 1, "name": "No", "slug": "été"}):
            with override(language):
                printed = [
                    each.render(Context({"one": 1, **values}, autoescape=escape))
                    for each in (template, expected)
                    for escape in (True, False)
                ]
            assert printed[:2] == printed[2:]


def test_a_text_is_printed_in_the_language_of_the_reader():
    template = OURS.from_string('{% load i18n %}{% translate "Yes" %} {% blocktranslate %}No{% endblocktranslate %}')
    printed = []
    for language in ("de", "fr", "de"):
        with override(language):
            printed.append(template.render(Context()))
    assert printed == ["Ja Nein", "Oui Non", "Ja Nein"]


def test_an_address_is_looked_up_once():
    template = OURS.from_string("{% url 'discussions:thread' n %}")
    assert template.render(Context({"n": 7})) == "/threads/7/"
    misses = url.cache_info().misses
    assert template.render(Context({"n": 7})) == "/threads/7/"
    assert url.cache_info().misses == misses


def test_an_address_that_does_not_exist_is_an_error():
    with pytest.raises(NoReverseMatch):
        OURS.from_string("{% url 'nowhere' 1 %}").render(Context())
