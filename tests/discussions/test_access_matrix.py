"""Who may open which discussion page: every URL, each kind of user (see `tests/test_permissions.py`).

The objects are a learner's question to the whole course, an assistant's reply, and a thread of the assistant's. A
visitor is always redirected to sign-in, so that they learn nothing about what exists; likewise in a public course.
With text that nobody can be asked to keep, it is on the page that asks them to sign in (403), whatever exists.
"""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from lessons.courses.models import Membership
from lessons.db.models import UnsentText
from lessons.discussions.models import NotificationPreference, Post, PostImage
from tests.discussions.make import post_by, thread_by
from tests.environment import sample
from tests.test_permissions import World, assert_answered, routes, rows, with_world

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                                         visitor  stranger learner assistant instructor elsewhere administrator
GET  discussions:forum                    302      404      200     200       200        404       200
GET  discussions:create_thread            302      404      200     200       200        404       200
GET  discussions:new_thread_mentions      302      404      200     200       200        404       200
POST discussions:mark_all_read            302      404      302     302       302        404       302
POST discussions:follow                   302      404      302     302       302        404       302
GET  discussions:prompts                  302      404      404     200       200        404       200
GET  discussions:moderator_inbox          302      404      404     200       200        404       200
POST discussions:message_learner          403      404      404     302       302        404       302
GET  discussions:moderation_log           302      404      404     200       200        404       200
POST discussions:undo                     302      404      404     302       302        404       302
GET  discussions:lesson_comments          302      404      200     200       200        404       200
GET  discussions:create_comment           302      404      302     302       302        404       302
POST discussions:comment_policy           302      404      403     302       302        404       302
GET  discussions:thread                   302      404      200     200       200        404       200
GET  discussions:first_unread             302      404      302     302       302        404       302
GET  discussions:next_unread              302      404      302     302       302        404       302
GET  discussions:mentions                 302      404      200     200       200        404       200
GET  discussions:new_posts                302      404      200     200       200        404       200
POST discussions:subscription             302      404      302     302       302        404       302
POST discussions:me_too                   302      404      403     302       302        404       302
POST discussions:question_status          302      404      302     302       302        404       302
POST discussions:widen_audience           302      404      403     403       403        404       403
GET  discussions:edit_thread              302      404      403     200       200        404       200
GET  discussions:moderate                 302      404      403     200       200        404       200
POST discussions:pin                      302      404      403     302       302        404       302
POST discussions:close                    302      404      403     302       302        404       302
POST discussions:move                     302      404      403     302       302        404       302
POST discussions:merge                    302      404      403     400       400        404       400
POST discussions:answer_question          403      404      403     302       302        404       302
POST discussions:resolve_question         302      404      403     302       302        404       302
POST discussions:split                    302      404      403     400       400        404       400
GET  discussions:post                     302      404      302     302       302        404       302
GET  discussions:post_actions             302      404      200     200       200        404       200
GET  discussions:edit_post                302      404      403     200       403        404       403
GET  discussions:post_history             302      404      403     200       200        404       200
POST discussions:thanks                   302      404      302     302       302        404       302
POST discussions:accept_answer            302      404      302     302       302        404       302
POST discussions:report                   403      404      302     403       302        404       302
POST discussions:decide_post              302      404      403     302       302        404       302
POST discussions:hide_post                302      404      403     302       302        404       302
POST discussions:warn_author              403      404      403     302       302        404       302
POST discussions:reveal_author            302      404      403     403       403        404       403
POST discussions:delete_post              302      404      403     302       403        404       403
GET  discussions:image                    302      404      200     200       200        404       200
POST discussions:preview                  403      404      200     200       200        404       200
POST discussions:upload_image             302      404      400     400       400        404       400
GET  discussions:notifications            302      200      200     200       200        200       200
GET  discussions:notification_settings    302      200      200     200       200        200       200
GET  discussions:unsubscribe              200      200      200     200       200        200       200
GET  discussions:activity_feed            200      200      200     200       200        200       200
GET  discussions:calendar                 200      200      200     200       200        200       200
GET  unsent:unsent_texts                  302      200      200     200       200        200       200
POST unsent:unsent_texts                  403      404      204     204       204        404       204
POST unsent:delete_unsent_text            302      404      302     404       404        404       404
"""
# fmt: on
DATA = {
    "follow": {"enabled": "true"},
    "comment_policy": {"policy": "open"},
    "subscription": {"subscription": "follow"},
    "me_too": {"enabled": "true"},
    "question_status": {"status": "resolved"},
    "widen_audience": {"audience": "course"},
    "pin": {"enabled": "true"},
    "close": {"enabled": "true"},
    "move": {"lesson": ""},
    "merge": {"target_thread": "999999"},
    "split": {"seqs": "2", "title": ""},
    "report": {"reason": "Rude"},
    "answer_question": {"source": "Twice a day, because the Earth turns.", "mark": "1"},
    "decide_post": {"keep": "1"},
    "message_learner": {"message": "How are you getting on?"},
    "hide_post": {"approve": "1"},
    "warn_author": {"reason": "Mind your words"},
    "preview": {"source": "Words", "course": "sealed"},
}
OF_A_COURSE = {"forum", "upload_image", "create_thread", "new_thread_mentions", "mark_all_read", "follow", "prompts"}
OF_A_COURSE |= {"moderator_inbox", "moderation_log"}
OF_A_POST = {"post", "post_actions", "edit_post", "post_history", "delete_post", "thanks", "accept_answer", "report"}
OF_A_POST |= {"hide_post", "decide_post", "warn_author", "reveal_author"}


class DiscussionsWorld(World):
    """The world of the matrix with a question, a reply, an image, and somebody's secret addresses."""

    def __init__(self, **course):
        super().__init__(**course)
        learner, assistant = (self.people[role] for role in (Membership.Role.LEARNER, Membership.Role.ASSISTANT))
        self.thread = thread_by(learner, self.course, kind="question", lesson=self.lesson)
        self.reply = post_by(assistant, self.thread)
        self.learner_membership = self.course.memberships.get(user=learner).pk
        self.notice = thread_by(assistant, self.course)
        self.image = PostImage(post=Post.objects.get(thread=self.thread, seq=1), alt="A shore")
        self.image.file.save("a.webp", ContentFile(b"RIFF"))
        self.preference = NotificationPreference.objects.create(user=learner)
        self.unsent = UnsentText.objects.create(user=learner, draft_key="profile-0", fields={"about": "Half"})

    def arguments(self, route):
        name = route.partition(":")[2]
        if name in OF_A_COURSE:
            return {"slug": self.course.slug}
        return {
            "undo": {"slug": self.course.slug, "pk": self.course.audit_entries.first().pk},
            "message_learner": {"slug": self.course.slug, "pk": self.learner_membership},
            "image": {"uid": self.image.uid},
            "delete_unsent_text": {"pk": self.unsent.pk},
            "unsubscribe": {"token": self.preference.unsubscribe_token},
            "activity_feed": {"token": self.preference.feed_token},
            "calendar": {"token": self.preference.calendar_token, "slug": self.course.slug},
        }.get(name) or self.numbered(name)

    def numbered(self, name):
        if name in ("unsent_texts", "preview", "notifications", "notification_settings"):
            return {}
        if name in ("lesson_comments", "create_comment", "comment_policy"):
            return {"pk": self.lesson.pk}
        if name == "edit_thread":
            return {"pk": self.notice.pk}
        return {"pk": self.reply.pk if name in OF_A_POST else self.thread.pk}


@with_world(DiscussionsWorld, visibility="members")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_url_answers_each_kind_of_user(world, method, route, expected):
    assert_answers(world, method, route, expected)


@with_world(DiscussionsWorld, visibility="public")
@pytest.mark.parametrize(("method", "route", "expected"), sample(rows(PAGES)))
def test_every_url_of_a_public_course_answers_each_kind_of_user(world, method, route, expected):
    assert_answers(world, method, route, expected)


def assert_answers(world, method, route, expected):
    data = DATA.get(route.partition(":")[2], {})
    if route == "unsent:unsent_texts":
        data = {"draft_key": f"course-{world.course.pk}", "source": "Half"}
    address = reverse(route, kwargs=world.arguments(route))
    assert_answered(world.clients, method, address, data, expected)


def test_every_url_has_a_row():
    assert {r for r in routes() if r.startswith(("discussions:", "unsent:"))} == {p.values[1] for p in rows(PAGES)}


@with_world(DiscussionsWorld, visibility="members")
@pytest.mark.parametrize(
    "route", [p.values[1] for p in rows(PAGES) if p.values[0] == "POST" and p.values[1] != "unsent:unsent_texts"]
)
def test_urls_that_change_something_refuse_get(world, route):
    address = reverse(route, kwargs=world.arguments(route))
    assert world.clients["instructor"].get(address).status_code == 405
