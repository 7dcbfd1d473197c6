"""Who may open which page about members: every URL, each kind of user (see `tests/test_permissions.py`)."""

import re

import pytest
from django.urls import reverse

from lessons.courses.models import Invitation, Membership
from tests import factories
from tests.environment import sample
from tests.test_permissions import World, assert_answered, routes, rows, with_world

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                                     visitor  stranger learner assistant instructor elsewhere administrator
GET  enrolment:members                302      404      404     200       200        404       200
GET  enrolment:export                 302      404      404     403       200        404       200
GET  enrolment:add_member             302      404      404     403       200        404       200
POST enrolment:add_member             302      404      404     403       302        404       302
GET  enrolment:membership             302      404      404     403       200        404       200
POST enrolment:membership             302      404      404     403       302        404       302
GET  enrolment:roster                 302      404      404     403       200        404       200
POST enrolment:roster                 403      404      404     403       200        404       200
GET  enrolment:invitations            302      404      404     403       200        404       200
POST enrolment:invitations            302      404      404     403       302        404       302
POST enrolment:revoke_invitation      302      404      404     403       302        404       302
GET  enrolment:groups                 302      404      404     200       200        404       200
POST enrolment:groups                 403      404      404     403       302        404       400
POST enrolment:move_members           302      404      404     403       302        404       302
GET  enrolment:allocate_groups        302      404      404     403       200        404       200
POST enrolment:allocate_groups        302      404      404     403       200        404       200
GET  enrolment:group                  302      404      404     403       200        404       200
POST enrolment:group                  403      404      404     403       302        404       302
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
    "allocate_groups": {"scope": "ungrouped", "size": "5", "seed": "abc"},
    "group": {"name": "Another name"},
}


class EnrolmentWorld(World):
    """The world of the matrix with a learner to change, an invitation and a group."""

    def __init__(self, **course):
        super().__init__(**course)
        self.member = self.course.memberships.get(user=factories.make_member(self.course))
        self.invitation = Invitation.objects.create(course=self.course)
        self.data = DATA | {
            "membership": {"role": "assistant", "version_token": self.member.version_token},
            "move_members": self.move_data(),
        }

    def move_data(self):
        return {"memberships": self.member.pk, "group": self.rows["readinggroup"].pk}

    def arguments(self, route):
        name, slug = route.removeprefix("enrolment:"), {"slug": self.course.slug}
        return {
            "membership": slug | {"pk": self.member.pk},
            "revoke_invitation": slug | {"pk": self.invitation.pk},
            "group": slug | {"pk": self.rows["readinggroup"].pk},
            "invitation": {"code": self.invitation.code},
            "member_profile": {"uid": self.people["learner"].uid},
        }.get(name) or ({} if name in ("enter_code", "permission_matrix", "end_learner_view") else slug)


@with_world(EnrolmentWorld, visibility="members")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_url_answers_each_kind_of_user(world, method, route, expected):
    assert_answers(world, method, route, expected)


@with_world(EnrolmentWorld, visibility="public")
@pytest.mark.parametrize(("method", "route", "expected"), sample(rows(PAGES)))
def test_every_url_of_a_public_course_answers_each_kind_of_user(world, method, route, expected):
    assert_answers(world, method, route, expected)


def assert_answers(world, method, route, expected):
    url, data = reverse(route, kwargs=world.arguments(route)), world.data.get(route.removeprefix("enrolment:"), {})
    assert_answered(world.clients, method, url, data, expected)


def test_every_url_has_a_row():
    assert {r for r in routes() if r.startswith("enrolment:")} == {p.values[1] for p in rows(PAGES)}


ONLY_POST = {"enrolment:revoke_invitation", "enrolment:move_members", "enrolment:end_learner_view"}


@with_world(EnrolmentWorld, visibility="members")
@pytest.mark.parametrize("route", sorted(ONLY_POST))
def test_changes_need_a_post(world, route):
    url = reverse(route, kwargs=world.arguments(route))
    assert world.clients["instructor"].get(url).status_code == 405


COURSE_PAGES = (
    "members export add_member roster invitations groups move_members allocate_groups start_learner_view".split()
)


@with_world(EnrolmentWorld, visibility="members")
@pytest.mark.parametrize("name", COURSE_PAGES)
def test_pages_of_a_hidden_course_look_like_those_of_no_course(world, name):
    """Apart from path and token, nothing in the response reveals that the course exists."""
    client = world.clients["stranger"]
    hidden, missing = (reverse(f"enrolment:{name}", kwargs={"slug": slug}) for slug in ("sealed", "nowhere"))
    method = client.post if f"enrolment:{name}" in ONLY_POST else client.get
    assert _status_and_text(method(hidden), hidden) == _status_and_text(method(missing), missing)


@with_world(EnrolmentWorld, visibility="members")
@pytest.mark.parametrize("route", ["membership", "group", "revoke_invitation"])
def test_a_row_of_another_course_is_not_found(world, sign_in, route):
    other_course = factories.make_course(slug="elsewhere")
    client = sign_in(factories.make_member(other_course, Membership.Role.INSTRUCTOR))
    arguments = world.arguments(f"enrolment:{route}") | {"slug": "elsewhere"}
    method = client.post if route == "revoke_invitation" else client.get
    foreign, missing = (reverse(f"enrolment:{route}", kwargs=arguments | extra) for extra in ({}, {"pk": 999_999}))
    assert method(foreign).status_code == 404
    assert _status_and_text(method(foreign), foreign) == _status_and_text(method(missing), missing)


def _status_and_text(response, url):
    text = response.content.decode().replace(url, "")
    return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
