"""A lesson's page that the reader has already is not sent again, unless anything that it shows has changed."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.courses.models import Course, Membership
from lessons.courses.services import enrol
from lessons.discussions.models import Thread
from lessons.discussions.services.read_state import mark_read_up_to
from lessons.models import GlossaryTerm, Lesson, Module, Prompt
from lessons.progress.models import Progress
from lessons.tagging.models import Tag
from tests.annotations.make import note_by
from tests.discussions.make import thread_by
from tests.environment import sample
from tests.factories import make_lesson, make_published, make_term

pytestmark = pytest.mark.django_db


def without_token(page):
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page.content)


def request_again(client, page):
    """Request the page again as a browser does that has `page` in its cache."""
    return client.get(page.request["PATH_INFO"], headers={"if-none-match": page.headers["ETag"]})


@pytest.fixture
def busy_lesson(course, module, lesson, instructor, other_learner):
    """Return a lesson with everything that its page can show."""
    make_published(make_lesson(module, title="What the shore keeps"))
    make_term(module, "neap tide")
    lesson.tags.add("moon")
    Prompt.objects.create(module=module, lesson=lesson, text="Who pays?")
    thread_by(other_learner, course, "The moon pulls twice.", title="", lesson=lesson)
    return lesson


@pytest.mark.parametrize("who", [None, "outsider", "learner", "instructor", "administrator"])
def test_an_unchanged_page_is_not_sent_again(request, sign_in, busy_lesson, who, django_assert_max_num_queries):
    client = sign_in(who and request.getfixturevalue(who))
    page = client.get(busy_lesson.get_absolute_url())
    with django_assert_max_num_queries(5):
        answer = request_again(client, page)
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", page.headers["ETag"])
    for kept in (page, answer):
        assert "Cookie" in kept.headers["Vary"]
        assert kept.headers.get("Cache-Control") == (who and "private, no-cache")


def publish_again(lesson, learner):
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>Neap tides, told anew.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=learner)


def rename_the_next_lesson(lesson, learner):
    following = Lesson.objects.exclude(pk=lesson.pk).get()
    following.title = "What the shore gives back"
    following.save()
    publish(lesson=following, by=learner)


def write_a_comment(lesson, learner):
    thread_by(User.objects.get(display_name="Otto Other"), lesson.module.course, title="", lesson=lesson)


def add_a_notification(lesson, learner):
    thread_by(User.objects.get(display_name="Otto Other"), lesson.module.course, "Look, @lea-learner")


def write_a_note(lesson, learner):
    note_by(User.objects.get(display_name="Otto Other"), lesson)


def read_the_comment(lesson, learner):
    mark_read_up_to(thread=Thread.objects.get(), user=learner, seq=1, known=None)


def join_the_staff(lesson, learner):
    enrol(user=learner, course=lesson.module.course, role=Membership.Role.INSTRUCTOR, by=learner)


CHANGES = {
    "publishing": publish_again,
    "the title of the next lesson": rename_the_next_lesson,
    "a new lesson": lambda lesson, learner: make_published(make_lesson(lesson.module)),
    "a definition": lambda lesson, learner: GlossaryTerm.objects.update(definition="Otherwise"),
    "a tag": lambda lesson, learner: Tag.objects.update(name="Sun"),
    "a prompt": lambda lesson, learner: Prompt.objects.update(text="Who digs?"),
    "the day it is due": lambda lesson, learner: Lesson.objects.update(due_at=timezone.now()),
    "the module": lambda lesson, learner: Module.objects.update(title="The still sea"),
    "the course": lambda lesson, learner: Course.objects.update(title="Rivers"),
    "who reads the course": lambda lesson, learner: Course.objects.update(visibility="unlisted"),
    "a comment": write_a_comment,
    "a notification": add_a_notification,
    "a note": write_a_note,
    "an older comment": lambda lesson, learner: Thread.objects.update(last_post_at="2020-01-01T12:00Z"),
    "a comment that was read": read_the_comment,
    "one's name": lambda lesson, learner: User.objects.filter(pk=learner.pk).update(display_name="Lena"),
    "one's address": lambda lesson, learner: User.objects.filter(pk=learner.pk).update(email="lena@example.org"),
    "one's role": join_the_staff,
    "a position": lambda lesson, learner: Progress.objects.save_progress(user=learner, lesson=lesson, position=600),
    "completing the lesson": lambda lesson, learner: Progress.objects.save_progress(
        user=learner, lesson=lesson, completed_at=timezone.now()
    ),
}


@pytest.mark.parametrize("change", sample(CHANGES, parts=2))
def test_a_change_of_the_page_changes_its_etag(sign_in, learner, busy_lesson, change):
    client = sign_in(learner)
    before = client.get(busy_lesson.get_absolute_url())
    CHANGES[change](busy_lesson, learner)
    after = request_again(client, before)
    assert after.status_code == 200
    assert without_token(after) != without_token(before)
    assert request_again(client, after).status_code == 304


@pytest.mark.parametrize(("name", "value"), [("SITE_NAME", "Elsewhere"), ("LANGUAGE_CODE", "de")])
def test_a_change_of_settings_changes_the_etag(client, busy_lesson, settings, name, value):
    before = client.get(busy_lesson.get_absolute_url())
    setattr(settings, name, value)
    after = request_again(client, before)
    assert after.status_code == 200
    assert after.content != before.content


def test_a_new_release_changes_the_etag(client, busy_lesson, monkeypatch):
    page = client.get(busy_lesson.get_absolute_url())
    monkeypatch.setattr("lessons.discussions.rendering.page_etag.CODE_DIGEST", "the next")
    assert request_again(client, page).status_code == 200


def test_two_people_have_different_etags(client, sign_in, learner, other_learner, busy_lesson):
    pages = [
        someone.get(busy_lesson.get_absolute_url()) for someone in (client, sign_in(learner), sign_in(other_learner))
    ]
    assert len({page.headers["ETag"] for page in pages}) == 3
    client.force_login(learner)
    for page in pages:
        assert request_again(client, page).status_code == 200


def test_a_message_changes_the_etag_of_a_page(sign_in, learner, busy_lesson):
    client = sign_in(learner)
    page = client.get(busy_lesson.get_absolute_url())
    client.post("/courses/tides/membership/")
    shown = request_again(client, page)
    assert shown.status_code == 200
    assert b'class="messages"' in shown.content
    assert shown.headers["ETag"] != page.headers["ETag"]
    assert request_again(client, page).status_code == 304


def test_the_form_of_a_cached_page_can_still_be_sent(learner, busy_lesson):
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    page = client.get(busy_lesson.get_absolute_url())
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    form = {"completed": "true", "csrfmiddlewaretoken": token}
    assert request_again(client, page).status_code == 304
    assert client.post(f"/lessons/{busy_lesson.pk}/progress/", form).status_code == 302
    page = client.get(busy_lesson.get_absolute_url())
    del client.cookies["csrftoken"]
    assert request_again(client, page).status_code == 200


def test_opening_a_cached_page_records_the_visit(sign_in, learner, busy_lesson):
    client = sign_in(learner)
    page = client.get(busy_lesson.get_absolute_url())
    Progress.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    assert request_again(client, page).status_code == 304
    assert timezone.now() - Progress.objects.get().seen_at < timedelta(minutes=1)


def test_there_is_no_etag_while_templates_may_change(client, busy_lesson, settings):
    settings.DEBUG = True
    assert "ETag" not in client.get(busy_lesson.get_absolute_url()).headers
