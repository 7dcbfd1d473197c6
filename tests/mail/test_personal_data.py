"""A person's e-mails are in their data export, without content, and are deleted with the account."""

import pytest

from lessons.mail.delivery import deliver_due
from lessons.mail.models import OutgoingEmail
from lessons.privacy.archive import all_sections
from lessons.privacy.erasure import erase_user
from tests.factories import make_user
from tests.mail.test_delivery import queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    """Return Nora, with e-mails to her address, to a former one, and to one that she has not verified."""
    nora = make_user("Nora", email="nora@example.org")
    nora.mark_email_verified()
    nora.emailaddress_set.create(email="new@example.org")
    queue("Nora@example.org")
    deliver_due()
    queue("old@example.org", recipient_id=nora.pk)
    queue("new@example.org")
    queue("otto@example.org")
    return nora


def test_the_export_lists_the_emails_to_a_person(nora):
    (section,) = [section for section in all_sections(nora) if section.key == "emails"]
    rows = list(section.rows)
    assert [(row["to"], row["state"]) for row in rows] == [
        ("Nora@example.org", "Sent"),
        ("old@example.org", "Waiting"),
        ("new@example.org", "Waiting"),
    ]
    assert "1234" not in str(rows)


def test_emails_to_an_erased_person_are_deleted_and_not_sent(nora):
    erase_user(user=nora, by=None)
    assert list(OutgoingEmail.objects.values_list("to", flat=True)) == ["otto@example.org"]
    assert deliver_due() == 1
