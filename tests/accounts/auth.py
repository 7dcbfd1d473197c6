"""Steps of signing in that several tests take."""

import base64
import hmac
import re
import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

CODE = re.compile(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", re.MULTILINE)


def emailed_code():
    """Return the code in the latest e-mail."""
    return CODE.search(mail.outbox[-1].body).group(1)


def sign_in_with(client, email, password):
    return client.post(reverse("account_login"), {"login": email, "password": password}, follow=True)


def add_authenticator_app(user, secret: str) -> None:
    """Make an authenticator app with this base32 secret the user's second factor."""
    data = {"secret": get_adapter().encrypt(secret)}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


def totp_code(secret: str) -> str:
    """Return the six digits that an authenticator app shows now (RFC 6238)."""
    counter = (int(time.time()) // 30).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret, casefold=True), counter, "sha1")
    offset = digest[-1] & 0xF
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
