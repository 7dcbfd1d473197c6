"""What the tests of the protocol and of exchanged files share."""

import pytest

from lessons.courses.models import Membership
from lessons.courses.services import enrol
from tests import factories


@pytest.fixture
def next_term(instructor):
    """Return a lesson with the same text in another course of the same instructor."""
    course = factories.make_course(title="Tides again", slug="tides-again")
    enrol(user=instructor, course=course, role=Membership.Role.INSTRUCTOR, by=instructor)
    body = f"<p>A new beginning.</p>{factories.BODY}"
    return factories.make_published(module=factories.make_module(course), body=body)
