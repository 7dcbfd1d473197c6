"""The calendar of a course's due dates: for its owner only, as a calendar program needs it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from lessons.courses.models import Membership
from lessons.discussions.models import NotificationPreference
from lessons.models import Lesson
from tests import factories

NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)


def unfolded(content: bytes) -> list[str]:
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    return content.decode().replace("\r\n ", "").split("\r\n")


@pytest.fixture
def address(course, learner):
    token = NotificationPreference.objects.create(user=learner).calendar_token
    return f"/calendars/{token}/{course.slug}/"


def events(client, address):
    response = client.get(address)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return "\n".join(unfolded(response.content)).split("BEGIN:VEVENT")[1:]


def test_a_calendar_has_the_due_dates_of_a_course(client, lesson, module, address, django_assert_num_queries):
    draft, undated = factories.make_lesson(module, title="A draft"), factories.make_lesson(module, title="Undated")
    Lesson.objects.filter(pk__in=[lesson.pk, draft.pk]).update(due_at=NOON)
    with django_assert_num_queries(3):
        (event,) = events(client, address)
    for line in (
        f"UID:lesson-{lesson.pk}@127.0.0.1",
        "DTSTART:20261202T120000Z",
        "SUMMARY:Due: Why tides come",
        f"URL:http://testserver{lesson.get_absolute_url()}",
        "STATUS:CONFIRMED",
    ):
        assert f"\n{line}\n" in event
    assert undated.title not in event


def test_texts_are_escaped_and_long_lines_folded(client, lesson, course, address):
    Lesson.objects.filter(pk=lesson.pk).update(due_at=NOON)
    title = "Peace; war, and \\ back\nnext\rDTSTART:1\x07 " + "Straße 🌊 " * 40
    type(course).objects.filter(pk=course.pk).update(title=title[:200])
    content = client.get(address).content
    assert content.count(b"\r\n ") > 5
    assert b"\x07" not in content
    assert b"\nDTSTART:1" not in content.replace(b"\r", b"\n").replace(b"20261202", b"")
    (event,) = events(client, address)
    assert "DESCRIPTION:Peace\\; war\\, and \\\\ back next DTSTART:1 Straße 🌊 Straße 🌊" in event


def test_a_withdrawn_lesson_is_cancelled_without_its_title(client, lesson, address):
    soon = timezone.now() + timedelta(days=2)
    Lesson.objects.filter(pk=lesson.pk).update(due_at=soon)
    before = events(client, address)[0]
    Lesson.objects.filter(pk=lesson.pk).update(state="withdrawn", version=9)
    (event,) = events(client, address)
    assert "STATUS:CANCELLED" in event
    assert "SEQUENCE:9" in event
    assert "tides" not in event
    uid = f"UID:lesson-{lesson.pk}@127.0.0.1"
    assert (uid in before, uid in event) == (True, True)
    Lesson.objects.filter(pk=lesson.pk).update(due_at=soon - timedelta(days=40))
    assert events(client, address) == []


def test_a_calendar_is_secret_and_for_those_who_may_read_the_course(client, sign_in, course, lesson, learner, address):
    assert client.get(address.replace("/calendars/", "/calendars/x")).status_code == 404
    settings = sign_in(learner).get("/notifications/settings/")
    assert f"http://testserver{address}" in settings.content.decode()
    type(course).objects.filter(pk=course.pk).update(visibility="members")
    assert client.get(address).status_code == 200
    Membership.objects.filter(user=learner).update(state="removed")
    assert client.get(address).status_code == 404
    form = settings.context["form"]
    reset = {"email_frequency": "daily", "reset_calendars": "1", "version": form.initial.get("version", "")}
    sign_in(learner).post("/notifications/settings/", reset)
    assert NotificationPreference.objects.get(user=learner).calendar_token not in address
