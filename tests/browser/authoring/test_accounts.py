"""An account as its owner meets it: signing up, a second step, sessions, the look of pages; and axe on all of it."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests.browser.conftest import PASSWORD, Watch
from tests.browser.test_axe import violations


def app_code(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def go_on(page, name="Go on"):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign_up(page, name, code_to, script):
    address = f"{name.lower()}@example.org"
    page.goto("/accounts/signup/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    go_on(page, "Sign up")
    page.get_by_role("heading", name="Look into your mail").wait_for()
    if script:  # axe is one
        assert violations(page) == []
    page.get_by_label("Code").fill(code_to(address))
    go_on(page)
    page.wait_for_url("**/")
    return address


def sign_in(page, address):
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    go_on(page, "Sign in")


@pytest.mark.parametrize("script", [True, False])
def test_signing_up_an_app_with_codes_and_a_session_ended(new_page, code_to, script):
    page = new_page(script=script, width=1440 if script else 390)
    address = sign_up(page, f"Nora{script}", code_to, script)

    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Switch on").click()
    page.get_by_label("Password").fill(PASSWORD)
    go_on(page)
    secret = page.get_by_label("Or type this secret").input_value()
    if script:
        assert page.locator(".qr").evaluate("image => image.naturalWidth") > 100
        assert violations(page) == []
    page.get_by_label("Authenticator code").fill(app_code(secret))
    go_on(page, "Switch on")
    page.get_by_role("heading", name="Recovery codes").wait_for()
    assert page.locator(".recovery-codes li").count() == 10

    elsewhere = new_page(script=script)
    sign_in(elsewhere, address)
    elsewhere.get_by_role("heading", name="The second step").wait_for()
    if script:
        assert violations(elsewhere) == []
    elsewhere.get_by_label("Code").fill(app_code(secret))
    go_on(elsewhere, "Sign in")
    elsewhere.wait_for_url("**/")

    page.goto("/accounts/sessions/")
    page.get_by_role("button", name="End the session of").click()
    page.get_by_role("button", name="End this session").wait_for()
    assert page.get_by_role("button", name="End the session of").count() == 0
    elsewhere.goto("/accounts/profile/")
    assert "/accounts/login/" in elsewhere.url


def test_a_passkey_is_made_and_signs_in_without_a_password(browser, server, sign_in_as):
    """On `localhost`, the one name that passkeys work on without https."""
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

    sign_in_as(page, "assistant")
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    go_on(page)
    page.get_by_label("Passwordless").check()
    go_on(page, "Add")
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_text("also instead of the password").wait_for()

    context.clear_cookies()
    page.goto("/accounts/login/")
    go_on(page, "Use a passkey")
    page.wait_for_url("**/")
    page.get_by_role("button", name="Account of Asif Rahman").wait_for()

    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        go_on(page)
    go_on(page, "Remove")
    page.get_by_text("There is none yet.").wait_for()
    context.close()
    assert watch.complaints == []


def test_colours_and_text_size_are_there_before_any_script(new_page, sign_in_as):
    page = new_page(script=False)
    sign_in_as(page, "learner-b")
    page.goto("/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto("/accounts/profile/")
    page.get_by_label("Colours").select_option("dark")
    page.get_by_label("Text size").select_option("large")
    go_on(page, "Save")
    page.get_by_text("Saved.").wait_for()
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "18.4px"
    page.goto("/accounts/profile/")
    page.get_by_label("Colours").select_option("")
    page.get_by_label("Text size").select_option("")
    go_on(page, "Save")


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
    page.get_by_text("Saved.").wait_for()
    page.get_by_role("link", name="As others see you").click()
    page.get_by_text("she/her").wait_for()
    assert violations(page) == []
