"""Steps of signing in that several tests take."""

import re

from django.core import mail
from django.urls import reverse

CODE = re.compile(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", re.MULTILINE)


def emailed_code():
    """Return the code in the latest e-mail."""
    return CODE.search(mail.outbox[-1].body).group(1)


def sign_in_with(client, email, password):
    return client.post(reverse("account_login"), {"login": email, "password": password}, follow=True)
