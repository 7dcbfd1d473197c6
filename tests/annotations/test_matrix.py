"""The matrix of notes: every address, each kind of person, what it answers (see `tests/test_permissions.py`).

The note is a learner's, for the whole course. A visitor is led to sign in whatever they ask for, also of
a public course.
"""

import pytest
from django.urls import reverse

from lessons.people.models import Membership
from tests.annotations.make import note_by
from tests.test_permissions import World, answer, routes, rows

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                              visitor stranger learner assistant instructor elsewhere administrator
GET  annotations:notes           302     404      200      200       200        404        200
GET  annotations:places          302     404      200      200       200        404        200
GET  annotations:cards           302     404      200      200       200        404        200
GET  annotations:note            302     404      302      302       302        404        302
"""
# fmt: on


class Noted(World):
    """The world of the matrix with a note."""

    def __init__(self, **course):
        super().__init__(**course)
        self.note = note_by(self.people[Membership.Role.LEARNER], self.lesson)

    def arguments(self, route):
        return {"pk": self.note.pk if route == "annotations:note" else self.lesson.pk}


@pytest.mark.parametrize("visibility", ["members", "public"])
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_address_answers_each_kind_of_person(sign_in, visibility, method, route, expected):
    world = Noted(visibility=visibility)
    data = {"ids": world.note.pk} if route == "annotations:cards" else {}
    address = reverse(route, kwargs=world.arguments(route))
    found = {who: answer(sign_in(user), method, address, data) for who, user in world.people.items()}
    assert found == expected


def test_every_address_has_a_row():
    assert {r for r in routes() if r.startswith("annotations:")} == {p.values[1] for p in rows(PAGES)}
