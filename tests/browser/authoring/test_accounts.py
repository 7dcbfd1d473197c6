"""Accounts in a browser: signing up, two-factor authentication, sessions, appearance; and axe on all of it."""

import pytest

from tests.accounts.auth import totp_code
from tests.browser.conftest import PASSWORD, Watch
from tests.browser.test_axe import violations


def press(page, name="Continue"):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign_up(page, name, code_to, script):
    address = f"{name.lower()}@example.org"
    page.goto("/accounts/signup/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign up")
    page.get_by_role("heading", name="Check your e-mail").wait_for()
    if script:  # axe is one
        assert violations(page) == []
    page.get_by_label("Code").fill(code_to(address))
    press(page)
    page.wait_for_url("**/")
    return address


def sign_in(page, address):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


@pytest.mark.thorough
@pytest.mark.parametrize("script", [pytest.param(True, marks=pytest.mark.thorough), False])
def test_signing_up_using_an_authenticator_app_and_ending_a_session(new_page, code_to, script):
    page = new_page(script=script, width=1440 if script else 390)
    address = sign_up(page, f"Nora{script}", code_to, script)

    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Turn on").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page)
    secret = page.get_by_label("Or type this secret key").input_value()
    if script:
        assert page.locator(".qr").evaluate("image => image.naturalWidth") > 100
        assert violations(page) == []
    page.get_by_label("Authenticator code").fill(totp_code(secret))
    press(page, "Turn on")
    page.get_by_role("heading", name="Recovery codes").wait_for()
    assert page.locator(".recovery-codes li").count() == 10

    other_page = new_page(script=script)
    sign_in(other_page, address)
    other_page.get_by_role("heading", name="Two-factor authentication").wait_for()
    if script:
        assert violations(other_page) == []
    other_page.get_by_label("Code").fill(totp_code(secret))
    press(other_page, "Sign in")
    other_page.wait_for_url("**/")

    page.goto("/accounts/sessions/")
    page.get_by_role("button", name="Sign out Chrome").click()
    page.get_by_role("button", name="Sign out of this device").wait_for()
    assert page.get_by_role("button", name="Sign out Chrome").count() == 0
    other_page.goto("/accounts/profile/")
    assert "/accounts/login/" in other_page.url


OLDER_SESSIONS = """
from importlib import import_module
from django.conf import settings
from django.contrib.sessions.models import Session
store = import_module(settings.SESSION_ENGINE).SessionStore
for key in Session.objects.values_list("pk", flat=True):
    session = store(key)
    for method in session.get("account_authentication_methods", []):
        method["at"] -= 3600
    session.modified = True
    session.save()
print("done")
"""
ADD_USER = f"""
from lessons.accounts.models import User
User.objects.create_user("paz@example.org", "{PASSWORD}", display_name="Paz Key").mark_email_verified()
print("done")
"""


@pytest.fixture
def passkey_page(browser, server):
    """Return a page whose browser has a passkey device. It is on `localhost`, the only name without https allowed."""
    local = server.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=local)
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch = Watch(page, local)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**key, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()
    assert watch.complaints == []


def add_passkey(page):
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page)
    page.get_by_label("Passwordless").check()
    press(page, "Add")
    page.get_by_role("heading", name="Recovery codes").wait_for()


def sign_in_with_passkey(page):
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    press(page, "Use a passkey")
    page.get_by_role("button", name="Account of").wait_for()


@pytest.mark.thorough
def test_a_passkey_is_added_and_signs_in_without_a_password(passkey_page, sign_in_as):
    page = passkey_page
    sign_in_as(page, "assistant")
    add_passkey(page)
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_text("replaces the password").wait_for()
    sign_in_with_passkey(page)
    page.get_by_role("button", name="Account of Asif Rahman").wait_for()

    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        press(page)
    press(page, "Remove")
    page.get_by_text("You don’t have any passkeys yet.").wait_for()


@pytest.mark.thorough
def test_a_passkey_confirms_that_an_account_is_to_be_deleted(passkey_page, shell):
    page = passkey_page
    assert "done" in shell(ADD_USER)
    sign_in(page, "paz@example.org")
    page.wait_for_url("**/")
    add_passkey(page)
    sign_in_with_passkey(page)
    shell(OLDER_SESSIONS)
    page.goto("/accounts/erasure/")
    page.get_by_label("Keep it, without my name").check()
    press(page, "Delete my account")
    page.get_by_role("main").get_by_role("link", name="Use a passkey").click()
    press(page, "Use a passkey")
    page.get_by_text("Your account has been deleted").wait_for()
    page.goto("/accounts/login/")
    press(page, "Use a passkey")
    page.get_by_text("This code or passkey is not valid here.").wait_for()


@pytest.mark.thorough
def test_colours_and_text_size_apply_before_any_script_runs(new_page, sign_in_as):
    page = new_page(script=False)
    sign_in_as(page, "learner-b")
    page.goto("/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto("/accounts/profile/")
    page.get_by_label("Colours").select_option("dark")
    page.get_by_label("Text size").select_option("large")
    press(page, "Save")
    page.get_by_text("Your profile has been saved.").wait_for()
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "18.4px"
    page.goto("/accounts/profile/")
    page.get_by_label("Colours").select_option("")
    page.get_by_label("Text size").select_option("")
    press(page, "Save")


@pytest.mark.thorough
def test_the_account_is_reached_and_left_by_keyboard(page, sign_in_as):
    sign_in_as(page, "learner-a")
    page.goto("/")
    page.get_by_role("button", name="Account of").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Profile and account").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Leïla Benali").wait_for()
    page.get_by_label("Pronouns").focus()
    page.keyboard.type("she/her")
    page.keyboard.press("Enter")
    page.get_by_text("Your profile has been saved.").wait_for()
    page.get_by_role("link", name="View profile").click()
    page.get_by_text("she/her").wait_for()
    assert violations(page) == []
