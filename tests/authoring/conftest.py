"""A second instructor with their own course, whose names must not appear to anybody else."""

import pytest
from django.core.files.base import ContentFile

from lessons.courses.models import Membership
from lessons.importing.readers import read_paste
from lessons.importing.services import start_import
from lessons.models import Asset, Prompt
from tests import factories

SECRET = "Zanzibar"
ARTICLE = """How Lights Changed the Coast

Ships have followed lights along dangerous coasts for two thousand years.

What a Lighthouse Does

A lighthouse refers to a tower that carries a light high enough to be seen from far out at sea.

How Lights Were Paid For

Light dues were taken from ships in the harbour. In 1822, Fresnel showed a new lens.
"""


@pytest.fixture
def stranger_course(db):
    return factories.make_course(title=f"{SECRET} course", slug="zanzibar")


@pytest.fixture
def stranger(stranger_course):
    """Instructor of another course."""
    return factories.make_member(stranger_course, Membership.Role.INSTRUCTOR, name="Sven Stranger")


@pytest.fixture
def stranger_rows(stranger_course, stranger):
    """One row of every kind in the other course, by the name of its model."""
    module = factories.make_module(stranger_course, title=f"{SECRET} module", slug="zanzibar-module")
    lesson = factories.make_lesson(module, title=f"{SECRET} lesson")
    lesson.tags.add(f"{SECRET} tag")
    asset = Asset(course=stranger_course, alt=f"{SECRET} picture")
    asset.file.save("x.webp", ContentFile(b"x"))
    return {
        "courses_course": stranger_course,
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
    return start_import(by=instructor, course=course, name="", parsed=read_paste(ARTICLE))


def form_of(response) -> dict:
    """Return the data that the form of an admin page would submit unchanged."""
    form = response.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: _sent(form, name, value) for name, value in values.items()}


def _sent(form, name, value):
    widget = form.fields[name].widget
    shown = widget.format_value(value)
    shown = shown[0] if isinstance(shown, list) else shown
    return "" if shown is None else shown
