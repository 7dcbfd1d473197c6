"""What several tests do at the entrance."""

import re

from django.core import mail
from django.urls import reverse

CODE = re.compile(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", re.MULTILINE)


def code_in_the_mail():
    return CODE.search(mail.outbox[-1].body).group(1)


def sign_in_with(client, address, password):
    return client.post(reverse("account_login"), {"login": address, "password": password}, follow=True)
