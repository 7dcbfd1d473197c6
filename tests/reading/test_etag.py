"""A lesson's page that the reader has already is not sent again, and never kept past any change of what it shows."""

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
from tests.factories import make_lesson, make_published, make_term

pytestmark = pytest.mark.django_db


def tokenless(page):
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page.content)


def again(client, page):
    """The page asked for as a browser does that has `page`."""
    return client.get(page.request["PATH_INFO"], headers={"if-none-match": page.headers["ETag"]})


@pytest.fixture
def shore(course, module, lesson, instructor, other_learner):
    """A lesson with everything around it."""
    make_published(make_lesson(module, title="What the shore keeps"))
    make_term(module, "neap tide")
    lesson.tags.add("moon")
    Prompt.objects.create(module=module, lesson=lesson, text="Who pays?")
    thread_by(other_learner, course, "The moon pulls twice.", title="", lesson=lesson)
    return lesson


@pytest.mark.parametrize("who", [None, "outsider", "learner", "instructor", "administrator"])
def test_an_unchanged_page_is_not_sent_again(request, sign_in, shore, who, django_assert_max_num_queries):
    client = sign_in(who and request.getfixturevalue(who))
    page = client.get(shore.get_absolute_url())
    with django_assert_max_num_queries(5):
        answer = again(client, page)
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", page.headers["ETag"])
    for kept in (page, answer):
        assert "Cookie" in kept.headers["Vary"]
        assert kept.headers.get("Cache-Control") == (who and "private, no-cache")


def publish_anew(lesson, learner):
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>Neap tides, told anew.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=learner)


def rename_the_next(lesson, learner):
    following = Lesson.objects.exclude(pk=lesson.pk).get()
    following.title = "What the shore gives back"
    following.save()
    publish(lesson=following, by=learner)


def write_a_comment(lesson, learner):
    thread_by(User.objects.get(display_name="Otto Other"), lesson.module.course, title="", lesson=lesson)


def ring_the_bell(lesson, learner):
    thread_by(User.objects.get(display_name="Otto Other"), lesson.module.course, "Look, @lea-learner")


def write_a_note(lesson, learner):
    note_by(User.objects.get(display_name="Otto Other"), lesson)


def read_the_comment(lesson, learner):
    mark_read_up_to(thread=Thread.objects.get(), user=learner, seq=1, known=None)


def join_the_staff(lesson, learner):
    enrol(user=learner, course=lesson.module.course, role=Membership.Role.INSTRUCTOR, by=learner)


CHANGES = {
    "publishing": publish_anew,
    "the title of the next lesson": rename_the_next,
    "a new lesson": lambda lesson, learner: make_published(make_lesson(lesson.module)),
    "a definition": lambda lesson, learner: GlossaryTerm.objects.update(definition="Otherwise"),
    "a tag": lambda lesson, learner: Tag.objects.update(name="Sun"),
    "a prompt": lambda lesson, learner: Prompt.objects.update(text="Who digs?"),
    "the day it is due": lambda lesson, learner: Lesson.objects.update(due_at=timezone.now()),
    "the module": lambda lesson, learner: Module.objects.update(title="The still sea"),
    "the course": lambda lesson, learner: Course.objects.update(title="Rivers"),
    "who reads the course": lambda lesson, learner: Course.objects.update(visibility="unlisted"),
    "a comment": write_a_comment,
    "the bell": ring_the_bell,
    "a note": write_a_note,
    "a comment that grows old": lambda lesson, learner: Thread.objects.update(last_post_at="2020-01-01T12:00Z"),
    "a comment that was read": read_the_comment,
    "one's name": lambda lesson, learner: User.objects.filter(pk=learner.pk).update(display_name="Lena"),
    "one's address": lambda lesson, learner: User.objects.filter(pk=learner.pk).update(email="lena@example.org"),
    "one's role": join_the_staff,
    "one's place": lambda lesson, learner: Progress.objects.save_progress(user=learner, lesson=lesson, position=600),
    "being done": lambda lesson, learner: Progress.objects.save_progress(
        user=learner, lesson=lesson, completed_at=timezone.now()
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_the_page_sends_it_again(sign_in, learner, shore, change):
    client = sign_in(learner)
    before = client.get(shore.get_absolute_url())
    CHANGES[change](shore, learner)
    after = again(client, before)
    assert after.status_code == 200
    assert tokenless(after) != tokenless(before)
    assert again(client, after).status_code == 304


@pytest.mark.parametrize(("name", "value"), [("SITE_NAME", "Elsewhere"), ("LANGUAGE_CODE", "de")])
def test_another_setting_of_the_site_sends_it_again(client, shore, settings, name, value):
    before = client.get(shore.get_absolute_url())
    setattr(settings, name, value)
    after = again(client, before)
    assert after.status_code == 200
    assert after.content != before.content


def test_another_release_of_the_code_sends_it_again(client, shore, monkeypatch):
    page = client.get(shore.get_absolute_url())
    monkeypatch.setattr("lessons.reading.etag.CODE_DIGEST", "the next")
    assert again(client, page).status_code == 200


def test_one_person_is_not_shown_the_page_of_another(client, sign_in, learner, other_learner, shore):
    pages = [someone.get(shore.get_absolute_url()) for someone in (client, sign_in(learner), sign_in(other_learner))]
    assert len({page.headers["ETag"] for page in pages}) == 3
    client.force_login(learner)
    for page in pages:
        assert again(client, page).status_code == 200


def test_a_page_with_a_message_has_no_etag(sign_in, learner, shore):
    client = sign_in(learner)
    page = client.get(shore.get_absolute_url())
    client.post("/courses/tides/membership/")
    shown = again(client, page)
    assert shown.status_code == 200
    assert b'class="messages"' in shown.content
    assert "ETag" not in shown.headers
    assert again(client, page).status_code == 304


def test_the_form_of_a_cached_page_can_still_be_sent(learner, shore):
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    page = client.get(shore.get_absolute_url())
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    form = {"completed": "true", "csrfmiddlewaretoken": token}
    assert again(client, page).status_code == 304
    assert client.post(f"/lessons/{shore.pk}/progress/", form).status_code == 302
    page = client.get(shore.get_absolute_url())
    del client.cookies["csrftoken"]
    assert again(client, page).status_code == 200


def test_opening_a_cached_page_records_the_visit(sign_in, learner, shore):
    client = sign_in(learner)
    page = client.get(shore.get_absolute_url())
    Progress.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    assert again(client, page).status_code == 304
    assert timezone.now() - Progress.objects.get().seen_at < timedelta(minutes=1)


def test_there_is_no_etag_while_templates_may_change(client, shore, settings):
    settings.DEBUG = True
    assert "ETag" not in client.get(shore.get_absolute_url()).headers
