"""Institutional login, turned on by settings: in a process of its own, because settings are read once."""

import os
import subprocess
import sys

import pytest

SETTINGS = {
    "OIDC_SERVER_URL": "https://login.example.edu",
    "OIDC_CLIENT_ID": "commonplace",
    "OIDC_CLIENT_SECRET": "secret",
    "OIDC_NAME": "Example University",
    "SIGN_IN_ORIGINS": "https://login.example.edu",
    "DATABASE_URL": "sqlite://:memory:",
}
SCRIPT = """
from django.core.management import call_command
from django.test import Client
call_command("migrate", "socialaccount", verbosity=0)
call_command("check", fail_level="WARNING")
page = Client(headers={"host": "localhost"}).get("/accounts/login/")
print("Sign in with Example University" in page.content.decode())
print("form-action 'self' https://login.example.edu" in page.headers["Content-Security-Policy"])

from allauth.socialaccount.models import SocialLogin
from lessons.accounts.social_adapter import SocialAccountAdapter
from lessons.accounts.models import User
for data in ({"name": "Ada  Lind", "email": "a@example.edu"}, {"name": "\\u200d", "email": "ben@example.edu"}):
    print(SocialAccountAdapter().populate_user(None, SocialLogin(user=User()), data).display_name)

from allauth.account.models import EmailAddress
alike = SocialLogin(user=User(), email_addresses=[EmailAddress(email="Ada@Example.edu\u200b", verified=True)])
user = SocialAccountAdapter().populate_user(None, alike, {"name": "Ada", "email": "Ａda@example.edu\u200b"})
print(user.email, alike.email_addresses[0].email)
"""


@pytest.mark.thorough
def test_a_button_leads_to_the_institution_and_its_names_are_cleaned(tmp_path):
    environment = {**os.environ, **SETTINGS, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    run = [sys.executable, "-c", f"import django; django.setup(); exec({SCRIPT!r})"]
    process = subprocess.run(run, env=environment, capture_output=True, text=True)
    assert process.stdout.split("\n")[-6:-1] == [
        *["True", "True", "Ada Lind", "ben"],
        "ada@example.edu ada@example.edu",
    ], process.stdout + process.stderr
