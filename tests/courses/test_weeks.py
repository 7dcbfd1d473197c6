"""A course with a first and a last day says which week it is, by its own clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from lessons.courses.models import Course
from lessons.courses.weeks import course_week
from tests.factories import make_course, make_member

FIRST, LAST = date(2026, 11, 11), date(2027, 1, 15)  # Wednesday and Friday


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "now", "said"),
    [
        (None, None, "2026-11-30T12:00", ""),
        (FIRST, LAST, "2026-11-10T22:30", "Begins on 11 November"),
        (FIRST, LAST, "2026-11-10T23:30", "Week 1 of 10"),  # the next day in Brussels
        (FIRST, LAST, "2026-11-15T22:30", "Week 1 of 10"),
        (FIRST, LAST, "2026-11-15T23:30", "Week 2 of 10"),
        (FIRST, LAST, "2027-01-15T22:30", "Week 10 of 10"),
        (FIRST, LAST, "2027-01-15T23:30", "Ended on 15 January"),
        (FIRST, None, "2027-01-15T23:30", "Week 10"),
        (LAST, None, "2026-11-30T12:00", "Begins on 15 January 2027"),
        (FIRST, FIRST, "2026-11-11T12:00", "Week 1 of 1"),
    ],
)
def test_weeks_are_counted_from_monday_to_sunday(starts_on, ends_on, now, said):
    course = Course(starts_on=starts_on, ends_on=ends_on, time_zone="Europe/Brussels")
    assert course_week(course, datetime.fromisoformat(now).replace(tzinfo=UTC)) == said


def test_a_closed_course_has_no_week():
    course = Course(starts_on=FIRST, closed_at=datetime(2026, 12, 1, tzinfo=UTC))
    assert course_week(course, datetime(2026, 12, 2, tzinfo=UTC)) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("starts_on", [None, LAST])
def test_the_database_refuses_a_last_day_without_or_before_a_first(starts_on):
    with pytest.raises(IntegrityError, match="last_day_after_first"):
        make_course(starts_on=starts_on, ends_on=FIRST)


@pytest.mark.django_db
def test_learners_staff_and_the_library_see_the_week(sign_in, learner, instructor, course):
    today = timezone.now().astimezone(course.zone).date()
    starts_on, ends_on = today - timedelta(weeks=3), today + timedelta(weeks=6)
    Course.objects.filter(pk=course.pk).update(starts_on=starts_on, ends_on=ends_on)
    for user in (learner, instructor):
        client = sign_in(user)
        for page in (course.get_absolute_url(), "/"):
            assert "<span>Week 4 of 10</span>" in client.get(page).content.decode(), page
    elsewhere = sign_in(make_member(make_course(slug="elsewhere")))
    assert "Week 4" not in elsewhere.get("/").content.decode()
