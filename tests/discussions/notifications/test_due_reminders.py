"""Learners are reminded of what is due and unread: three days and one day before, and once it is overdue."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from lessons.courses.models import Membership
from lessons.discussions.auth_backend import user_with_unread_count
from lessons.discussions.models import DueReminder, NotificationPreference
from lessons.discussions.notifications.due_reminders import due_lessons, remind
from lessons.models import Lesson
from lessons.progress.models import Progress

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def due(lesson, learner, now):
    """Return a function that sets in how many days the lesson is due."""
    Membership.objects.update(created_at=now - 30 * DAY)

    def set_due(days):
        Lesson.objects.filter(pk=lesson.pk).update(due_at=now + days * DAY)
        return lesson

    return set_due


def reminded_at(now):
    return remind(now, lambda: False)


def mailed():
    call_command("send_digests", verbosity=0)
    sent, mail.outbox[:] = [message.subject for message in mail.outbox], []
    return sent


def test_each_stage_reminds_each_learner_once(due, learner, other_learner, now):
    due(4)
    counts = [reminded_at(now + hours * timedelta(hours=1)) for hours in (0, 25, 26, 71, 73, 95, 97, 98, 200)]
    assert counts == [0, 2, 0, 0, 2, 0, 2, 0, 0]
    assert DueReminder.objects.count() == 2


def test_only_learners_who_have_not_read_it_are_reminded(due, learner, other_learner, instructor, assistant, now):
    lesson = due(2)
    Progress.objects.save_progress(user=learner, lesson=lesson, completed_at=now)
    assert reminded_at(now) == 1
    assert DueReminder.objects.get().user == other_learner
    Progress.objects.save_progress(user=other_learner, lesson=lesson, completed_at=now)
    assert due_lessons(other_learner) == []
    assert user_with_unread_count(other_learner.pk).unread_count == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda lesson: Lesson.objects.filter(pk=lesson.pk).update(state="withdrawn"),
        lambda lesson: Lesson.objects.filter(pk=lesson.pk).update(due_at=None),
        lambda lesson: type(lesson.module).objects.update(state="archived"),
        lambda lesson: type(lesson.module.course).objects.update(closed_at=timezone.now()),
        lambda lesson: Membership.objects.update(state="left"),
    ],
    ids=["withdrawn", "no longer due", "archived", "closed", "left"],
)
def test_nobody_hears_of_what_is_no_longer_due(due, learner, now, change):
    lesson = due(2)
    assert reminded_at(now) == 1
    assert len(due_lessons(learner)) == user_with_unread_count(learner.pk).unread_count == 1
    change(lesson)
    assert due_lessons(learner) == []
    assert user_with_unread_count(learner.pk).unread_count == 0
    assert mailed() == []
    DueReminder.objects.all().delete()
    assert reminded_at(now) == 0


def test_another_due_date_reminds_anew(due, learner, now):
    due(0.5)
    assert reminded_at(now) == 1
    due(2.5)
    assert due_lessons(learner) == []
    assert reminded_at(now) == 1
    assert DueReminder.objects.get().stage == DueReminder.Stage.THREE_DAYS


def test_somebody_who_joins_later_is_not_told_that_they_are_late(due, learner, other_learner, now):
    due(-1)
    Membership.objects.filter(user=other_learner).update(created_at=now - timedelta(hours=1))
    assert reminded_at(now) == 1
    assert DueReminder.objects.get().user == learner


def test_a_reminder_is_shown_by_the_bell_until_it_is_seen(due, learner, now, sign_in):
    due(2)
    reminded_at(now)
    client = sign_in(learner)
    page = client.get("/notifications/").content.decode()
    assert "Why tides come" in page
    assert "In 2 days" in page
    client.post("/notifications/")
    assert user_with_unread_count(learner.pk).unread_count == 0
    assert "Why tides come" in client.get("/notifications/").content.decode()
    reminded_at(now + 1.5 * DAY)
    assert user_with_unread_count(learner.pk).unread_count == 1


def test_a_digest_tells_of_each_stage_once(due, learner, now):
    due(0.4)
    reminded_at(now)
    (subject,) = mailed()
    assert subject.startswith("“Why tides come” is due to")
    assert mailed() == []
    NotificationPreference.objects.update(next_email_at=now)
    assert mailed() == []
    due(-1.5)
    assert reminded_at(now) == 1
    (subject,) = mailed()
    assert subject in ("“Why tides come” is 1 day overdue", "“Why tides come” is 2 days overdue")
    assert mailed() == []


@pytest.mark.parametrize(("days", "sent"), [(2, 1), (2.9, 0)], ids=["before the next digest", "after it"])
def test_a_digest_is_sent_early_if_the_next_would_be_too_late(due, learner, now, days, sent):
    preference = {"email_frequency": "weekly", "next_email_at": now + 2.5 * DAY}
    NotificationPreference.objects.create(user=learner, **preference)
    due(days)
    reminded_at(now)
    assert len(mailed()) == sent


def test_reminders_take_the_same_number_of_queries_for_more_learners(
    due, learner, other_learner, now, django_assert_num_queries
):
    due(2)
    with django_assert_num_queries(5):
        reminded_at(now)
