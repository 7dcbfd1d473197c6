"""An e-mail address identifies the same person, however it is written and wherever it is entered."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from lessons.accounts.addresses import normalise_address
from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.courses.roster_csv import read_roster
from tests.accounts.auth import sign_in_with
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
ALIKE = [
    "Nora@Example.ORG",
    " nora@example.org\u200b",
    "no\u200dra@exam\u00adple.org",
    "\u202enora@example.org\u2069",
    "ｎｏｒａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "nora@example\u3002org",
    "nora\ufe0f@example.org\ufeff",
    "nora@example.org\x0c\u3164",
]


@pytest.fixture
def nora():
    nora = make_user("Nora", email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    return nora


@pytest.mark.parametrize("address", ALIKE)
def test_an_address_is_normalised(address):
    assert normalise_address(address) == "nora@example.org"
    assert [line.email for line in read_roster(f"email,name\n{address},Nora\n").lines] == ["nora@example.org"]


@pytest.mark.parametrize(
    "domain", ["münchen.example", "MÜNCHEN.example", "mu\u0308nchen。example", "XN--MNCHEN-3YA.example"]
)
def test_a_domain_is_normalised(domain):
    assert normalise_address(f"ada@{domain}") == "ada@xn--mnchen-3ya.example"
    assert normalise_address(f"ada@{'x' * 70}ü.example") == f"ada@{'x' * 70}ü.example"


@pytest.mark.parametrize("address", ALIKE[1:5])
def test_every_spelling_signs_in_signs_up_and_requests_codes_and_links(client, nora, address):
    assert sign_in_with(client, address, PASSWORD).wsgi_request.user == nora
    client.logout()
    for name in ("account_request_login_code", "account_reset_password"):
        client.post(reverse(name), {"email": address})
    form = {"display_name": "Nora", "email": address, "password1": PASSWORD}
    client.post(reverse("account_signup"), form)
    assert [email.to for email in mail.outbox] == [["nora@example.org"]] * 3
    assert "already" in mail.outbox[-1].body
    assert User.objects.count() == 1


def test_a_new_account_stores_the_normalised_address(client):
    client.post(reverse("account_signup"), {"display_name": "Nora", "email": ALIKE[1], "password1": PASSWORD})
    assert User.objects.get().email == EmailAddress.objects.get().email == "nora@example.org"


def test_staff_and_commands_find_the_same_person(sign_in, course, instructor, administrator, nora):
    staff = sign_in(instructor)
    member = {"email": ALIKE[2], "name": "N", "role": "learner"}
    staff.post(reverse("enrolment:add_member", args=[course.slug]), member)
    assert Membership.objects.filter(course=course, user=nora).exists()
    roster = {"text": "\n".join(f"{address},N" for address in ALIKE)}
    plan = staff.post(reverse("enrolment:roster", args=[course.slug]), roster).context["plan"]
    assert [row.kind for row in plan.rows] == ["same"] + ["invalid"] * (len(ALIKE) - 1)
    form = {"email": ALIKE[3], "display_name": "Nora", "usable_password": "true", "password1": PASSWORD}
    page = sign_in(administrator).post(reverse("admin:accounts_user_add"), form | {"password2": PASSWORD})
    assert "already exists" in page.content.decode()
    assert User.objects.get_by_natural_key(ALIKE[4]) == nora
    call_command("erase_user", ALIKE[1], interactive=False, verbosity=0)
    nora.refresh_from_db()
    assert nora.erased_at


def test_the_database_accepts_only_the_normalised_spelling(nora):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email=ALIKE[4], display_name="Nora")])
    User.objects.filter(pk=nora.pk).update(email="Ada@Example.org\u200b")
    assert User.objects.get(email="ada@example.ORG").email == "ada@example.org"


def test_existing_addresses_are_migrated(nora):
    """The account used last keeps an address that two accounts had; nothing else of the other one changes."""
    alike, other = make_user("Nora again", last_login="2026-01-01T00:00Z"), make_user("Olga", email="olga@example.org")
    other.mark_email_verified()
    with connection.cursor() as cursor:
        table = User._meta.db_table
        cursor.execute(f"UPDATE {table} SET email = %s WHERE id = %s", ["nora@example.org\u200b", alike.pk])
        cursor.execute(f"UPDATE {table} SET email = %s WHERE id = %s", ["olga@example\uff0eorg", other.pk])
    EmailAddress.objects.filter(user=other).update(email="olga@example\uff0eorg")
    import_module("lessons.accounts.migrations.0002_normalise_addresses").normalise(apps, None)
    emails = {user.display_name: user.email for user in User.objects.all()}
    assert emails == {"Nora": None, "Nora again": "nora@example.org", "Olga": "olga@example.org"}
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["olga@example.org"]
