"""The matrix of a course's people: every address, each kind of person (see `tests/test_permissions.py`)."""

import re

import pytest
from django.urls import reverse

from lessons.courses.models import Invitation, Membership
from tests import factories
from tests.test_permissions import World, answer, of_standing, routes, rows

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                              visitor stranger learner assistant instructor elsewhere administrator
GET  people:members              302     404      404      200       200        404        200
GET  people:export               302     404      404      403       200        404        200
GET  people:new                  302     404      404      403       200        404        200
POST people:new                  302     404      404      403       302        404        302
GET  people:seat                 302     404      404      403       200        404        200
POST people:seat                 302     404      404      403       302        404        409
GET  people:roster               302     404      404      403       200        404        200
POST people:roster               302     404      404      403       200        404        200
GET  people:invitations          302     404      404      403       200        404        200
POST people:invitations          302     404      404      403       302        404        302
POST people:ending               302     404      404      403       302        404        302
GET  people:groups               302     404      404      200       200        404        200
POST people:groups               302     404      404      403       302        404        400
POST people:moves                302     404      404      403       302        404        302
GET  people:dealing              302     404      404      403       200        404        200
POST people:dealing              302     404      404      403       200        404        200
GET  people:group                302     404      404      403       200        404        200
POST people:group                302     404      404      403       302        404        302
GET  people:view                 302     404      404      200       200        404        200
POST people:view                 302     404      404      302       302        404        302
POST people:view_end             302     302      302      302       302        302        302
GET  people:code                 200     200      200      200       200        200        200
GET  people:invitation           200     200      200      200       200        200        200
POST people:invitation           302     302      302      302       302        302        302
GET  people:roles                302     200      200      200       200        200        200
"""
# fmt: on
DATA = {
    "new": {"email": "new@example.org", "role": "learner"},
    "roster": {"text": "email\nnew@example.org"},
    "invitations": {"role": "learner"},
    "groups": {"name": "A new group"},
    "dealing": {"whom": "free", "size": "5", "seed": "abc"},
    "group": {"name": "Another name"},
}


class Class(World):
    """The world of the matrix with a learner to change, an invitation, and a group."""

    def __init__(self, **course):
        super().__init__(**course)
        self.member = self.course.memberships.get(user=factories.make_member(self.course))
        self.invitation = Invitation.objects.create(course=self.course)
        self.data = DATA | {"seat": {"role": "assistant", "shown": self.member.standing}, "moves": self.moving()}

    def moving(self):
        return {"seats": self.member.pk, "group": self.rows["readinggroup"].pk}

    def arguments(self, route):
        name, slug = route.removeprefix("people:"), {"slug": self.course.slug}
        return {
            "seat": slug | {"pk": self.member.pk},
            "ending": slug | {"pk": self.invitation.pk},
            "group": slug | {"pk": self.rows["readinggroup"].pk},
            "invitation": {"code": self.invitation.code},
        }.get(name) or ({} if name in ("code", "roles", "view_end") else slug)


@of_standing(Class, visibility="members")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_address_answers_each_kind_of_person(world, method, route, expected):
    assert answers(world, method, route) == expected


@of_standing(Class, visibility="public")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_address_of_a_public_course_answers_each_kind_of_person(world, method, route, expected):
    assert answers(world, method, route) == expected


def answers(world, method, route):
    address, data = reverse(route, kwargs=world.arguments(route)), world.data.get(route.removeprefix("people:"), {})
    return {who: answer(client, method, address, data) for who, client in world.clients.items()}


def test_every_address_has_a_row():
    assert {r for r in routes() if r.startswith("people:")} == {p.values[1] for p in rows(PAGES)}


ONLY_POST = {"people:ending", "people:moves", "people:view_end"}


@of_standing(Class, visibility="members")
@pytest.mark.parametrize("route", sorted(ONLY_POST))
def test_what_changes_something_is_not_done_by_a_link(world, route):
    address = reverse(route, kwargs=world.arguments(route))
    assert world.clients["instructor"].get(address).status_code == 405


COURSE_PAGES = "members export new roster invitations groups moves dealing view".split()


@of_standing(Class, visibility="members")
@pytest.mark.parametrize("name", COURSE_PAGES)
def test_pages_of_a_course_one_may_not_see_are_those_of_none(world, name):
    """Path and token aside, not a byte tells that the course is there."""
    client = world.clients["stranger"]
    there, nowhere = (reverse(f"people:{name}", kwargs={"slug": slug}) for slug in ("sealed", "nowhere"))
    method = client.post if f"people:{name}" in ONLY_POST else client.get
    assert _said(method(there), there) == _said(method(nowhere), nowhere)


@of_standing(Class, visibility="members")
@pytest.mark.parametrize("route", ["seat", "group", "ending"])
def test_a_row_of_another_course_is_not_there(world, sign_in, route):
    there = factories.make_course(slug="elsewhere")
    teacher = factories.make_member(there, Membership.Role.INSTRUCTOR)
    own = world.arguments(f"people:{route}") | {"slug": "elsewhere"}
    client = sign_in(teacher)
    method = client.post if route == "ending" else client.get
    found, none = (reverse(f"people:{route}", kwargs=own | extra) for extra in ({}, {"pk": 999_999}))
    assert method(found).status_code == 404
    assert _said(method(found), found) == _said(method(none), none)


def _said(response, address):
    text = response.content.decode().replace(address, "")
    return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
