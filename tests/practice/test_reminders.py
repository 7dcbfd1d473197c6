"""Reminders of what is due for review, in digests."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from lessons.practice import reviewing
from lessons.practice.models import ReviewCard, ReviewPreference
from lessons.practice.queue import day_after
from tests.discussions.make import post_by, thread_by
from tests.discussions.notifications.test_digest_content import email_of, item
from tests.discussions.notifications.test_digest_schedule import advance_days, send_due_digests, set_frequency
from tests.practice.make import SHORT, SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(lesson, learner):
    """Return a learner who has reviewed one of three questions; the two others are due."""
    for row in publish_with_checks(lesson, SINGLE, SHORT, SHORT._replace(question="And at half moon?")):
        answer_by(learner, row, "0" if row.definition["kind"] == "single" else "x")
    first, *others = ReviewCard.objects.order_by("pk")
    reviewing.grade_recall(card=first, grade=reviewing.Grade.GOOD, reviews=0)
    for card in others:
        ReviewCard.objects.filter(pk=card.pk).update(due_at=timezone.now())
    set_frequency(learner, "daily")
    return learner


def test_who_reviews_is_reminded_once_a_day(reviewer):
    (email,) = send_due_digests()
    assert email.subject == "2 questions to review"
    assert "/review/" in email.body
    assert send_due_digests() == []
    pass_days(1)
    assert len(send_due_digests()) == 1


def pass_days(days):
    advance_days(days)
    for preference in ReviewPreference.objects.all():
        preference.reminded_at -= timedelta(days=days)
        preference.save()


def test_who_wants_e_mails_at_once_is_reminded_once_a_day_too(reviewer, course, other_learner):
    thread = thread_by(reviewer, course)
    set_frequency(reviewer, "immediate")
    assert send_due_digests() == []  # Only what happens is worth an e-mail at once.
    post_by(other_learner, thread, "The moon.")
    (email,) = send_due_digests()
    assert "2 questions to review" in email.body
    post_by(other_learner, thread, "The sun.")
    (email,) = send_due_digests()
    assert "to review" not in email.body
    pass_days(1)
    assert [email.subject for email in send_due_digests()] == ["2 questions to review"]


def test_a_digest_counts_what_is_due_on_the_day_of_its_reader(reviewer):
    reviewer.time_zone = "Pacific/Kiritimati"
    reviewer.save()
    with timezone.override(ZoneInfo(reviewer.time_zone)):
        midnight = day_after(timezone.now())
    for n, card in enumerate(ReviewCard.objects.filter(reviewed_at=None).order_by("pk")):
        ReviewCard.objects.filter(pk=card.pk).update(due_at=midnight + timedelta(minutes=n * 2 - 1))
    ReviewCard.objects.filter(reviewed_at__isnull=False).update(due_at=timezone.now())
    assert [email.subject for email in send_due_digests()] == ["2 questions to review"]


def test_nobody_else_is_reminded(reviewer, lesson, course):
    cards = ReviewCard.objects.filter(user=reviewer)
    reviewing.set_paused(user=reviewer, is_paused=True)
    assert send_due_digests() == []
    reviewing.set_paused(user=reviewer, is_paused=False)
    course.visibility = "members"
    course.save()
    reviewer.memberships.update(state="left")
    assert send_due_digests() == []
    reviewer.memberships.update(state="active")
    cards.filter(reviewed_at__isnull=False).update(reviewed_at=timezone.now() - timedelta(days=15))
    set_frequency(reviewer, "daily")
    assert send_due_digests() == []
    set_frequency(reviewer, "never")
    cards.update(reviewed_at=timezone.now())
    assert send_due_digests() == []


def test_a_digest_names_what_is_to_review_beside_the_news(learner):
    email = email_of(posts=[item("Asif Rahman", "The moon.", unmailed_count=1)], reviews=6)
    assert email.subject == "Course digest: 1 reply, 6 questions to review"
    assert "6 questions to review" in email.body
