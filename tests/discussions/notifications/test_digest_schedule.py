"""When digests are sent, and in which language."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from lessons.discussions.models import NotificationPreference
from tests.discussions.make import post_by, thread_by


def send_due_digests():
    """Send the digests that are due, and return them."""
    call_command("send_digests", verbosity=0)
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def set_frequency(user, frequency):
    NotificationPreference.objects.update_or_create(
        user=user, defaults={"email_frequency": frequency, "next_email_at": timezone.now()}
    )


def advance_days(days):
    """Bring every due date this many days closer."""
    for preference in NotificationPreference.objects.all():
        preference.next_email_at -= timedelta(days=days)
        preference.save()


@pytest.mark.parametrize(("frequency", "days"), [("daily", 1), ("weekly", 7)])
def test_a_digest_is_sent_once_per_interval(course, learner, other_learner, frequency, days):
    thread = thread_by(learner, course)
    set_frequency(learner, frequency)
    post_by(other_learner, thread, "The first.")
    assert len(send_due_digests()) == 1
    post_by(other_learner, thread, "The second.")
    advance_days(days - 0.01)
    assert send_due_digests() == []
    advance_days(0.02)
    (email,) = send_due_digests()
    assert "The second." in email.body
    assert "The first." not in email.body


@pytest.mark.parametrize(("own", "site", "expected"), [("de", "en", "de"), ("", "de", "de"), ("en", "de", "en")])
def test_a_digest_is_in_the_recipients_language(course, learner, other_learner, settings, own, site, expected):
    """Or in the site's, if they have not chosen one."""
    settings.LANGUAGE_CODE = site
    learner.language = own
    learner.save()
    thread = thread_by(learner, course)
    set_frequency(learner, "immediate")
    post_by(other_learner, thread)
    (email,) = send_due_digests()
    assert f'<html lang="{expected}">' in email.alternatives[0][0]
