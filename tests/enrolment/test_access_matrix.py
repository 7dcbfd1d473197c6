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
#                                     visitor  stranger learner assistant instructor elsewhere administrator
GET  enrolment:members                302      404      404     200       200        404       200
GET  enrolment:export                 302      404      404     403       200        404       200
GET  enrolment:add_member             302      404      404     403       200        404       200
POST enrolment:add_member             302      404      404     403       302        404       302
GET  enrolment:membership             302      404      404     403       200        404       200
POST enrolment:membership             302      404      404     403       302        404       409
GET  enrolment:roster                 302      404      404     403       200        404       200
POST enrolment:roster                 302      404      404     403       200        404       200
GET  enrolment:invitations            302      404      404     403       200        404       200
POST enrolment:invitations            302      404      404     403       302        404       302
POST enrolment:revoke_invitation      302      404      404     403       302        404       302
GET  enrolment:groups                 302      404      404     200       200        404       200
POST enrolment:groups                 302      404      404     403       302        404       400
POST enrolment:move_members           302      404      404     403       302        404       302
GET  enrolment:allocate_groups        302      404      404     403       200        404       200
POST enrolment:allocate_groups        302      404      404     403       200        404       200
GET  enrolment:group                  302      404      404     403       200        404       200
POST enrolment:group                  302      404      404     403       302        404       302
GET  enrolment:start_learner_view     302      404      404     200       200        404       200
POST enrolment:start_learner_view     302      404      404     302       302        404       302
POST enrolment:end_learner_view       302      302      302     302       302        302       302
GET  enrolment:enter_code             200      200      200     200       200        200       200
GET  enrolment:invitation             200      200      200     200       200        200       200
POST enrolment:invitation             302      302      302     302       302        302       302
GET  enrolment:permission_matrix      302      200      200     200       200        200       200
GET  enrolment:member_profile         302      404      200     200       200        404       404
"""
# fmt: on
DATA = {
    "add_member": {"email": "new@example.org", "role": "learner"},
    "roster": {"text": "email\nnew@example.org"},
    "invitations": {"role": "learner"},
    "groups": {"name": "A new group"},
    "allocate_groups": {"whom": "free", "size": "5", "seed": "abc"},
    "group": {"name": "Another name"},
}


class Class(World):
    """The world of the matrix with a learner to change, an invitation, and a group."""

    def __init__(self, **course):
        super().__init__(**course)
        self.member = self.course.memberships.get(user=factories.make_member(self.course))
        self.invitation = Invitation.objects.create(course=self.course)
        self.data = DATA | {
            "membership": {"role": "assistant", "shown": self.member.version_token},
            "move_members": self.moving(),
        }

    def moving(self):
        return {"seats": self.member.pk, "group": self.rows["readinggroup"].pk}

    def arguments(self, route):
        name, slug = route.removeprefix("enrolment:"), {"slug": self.course.slug}
        return {
            "membership": slug | {"pk": self.member.pk},
            "revoke_invitation": slug | {"pk": self.invitation.pk},
            "group": slug | {"pk": self.rows["readinggroup"].pk},
            "invitation": {"code": self.invitation.code},
            "member_profile": {"uid": self.people["learner"].uid},
        }.get(name) or ({} if name in ("enter_code", "permission_matrix", "end_learner_view") else slug)


@of_standing(Class, visibility="members")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_address_answers_each_kind_of_person(world, method, route, expected):
    assert answers(world, method, route) == expected


@of_standing(Class, visibility="public")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_address_of_a_public_course_answers_each_kind_of_person(world, method, route, expected):
    assert answers(world, method, route) == expected


def answers(world, method, route):
    address, data = reverse(route, kwargs=world.arguments(route)), world.data.get(route.removeprefix("enrolment:"), {})
    return {who: answer(client, method, address, data) for who, client in world.clients.items()}


def test_every_address_has_a_row():
    assert {r for r in routes() if r.startswith("enrolment:")} == {p.values[1] for p in rows(PAGES)}


ONLY_POST = {"enrolment:revoke_invitation", "enrolment:move_members", "enrolment:end_learner_view"}


@of_standing(Class, visibility="members")
@pytest.mark.parametrize("route", sorted(ONLY_POST))
def test_what_changes_something_is_not_done_by_a_link(world, route):
    address = reverse(route, kwargs=world.arguments(route))
    assert world.clients["instructor"].get(address).status_code == 405


COURSE_PAGES = (
    "members export add_member roster invitations groups move_members allocate_groups start_learner_view".split()
)


@of_standing(Class, visibility="members")
@pytest.mark.parametrize("name", COURSE_PAGES)
def test_pages_of_a_course_one_may_not_see_are_those_of_none(world, name):
    """Path and token aside, not a byte tells that the course is there."""
    client = world.clients["stranger"]
    there, nowhere = (reverse(f"enrolment:{name}", kwargs={"slug": slug}) for slug in ("sealed", "nowhere"))
    method = client.post if f"enrolment:{name}" in ONLY_POST else client.get
    assert _said(method(there), there) == _said(method(nowhere), nowhere)


@of_standing(Class, visibility="members")
@pytest.mark.parametrize("route", ["membership", "group", "revoke_invitation"])
def test_a_row_of_another_course_is_not_there(world, sign_in, route):
    there = factories.make_course(slug="elsewhere")
    teacher = factories.make_member(there, Membership.Role.INSTRUCTOR)
    own = world.arguments(f"enrolment:{route}") | {"slug": "elsewhere"}
    client = sign_in(teacher)
    method = client.post if route == "revoke_invitation" else client.get
    found, none = (reverse(f"enrolment:{route}", kwargs=own | extra) for extra in ({}, {"pk": 999_999}))
    assert method(found).status_code == 404
    assert _said(method(found), found) == _said(method(none), none)


def _said(response, address):
    text = response.content.decode().replace(address, "")
    return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
