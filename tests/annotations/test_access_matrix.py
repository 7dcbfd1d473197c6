"""The access matrix of annotations: what every URL answers to each kind of person (see `tests/test_permissions.py`).

The note is a learner's, for the whole course, with an assistant's reply. Visitors are led to sign in whatever they
request, of a public course too; programs are told so.
"""

import pytest
from django.urls import reverse

from lessons.courses.models import Membership
from tests.annotations.make import note_by
from tests.discussions.make import post_by
from tests.test_permissions import World, assert_answered, routes, rows

pytestmark = pytest.mark.django_db

# Only the last row changes something: the learner deletes the note, and its tombstone stands over the reply.
# fmt: off
PAGES = """
#                                   visitor  stranger learner assistant instructor elsewhere administrator
GET  notebook:notebook              302      200      200     200       200        200       200
GET  notebook:export                302      200      200     200       200        200       200
GET  annotations:from_the_text      302      404      200     200       200        404       200
GET  annotations:annotation_list    302      404      200     200       200        404       200
GET  annotations:positions          302      404      200     200       200        404       200
GET  annotations:cards              302      404      200     200       200        404       200
GET  annotations:create             302      404      200     200       200        404       404
POST annotations:create             302      404      400     400       400        404       404
POST annotations:restore            302      404      302     302       302        404       404
GET  webannotations:container       401      404      200     200       200        404       200
POST webannotations:container       401      404      415     415       415        404       403
GET  webannotations:annotation      401      404      200     200       200        404       200
GET  webannotations:contained       401      404      200     200       200        404       200
PUT  webannotations:contained       401      404      428     428       428        404       428
DELETE webannotations:contained     401      404      428     428       428        404       428
GET  webannotations:reply           401      404      200     200       200        404       200
PUT  webannotations:reply           401      404      428     428       428        404       428
DELETE webannotations:reply         401      404      428     428       428        404       428
GET  webannotations:export          401      404      200     200       200        404       200
GET  webannotations:import          302      404      403     200       200        404       403
POST webannotations:import          302      404      403     422       422        404       403
GET  annotations:annotation         302      404      302     302       302        404       302
GET  annotations:question           302      404      200     404       404        404       404
POST annotations:question           302      404      302     404       404        404       404
GET  annotations:edit               302      404      200     403       403        404       403
POST annotations:edit               302      404      302     403       403        404       403
"""
# fmt: on


class Notes(World):
    """The world of the matrix with a note on its lesson and a reply."""

    def __init__(self, **course):
        super().__init__(**course)
        learner, assistant = (self.people[role] for role in (Membership.Role.LEARNER, Membership.Role.ASSISTANT))
        self.note = note_by(learner, self.lesson, label="question")
        self.reply = post_by(assistant, self.note.thread)

    def arguments(self, route):
        return {
            "annotations:from_the_text": {"slug": self.lesson.module.course.slug},
            "notebook:notebook": {},
            "notebook:export": {"format": "csv"},
            "annotations:annotation": {"pk": self.note.pk},
            "annotations:edit": {"pk": self.note.pk},
            "annotations:question": {"uid": self.note.uid},
            "webannotations:annotation": {"uid": self.note.uid},
            "webannotations:contained": {"pk": self.lesson.pk, "uid": self.note.uid},
            "webannotations:reply": {"pk": self.lesson.pk, "post": self.reply.pk},
        }.get(route, {"pk": self.lesson.pk})

    def data(self, method, route):
        return {
            "GET annotations:cards": {"ids": self.note.pk},
            "POST annotations:edit": {"action": "delete"},
        }.get(f"{method} {route}", {})


@pytest.mark.parametrize("visibility", ["members", pytest.param("public", marks=pytest.mark.thorough)])
def test_every_address_answers_each_kind_of_person(sign_in, visibility):
    world = Notes(visibility=visibility)
    clients = {who: sign_in(user) for who, user in world.people.items()}
    for method, route, expected in (row.values for row in rows(PAGES)):
        address, data = reverse(route, kwargs=world.arguments(route)), world.data(method, route)
        assert_answered(clients, method, address, data, expected)


def test_every_address_has_a_row():
    assert {r for r in routes() if r.startswith(("annotations:", "notebook:", "webannotations:"))} == {
        p.values[1] for p in rows(PAGES)
    }
