"""Who may open the pages of insight: every address, each kind of user (see `tests/test_permissions.py`)."""

import pytest
from django.urls import reverse

from lessons.insight.passages import sections
from tests.test_permissions import World, assert_answered, routes, rows, with_world

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                                   visitor  stranger learner assistant instructor elsewhere administrator
GET  insight:board                  302      404      404     200       200        404       200
GET  insight:lecture_note           302      404      404     200       200        404       200
GET  insight:download_lecture_note  302      404      404     200       200        404       200
GET  insight:lesson                 302      404      404     200       200        404       200
GET  insight:learners               302      404      404     200       200        404       200
POST insight:lecture_item           302      404      404     302       302        404       302
POST insight:dismissal              302      404      404     302       302        404       302
POST insight:restoration            302      404      404     302       302        404       302
GET  insight:own_work               302      404      200     200       200        404       404
GET  insight:member_work            302      404      404     200       200        404       200
"""
# fmt: on


def arguments(world, route):
    if route in ("insight:board", "insight:lecture_note", "insight:download_lecture_note", "insight:own_work"):
        return {"slug": "sealed"}
    if route == "insight:member_work":
        return {"slug": "sealed", "pk": world.course.memberships.get(user=world.people["learner"]).pk}
    lesson = {"pk": world.lesson.pk}
    key = sections(world.lesson.current_revision.html)[0].passages[0].key
    return lesson if route in ("insight:lesson", "insight:learners") else lesson | {"key": key}


@with_world(World, visibility="members")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_pages_of_insight(world, method, route, expected):
    address = reverse(route, kwargs=arguments(world, route))
    assert_answered(world.clients, method, address, {"latest": "1"}, expected)


def test_every_address_of_insight_has_a_row():
    assert {route for route in routes() if route.startswith("insight:")} == {p.values[1] for p in rows(PAGES)}
