"""The addresses for other programs: each kind of person, what it answers (see `tests/test_permissions.py`)."""

import pytest
from django.urls import reverse

from lessons.people.models import Membership
from tests.annotations.make import note_by
from tests.discussions.make import post_by
from tests.test_permissions import World, answer, rows

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                              visitor stranger learner assistant instructor elsewhere administrator
GET  annotations:container       302     404      200      200       200        404        200
POST annotations:container       302     404      415      415       415        404        403
GET  annotations:annotation      302     404      200      200       200        404        200
GET  annotations:contained       302     404      200      200       200        404        200
PUT  annotations:contained       302     404      428      428       428        404        428
DELETE annotations:contained     302     404      428      428       428        404        428
GET  annotations:reply           302     404      200      200       200        404        200
PUT  annotations:reply           302     404      428      428       428        404        428
DELETE annotations:reply         302     404      428      428       428        404        428
GET  annotations:export          302     404      200      200       200        404        200
GET  annotations:import          302     404      403      200       200        404        403
POST annotations:import          302     404      403      422       422        404        403
"""
# fmt: on


class Notes(World):
    """The world of the matrix with a learner's note and an assistant's reply."""

    def __init__(self, **course):
        super().__init__(**course)
        learner, assistant = (self.people[role] for role in (Membership.Role.LEARNER, Membership.Role.ASSISTANT))
        self.note = note_by(learner, self.lesson)
        self.reply = post_by(assistant, self.note.thread)

    def arguments(self, route):
        return {
            "annotations:annotation": {"uid": self.note.uid},
            "annotations:contained": {"pk": self.lesson.pk, "uid": self.note.uid},
            "annotations:reply": {"pk": self.lesson.pk, "post": self.reply.pk},
        }.get(route, {"pk": self.lesson.pk})


@pytest.mark.parametrize("visibility", ["members", "public"])
def test_every_address_answers_each_kind_of_person(sign_in, visibility):
    """Nothing here changes anything, so one world is enough."""
    world = Notes(visibility=visibility)
    clients = {who: sign_in(user) for who, user in world.people.items()}
    for method, route, expected in (row.values for row in rows(PAGES)):
        address = reverse(route, kwargs=world.arguments(route))
        found = {who: answer(client, method, address, {}) for who, client in clients.items()}
        assert found == expected, f"{method} {route}"
