"""A second instructor with a course of their own, of which nobody else may see any name."""

import pytest
from django.core.files.base import ContentFile

from lessons.courses.models import Membership
from lessons.importing.readers import read_paste
from lessons.models import Asset, Prompt
from tests import factories
from tests.factories import start_import

SECRET = "Zanzibar"
ARTICLE = """How Lights Changed the Coast

Ships have followed lights along dangerous coasts for two thousand years.

What a Lighthouse Does

A lighthouse refers to a tower that carries a light high enough to be seen from far out at sea.

How Lights Were Paid For

Light dues were taken from ships in the harbour. In 1822, Fresnel showed a new lens.
"""


@pytest.fixture
def other_instructors_course(db):
    return factories.make_course(title=f"{SECRET} course", slug="zanzibar")


@pytest.fixture
def stranger(other_instructors_course):
    """Return the instructor of another course."""
    return factories.make_member(other_instructors_course, Membership.Role.INSTRUCTOR, name="Sven Stranger")


@pytest.fixture
def other_rows(other_instructors_course, stranger):
    """Return a row of every kind in the other course, by app label and model name."""
    module = factories.make_module(other_instructors_course, title=f"{SECRET} module", slug="zanzibar-module")
    lesson = factories.make_lesson(module, title=f"{SECRET} lesson")
    lesson.tags.add(f"{SECRET} tag")
    asset = Asset(course=other_instructors_course, alt=f"{SECRET} image")
    asset.file.save("x.webp", ContentFile(b"x"))
    return {
        "courses_course": other_instructors_course,
        "lessons_module": module,
        "lessons_lesson": lesson,
        "lessons_casestudy": factories.make_case_study(module, title=f"{SECRET} case"),
        "lessons_glossaryterm": factories.make_term(module, term=f"{SECRET} term"),
        "lessons_timelineevent": factories.make_event(module, event=f"{SECRET} event"),
        "lessons_prompt": Prompt.objects.create(module=module, text=f"{SECRET} prompt"),
        "lessons_asset": asset,
    }


@pytest.fixture
def article(course, instructor):
    """Return an import of ARTICLE whose last section is below the one before."""
    title, _introduction, first, _text, second, _last = ARTICLE.strip().split("\n\n")
    levels = {title: f"# {title}", first: f"## {first}", second: f"### {second}"}
    text = "\n\n".join(levels.get(paragraph, paragraph) for paragraph in ARTICLE.strip().split("\n\n"))
    return start_import(by=instructor, course=course, name="", parsed=read_paste(text))


def form_of(response) -> dict:
    """Return what the form of an admin page submits if nothing is changed."""
    form = response.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: _submitted(form, name, value) for name, value in values.items()}


def _submitted(form, name, value):
    widget = form.fields[name].widget
    formatted = widget.format_value(value)
    formatted = formatted[0] if isinstance(formatted, list) else formatted
    return "" if formatted is None else formatted
