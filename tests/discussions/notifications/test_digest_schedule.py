"""When a digest comes, and in whose language."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from lessons.discussions.models import NotificationPreference
from tests.discussions.make import post_by, thread_by


def digests():
    """Send what is due, and return it."""
    call_command("send_digests", verbosity=0)
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def prefers(user, frequency):
    NotificationPreference.objects.update_or_create(
        user=user, defaults={"email_frequency": frequency, "next_email_at": timezone.now()}
    )


def days_pass(days):
    """Move everything that is due so many days nearer."""
    for preference in NotificationPreference.objects.all():
        preference.next_email_at -= timedelta(days=days)
        preference.save()


@pytest.mark.parametrize(("frequency", "days"), [("daily", 1), ("weekly", 7)])
def test_a_digest_comes_once_in_its_time(course, learner, other_learner, frequency, days):
    thread = thread_by(learner, course)
    prefers(learner, frequency)
    post_by(other_learner, thread, "The first.")
    assert len(digests()) == 1
    post_by(other_learner, thread, "The second.")
    days_pass(days - 0.01)
    assert digests() == []
    days_pass(0.02)
    (email,) = digests()
    assert "The second." in email.body
    assert "The first." not in email.body


@pytest.mark.parametrize(("own", "site", "expected"), [("de", "en", "de"), ("", "de", "de"), ("en", "de", "en")])
def test_a_digest_is_in_the_language_of_its_reader(course, learner, other_learner, settings, own, site, expected):
    """And in the site's where they have chosen none."""
    settings.LANGUAGE_CODE = site
    learner.language = own
    learner.save()
    thread = thread_by(learner, course)
    prefers(learner, "immediate")
    post_by(other_learner, thread)
    (email,) = digests()
    assert f'<html lang="{expected}">' in email.alternatives[0][0]
