"""Site administrators see the state of each e-mail, and can send undelivered ones again."""

import pytest
from django.core import mail
from django.urls import reverse

from lessons.courses import emails
from lessons.mail.delivery import deliver_due
from lessons.mail.models import OutgoingEmail
from tests.mail.test_delivery import REFUSING, queue

LIST = reverse("admin:mail_outgoingemail_changelist")


@pytest.fixture
def given_up(course, learner, settings):
    """Return two e-mails that the mail server has refused: one about Lea's membership, and a code."""
    learner.email = "gone@example.org"
    learner.save()
    emails.queue(emails.enrolled_email, [learner.memberships.select_related("user").get()])
    queue("gone@example.org")
    server, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, REFUSING
    deliver_due()
    settings.EMAIL_BACKEND = server
    return OutgoingEmail.objects.order_by("pk")


def test_the_list_shows_why_an_email_was_not_delivered_but_not_its_content(sign_in, administrator, given_up):
    client = sign_in(administrator)
    waiting = queue("waiting@example.org")
    page = client.get(LIST).content.decode()
    # Django's script for the boxes calls a function of the first.
    assert 0 < page.find(f'src="{reverse("admin:jsi18n")}"') < page.find("admin/js/actions.js")
    assert "550 No such person" in page
    assert "waiting@example.org" in page
    for row in (waiting, *given_up):
        detail = client.get(reverse("admin:mail_outgoingemail_change", args=[row.pk])).content.decode()
        assert row.to in detail
        assert not row.content or row.content not in page + detail


def test_undelivered_emails_can_be_sent_again_except_codes(sign_in, administrator, given_up):
    selected = {"action": "send_again", "_selected_action": [row.pk for row in given_up]}
    reply = sign_in(administrator).post(LIST, selected, follow=True)
    assert "1 e-mail will be sent again." in reply.content.decode()
    assert [message.to for message in mail.outbox] == [["gone@example.org"]]
    assert "enrolled" in mail.outbox[0].subject
    assert [row.state for row in given_up.all()] == ["sent", "given_up"]
