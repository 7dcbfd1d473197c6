"""The matrix of conversations: every address, each kind of person, what it answers (see `tests/test_permissions.py`).

The objects are a learner's question to the whole course, an assistant's reply, and a thread of the assistant's. A
visitor is led to sign in whatever they ask for, so that nobody learns what is there; so it is the same for a public
course.
"""

import uuid

import pytest
from django.urls import reverse

from lessons.courses.models import Membership
from lessons.discussions.models import Post, PostImage, Preference
from lessons.discussions.services.posting import Picture
from tests.discussions.make import post_by, thread_by
from tests.test_permissions import World, answer, of_standing, routes, rows

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                              visitor stranger learner assistant instructor elsewhere administrator
GET  discussions:forum           302     404      200      200       200        404        200
GET  discussions:new             302     404      200      200       200        404        200
GET  discussions:future_people   302     404      200      200       200        404        200
POST discussions:reading         302     404      302      302       302        404        302
POST discussions:following       302     404      302      302       302        404        302
GET  discussions:prompts         302     404      404      200       200        404        200
GET  discussions:inbox           302     404      404      200       200        404        200
GET  discussions:log             302     404      404      200       200        404        200
POST discussions:undoing         302     404      404      302       302        404        302
GET  discussions:comments        302     404      200      200       200        404        200
GET  discussions:comment         302     404      302      302       302        404        302
POST discussions:rule            302     404      403      302       302        404        302
GET  discussions:thread          302     404      200      200       200        404        200
GET  discussions:first_unread    302     404      302      302       302        404        302
GET  discussions:next_unread     302     404      302      302       302        404        302
GET  discussions:people          302     404      200      200       200        404        200
GET  discussions:news            302     404      200      200       200        404        200
POST discussions:attention       302     404      302      302       302        404        302
POST discussions:asking          302     404      403      302       302        404        302
POST discussions:status          302     404      302      302       302        404        302
POST discussions:audience        302     404      403      403       403        404        403
GET  discussions:naming          302     404      403      200       200        404        200
GET  discussions:order           302     404      403      200       200        404        200
POST discussions:pinning         302     404      403      302       302        404        302
POST discussions:closing         302     404      403      302       302        404        302
POST discussions:moving          302     404      403      302       302        404        302
POST discussions:merging         302     404      403      400       400        404        400
POST discussions:splitting       302     404      403      400       400        404        400
GET  discussions:post            302     404      302      302       302        404        302
GET  discussions:acts            302     404      200      200       200        404        200
GET  discussions:edit            302     404      403      200       403        404        403
GET  discussions:history         302     404      403      200       200        404        200
POST discussions:thanks          302     404      302      302       302        404        302
POST discussions:answer          302     404      302      302       302        404        302
POST discussions:report          302     404      302      403       302        404        302
POST discussions:hiding          302     404      403      302       302        404        302
POST discussions:warning         302     404      403      302       302        404        302
POST discussions:author          302     404      403      403       403        404        403
POST discussions:deletion        302     404      403      302       403        404        403
GET  discussions:image           302     404      200      200       200        404        200
POST discussions:draft           302     204      204      204       204        204        204
POST discussions:preview         302     200      200      200       200        200        200
GET  discussions:bell            302     200      200      200       200        200        200
GET  discussions:preferences     302     200      200      200       200        200        200
GET  discussions:unsubscribe     200     200      200      200       200        200        200
GET  discussions:feed            200     200      200      200       200        200        200
"""
# fmt: on
DATA = {
    "following": {"wanted": "true"},
    "rule": {"rule": "open"},
    "attention": {"attention": "follow"},
    "asking": {"wanted": "true"},
    "status": {"status": "resolved"},
    "audience": {"audience": "course"},
    "pinning": {"wanted": "true"},
    "closing": {"wanted": "true"},
    "moving": {"lesson": ""},
    "merging": {"into": "999999"},
    "splitting": {"seqs": "2", "title": ""},
    "report": {"reason": "Rude"},
    "hiding": {"approve": "1"},
    "warning": {"why": "Mind your words"},
    "draft": {"place": "course-1", "source": "Half"},
    "preview": {"source": "Words"},
}


class Talk(World):
    """The world of the matrix with a question, a reply, an image, and somebody's secret addresses."""

    def __init__(self, **course):
        super().__init__(**course)
        learner, assistant = (self.people[role] for role in (Membership.Role.LEARNER, Membership.Role.ASSISTANT))
        self.thread = thread_by(learner, self.course, kind="question", lesson=self.lesson)
        self.reply = post_by(assistant, self.thread)
        self.notice = thread_by(assistant, self.course)
        self.image = PostImage(post=Post.objects.get(thread=self.thread, seq=1), alt="A shore")
        self.image.file.save("a.webp", Picture(uuid.uuid4(), "", b"RIFF").file())
        self.preference = Preference.objects.create(user=learner)

    def arguments(self, route):
        name = route.removeprefix("discussions:")
        if name in ("forum", "new", "future_people", "reading", "following", "prompts", "inbox", "log"):
            return {"slug": self.course.slug}
        return {
            "undoing": {"slug": self.course.slug, "pk": self.course.audit.first().pk},
            "image": {"uid": self.image.uid},
            "unsubscribe": {"token": self.preference.unsubscribe},
            "feed": {"token": self.preference.feed},
        }.get(name) or self.numbered(name)

    def numbered(self, name):
        if name in ("draft", "preview", "bell", "preferences"):
            return {}
        if name in ("comments", "comment", "rule"):
            return {"pk": self.lesson.pk}
        if name == "naming":
            return {"pk": self.notice.pk}
        of_posts = "post acts edit history deletion thanks answer report hiding warning author".split()
        return {"pk": self.reply.pk if name in of_posts else self.thread.pk}


@of_standing(Talk, visibility="members")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_address_answers_each_kind_of_person(world, method, route, expected):
    assert answers(world, method, route) == expected


@of_standing(Talk, visibility="public")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_address_of_a_public_course_answers_each_kind_of_person(world, method, route, expected):
    assert answers(world, method, route) == expected


def answers(world, method, route):
    data = DATA.get(route.removeprefix("discussions:"), {})
    address = reverse(route, kwargs=world.arguments(route))
    return {who: answer(client, method, address, data) for who, client in world.clients.items()}


def test_every_address_has_a_row():
    assert {r for r in routes() if r.startswith("discussions:")} == {p.values[1] for p in rows(PAGES)}


@of_standing(Talk, visibility="members")
@pytest.mark.parametrize("route", [p.values[1] for p in rows(PAGES) if p.values[0] == "POST"])
def test_what_changes_something_is_not_done_by_a_link(world, route):
    address = reverse(route, kwargs=world.arguments(route))
    assert world.clients["instructor"].get(address).status_code == 405
