"""Who may open which page about participation: every URL, each kind of user (see `tests/test_permissions.py`)."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.courses.models import Course
from tests import factories
from tests.participation.make import make_rule
from tests.test_permissions import World, assert_answered, routes, rows, with_world

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                               visitor  stranger learner assistant instructor elsewhere administrator
GET  participation:overview     302      404      200     200       200        404       200
GET  participation:standings    302      404      200     200       200        404       200
GET  participation:staff        302      404      404     200       200        404       200
GET  participation:export       302      404      404     200       200        404       200
GET  participation:learner      302      404      404     200       200        404       200
POST participation:learner      403      404      404     302       302        404       302
POST participation:confirm      302      404      404     302       302        404       302
POST participation:undo         302      404      404     302       302        404       302
GET  participation:create_rule  302      404      404     403       200        404       200
POST participation:create_rule  403      404      404     403       302        404       302
GET  participation:edit_rule    302      404      404     403       200        404       200
POST participation:edit_rule    403      404      404     403       302        404       302
POST participation:delete_rule  302      404      404     403       302        404       302
POST participation:restore_rule 302      404      404     403       302        404       302
"""
# fmt: on
DATA = {
    "learner": {"outcome": "complete", "reason": "Gave a talk"},
    "confirm": {"all": "1"},
    **dict.fromkeys(("create_rule", "edit_rule"), {"name": "Second half", "replies": "2"}),
}
WRITING = "learner confirm undo create_rule edit_rule delete_rule restore_rule".split()


class ParticipationWorld(World):
    """The world of the matrix with a rule and a learner to decide about."""

    def __init__(self, **course):
        super().__init__(**course)
        self.rule = make_rule(self.course, notes=1)
        self.member = self.course.memberships.get(user=factories.make_member(self.course))

    def arguments(self, route):
        arguments = {"slug": self.course.slug}
        if route not in ("participation:overview", "participation:staff", "participation:create_rule"):
            arguments |= {"pk": self.rule.pk}
        if route == "participation:learner":
            arguments |= {"membership": self.member.pk}
        return arguments | ({"batch": uuid4()} if route == "participation:undo" else {})


def url_and_data(world, route):
    return reverse(route, kwargs=world.arguments(route)), DATA.get(route.removeprefix("participation:"), {})


@with_world(ParticipationWorld, visibility="members")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_url_answers_each_kind_of_user(world, method, route, expected):
    assert_answered(world.clients, method, *url_and_data(world, route), expected)


def test_every_url_has_a_row():
    assert {r for r in routes() if r.startswith("participation:")} == {p.values[1] for p in rows(PAGES)}


@with_world(ParticipationWorld, visibility="public")
def test_in_a_public_course_participation_is_for_members(world):
    for route in ("participation:overview", "participation:standings"):
        assert world.clients["stranger"].get(url_and_data(world, route)[0]).status_code == 404


@with_world(ParticipationWorld, visibility="members")
def test_nothing_is_written_in_a_closed_course(world):
    Course.objects.update(closed_at=timezone.now())
    for name in WRITING:
        assert world.clients["instructor"].post(*url_and_data(world, f"participation:{name}")).status_code == 403, name
    page = world.clients["instructor"].get(url_and_data(world, "participation:overview")[0]).text
    assert "Change rule" not in page
    assert "New rule" not in page


@with_world(ParticipationWorld, visibility="members")
def test_a_rule_or_a_member_of_another_course_is_not_found(world):
    foreign = make_rule(factories.make_course(), notes=1)
    elsewhere = foreign.course.memberships.get(user=factories.make_member(foreign.course))
    client = world.clients["instructor"]
    for name in ("standings", "export", "edit_rule"):
        url = reverse(f"participation:{name}", args=[world.course.slug, foreign.pk])
        assert client.get(url).status_code == 404
    for rule, member in ((world.rule, elsewhere), (foreign, world.member)):
        url = reverse("participation:learner", args=[world.course.slug, rule.pk, member.pk])
        assert client.get(url).status_code == 404
