"""The home of a course says what to read, what is due and what is new, and nothing that one may not read."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from lessons.courses.due_dates import DueDates
from lessons.models import Lesson
from lessons.progress.models import Progress
from tests.discussions.make import post_by, thread_by
from tests.factories import make_lesson, make_module, make_published

HOME = "/courses/tides/"


def part(client, name):
    """Return the text of a section of the home, empty if it has none."""
    page = client.get(HOME).content.decode()
    found = re.search(rf'<section [^>]*aria-labelledby="{name}".*?</section>', page, re.DOTALL)
    return " ".join(strip_tags(found[0]).split()) if found else ""


@pytest.mark.parametrize(
    ("due_at", "day", "state", "chip", "label"),
    [
        ("2026-11-27T17:00", "Fri 27 Nov", "overdue", "3 days overdue", "Overdue: 27 Nov"),
        ("2026-11-30T08:00", "today, 09:00", "overdue", "2 hours overdue", "Overdue: 30 Nov"),
        ("2026-11-30T20:00", "today, 21:00", "due", "Due today", "Due 30 Nov"),
        ("2026-11-30T23:30", "tomorrow, 00:30", "due", "Due tomorrow", "Due 1 Dec"),  # the next day in Brussels
        ("2026-12-02T17:00", "Wed 2 Dec, 18:00", "due", "In 2 days", "Due 2 Dec"),
        ("2026-12-04T17:00", "Fri 4 Dec, 18:00", "", "In 4 days", "4 Dec"),
        ("2027-01-11T17:00", "Mon 11 Jan 2027, 18:00", "", "In 42 days", "11 Jan 2027"),
    ],
)
def test_a_due_date_says_what_it_means_today(course, learner, instructor, due_at, day, state, chip, label):
    course.time_zone = "Europe/Brussels"
    now, due_at = datetime(2026, 11, 30, 10, 30, tzinfo=UTC), datetime.fromisoformat(due_at).replace(tzinfo=UTC)
    shown = DueDates(course, learner, now).show(due_at)
    assert (shown.day, shown.state, shown.chip, shown.label) == (day, state, chip, label)
    done, for_staff = DueDates(course, learner, now).show(due_at, is_done=True), DueDates(course, instructor, now)
    assert (done.state, done.chip) == ("", "")
    assert (for_staff.show(due_at).state, "overdue" in for_staff.show(due_at).chip) == ("", False)


def test_the_list_names_its_time_zone_and_says_the_readers_own(course, learner):
    course.time_zone = "Europe/Brussels"
    noon = datetime(2026, 12, 2, 12, tzinfo=UTC)
    assert DueDates(course, learner, noon).zone_note == "Brussels time"
    learner.time_zone = "Europe/Paris"
    assert DueDates(course, learner, noon).zone_note == "Brussels time (your time zone)"
    learner.time_zone = "Asia/Tokyo"
    dates = DueDates(course, learner, noon)
    assert (dates.zone_note, dates.show(noon).own) == ("Brussels time", "Wed 2 Dec, 21:00 in your time zone")


def test_what_is_overdue_or_due_within_a_week_is_listed_until_it_is_read(sign_in, learner, module):
    days = {"Late": -3, "Soon": 2, "This week": 6, "Next month": 30}
    lessons = {title: make_published(make_lesson(module, title=title)) for title in days}
    for title, lesson in lessons.items():
        Lesson.objects.filter(pk=lesson.pk).update(due_at=timezone.now() + timedelta(days=days[title], hours=-1))
    client = sign_in(learner)
    due = part(client, "due")
    assert re.findall("Late|Soon|This week|Next month", due) == ["Late", "Soon", "This week"]
    assert "days overdue" in due
    for title in ("Late", "Soon", "This week"):
        Progress.objects.create(user=learner, lesson=lessons[title], completed_at=timezone.now())
    assert re.findall("Late|Soon|This week|Next month", part(client, "due")) == ["Next month"]  # nothing else is due


def test_the_home_shows_what_is_new(sign_in, course, lesson, learner, other_learner, instructor, group_a):
    thread_by(instructor, course, "Bring a map.", kind="announcement", title="Room B12")
    question = thread_by(learner, course, kind="question", title="Why twice?")
    answer = post_by(instructor, question, "The far side bulges, too.")
    thread_by(other_learner, course, title="Sources")
    thread_by(other_learner, course, title="Who am I?", anonymous=True)
    client = sign_in(learner)
    assert "Unread: Room B12 Bring a map. Ines" in part(client, "announcements").replace(
        instructor.display_name, "Ines"
    )
    assert "replied to your question Why twice?" in part(client, "replies")
    assert re.findall(r"Why twice\?|Sources|Who am I\?|Room", part(client, "unread")) == [
        "Who am I?", "Sources", "Why twice?",
    ]  # fmt: skip
    assert "Unread discussions 3" in part(client, "unread")
    assert other_learner.display_name not in part(client, "unread").split("Sources")[0]
    assert f"{instructor.display_name} Instructor" in part(client, "teachers")
    client.get(f"/threads/{question.pk}/")
    assert part(client, "replies") == ""
    assert answer.thread == question


def test_the_home_says_from_which_heading_to_continue(sign_in, lesson, learner):
    client = sign_in(learner)
    client.get(lesson.get_absolute_url())
    assert "from “" not in part(client, "continue")
    Progress.objects.update(position=600)
    assert "Lesson 1, from “Spring tides”" in part(client, "continue")


def test_the_home_tells_nothing_that_one_may_not_read(sign_in, course, learner, other_learner, group_a, group_b):
    thread_by(other_learner, course, "Hush.", title="For us alone", audience="group", group=group_b)
    hidden = thread_by(other_learner, course, "Spam.", title="Buy now")
    hidden.state = "hidden"
    hidden.save()
    page = sign_in(learner).get(HOME).content.decode()
    assert "For us alone" not in page
    assert "Buy now" not in page
    assert 'class="count"' not in page
    visitor = sign_in(None).get(HOME).content.decode()
    assert "Teachers" not in visitor


def test_the_home_takes_as_many_queries_for_many_rows(
    sign_in, course, lesson, learner, other_learner, django_assert_max_num_queries
):
    client = sign_in(learner)
    with django_assert_max_num_queries(7):
        client.get(HOME)
    mine = thread_by(learner, course)
    for n in range(4):
        new = make_published(make_lesson(make_module(course, title=f"More {n}")))
        Lesson.objects.filter(pk=new.pk).update(due_at=timezone.now() + timedelta(days=n - 2))
        thread_by(other_learner, course)
        post_by(other_learner, mine)
    with django_assert_max_num_queries(7):
        assert client.get(HOME).status_code == 200
    with django_assert_max_num_queries(7):
        assert client.get(f"{HOME}lessons/").status_code == 200
